"""Finished runs: where they stand, what they measure."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recipe.api.checking import DataError
from recipe.api.importing import import_modules
from recipe.api.presets import start_for_texts
from recipe.diagnostics.problems import (
    Problem,
    errors,
    in_order,
)
from recipe.program.programs import Program

if TYPE_CHECKING:
    from recipe.catalog.calls import Call
    from recipe.data.datasets import Arrays
    from recipe.report.status import Status


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands.

    Args:
        state: `running`, `finished`, `failed`, `stopped` by a signal, or `killed` without a word.
        stopped: why it ended before its plan; None when it did not.
        epochs: done.
        epochs_planned: asked for.
        step: of the newest checkpoint that has all its files, None when there is none.
        steps_planned: updates of the weights in the whole run.
        resumable: whether `recipe resume` or the same `recipe fit` goes on with it.
        pid: of the process that trains, None when none does.
        host: that it runs on.
        started: when it took the folder; UTC.
        fork: the run that it was forked from; None for one that started from nothing.
        fork_step: the step that it was forked at.
    """

    state: str
    stopped: str | None
    epochs: int
    epochs_planned: int
    step: int | None
    steps_planned: int
    resumable: bool
    pid: int | None
    host: str | None
    started: str | None
    fork: str | None
    fork_step: int | None


def status(run: Path) -> Standing:
    """Where a run stands; loads no framework.

    Raises:
        RunFolderError: R601 or R602 for the folder.
    """
    from recipe.program.saving import read_program
    from recipe.report.runs import origin_of
    from recipe.report.status import read_status
    from recipe.training.locks import is_held, read_holder
    from recipe.training.manifests import newest_complete

    written, origin = read_status(run), origin_of(run)
    held = is_held(run)
    holder = read_holder(run) if held else None
    state = state_of(written, held=held)
    checkpoints = run / "checkpoints"
    step = newest_complete(checkpoints)
    lost = step is None and any(checkpoints.glob("step-*"))
    return Standing(
        state=state,
        stopped=written.stopped,
        epochs=written.epochs,
        epochs_planned=written.epochs_planned,
        step=step,
        steps_planned=int(str(read_program(run).training.total_steps)),
        resumable=not held and not lost and state in ("killed", "stopped", "failed"),
        pid=holder.pid if holder else None,
        host=holder.host if holder else None,
        started=holder.started if holder else None,
        fork=origin.run if origin else None,
        fork_step=origin.step if origin else None,
    )


def state_of(written: "Status", *, held: bool) -> str:
    """The state of a run, see `Standing`.

    Args:
        written: its `status.json`.
        held: whether a process holds its folder.
    """
    return "killed" if written.state == "running" and not held else written.state


def evaluate(
    run: Path, data: Path | None = None, *, allow_imports: bool = False
) -> tuple[Mapping[str, Mapping[str, float]], tuple[Problem, ...]]:
    """Loss and metrics of a finished run, by split, and warnings about data that are not its own.

    Args:
        run: the run folder.
        data: a CSV or Parquet file with the target column, a folder of images by class, or one that holds
            the folders of images and of masks, called as in training, or a table that names images as that
            of the training does; instead of the spec's data.
        allow_imports: let the modules of the run's `imports` be imported; they are code.

    Raises:
        RecipeError: R5xx for the data, R6xx for the folder.
    """
    from recipe.program.saving import read_untouched

    program = read_untouched(run)
    import_modules(program, allowed=allow_imports)
    start_for_texts(program)
    problems: list[Problem] = []
    dataset = _dataset_of(program, data, problems)
    from recipe.compiler import startup

    startup.start(program.runtime)
    from recipe.training.engines.engine import engine_for
    from recipe.training.restoring import restore

    engine = engine_for(restore(run, program).compiled)
    measured = {name: engine.evaluate(arrays) for name, arrays in dataset.items()}
    return measured, () if data is None else in_order(problems)


def _dataset_of(program: Program, data: Path | None, problems: list[Problem]) -> "Mapping[str, Arrays]":
    from recipe.data import missing, predicting, reading

    if data is not None and program.facts is not None:
        like = trained_on(program)
        rows = predicting.rows_at(data, program.facts, problems, like)
        facts, is_dropped = program.facts, missing.dropping(program.data)
        arrays = (
            None if rows is None else predicting.encode_labelled_rows(rows, facts, problems, like, is_dropped)
        )
        splits = {} if arrays is None else {"data": arrays}
    else:
        dataset = reading.read(program.data, problems)
        splits = {} if dataset is None else dict(dataset.splits)
    if errors(problems) or not splits:
        raise DataError(in_order(problems))
    return splits


def trained_on(program: Program) -> "Call | None":
    """The source of the training examples."""
    sources = program.data.sources
    return sources.get("source") or sources.get("train")
