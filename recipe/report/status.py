"""`status.json` of a run folder: how far a run is, and what came of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recipe.diagnostics.runs import RunFolderError, UnreadableRunFile
from recipe.report.history import check_run_folder

STATUS = "status.json"
_STATES = ("running", "stopped", "finished", "failed")
_DIRECTIONS = ("min", "max")
_REMEDY = "`recipe resume` writes it again; a folder without a checkpoint can be deleted"


@dataclass(frozen=True, slots=True)
class Best:
    """The epoch that was kept.

    Args:
        metric: that chose it, such as `val_accuracy`.
        direction: `min` or `max`.
        epoch: its number, from 1.
        value: of the metric there.
    """

    metric: str
    direction: str
    epoch: int
    value: float


@dataclass(frozen=True, slots=True)
class Status:
    """A run in a few facts.

    Args:
        state: `running` (or killed), `stopped` by a signal, `finished` or `failed`.
        name: of the spec.
        epochs: finished so far.
        epochs_planned: asked for.
        stopped: why it ended before the plan; None when it did not.
        best: None while nothing was measured.
        test: loss and metrics on the test split; None when there is none.
        weights_epoch: the epoch that the final weights, and so the test, are of; None while it runs.
        seconds: of training.
        parameters: number of weights.
        examples_per_second: of training.
        step: updates of the weights in the finished epochs.
        train: loss and metrics of the final weights on training examples, measured as the test; None while it
            runs.
        speed: of the steps, and what bounds it; None while it runs.
    """

    state: str
    name: str
    epochs: int
    epochs_planned: int
    stopped: str | None
    best: Best | None
    test: Mapping[str, float] | None
    weights_epoch: int | None
    seconds: float
    parameters: int
    examples_per_second: float
    step: int = 0
    train: Mapping[str, float] | None = None
    speed: Mapping[str, Any] | None = None


def read_status(run: Path) -> Status:
    """Read `status.json`.

    Raises:
        RunFolderError: R601 when this is no run folder, R602 when the file is damaged.
    """
    check_run_folder(run)
    path = run / STATUS
    try:
        return _status(json.loads(path.read_text(encoding="utf-8")))
    except KeyError as error:
        reason = f"it has no key `{error.args[0]}`"
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        reason = f"{error}"
    raise RunFolderError([UnreadableRunFile(None, str(path), reason, _REMEDY)])


def _status(written: Mapping[str, Any]) -> Status:
    best, test = written["best"], written["test"]
    return Status(
        state=_one_of(_STATES, written["state"]),
        name=str(written["name"]),
        epochs=int(written["epochs"]),
        epochs_planned=int(written["epochs_planned"]),
        stopped=written["stopped"],
        best=best and _best(best),
        test=_numbers(test),
        weights_epoch=written.get("weights_epoch"),
        seconds=float(written["seconds"]),
        parameters=int(written["parameters"]),
        examples_per_second=float(written["examples_per_second"]),
        step=int(written.get("step", 0)),
        train=_numbers(written.get("train")),
        speed=written.get("speed"),
    )


def _numbers(written: Mapping[str, Any] | None) -> Mapping[str, float] | None:
    return written and {name: float(value) for name, value in written.items()}


def _best(written: Mapping[str, Any]) -> Best:
    return Best(
        metric=str(written["metric"]),
        direction=_one_of(_DIRECTIONS, written["direction"]),
        epoch=int(written["epoch"]),
        value=float(written["value"]),
    )


def _one_of(choices: tuple[str, ...], word: Any) -> str:
    if word not in choices:
        raise ValueError(f"it has `{word}`, expected {' or '.join(choices)}")
    return str(word)
