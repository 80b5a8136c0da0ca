"""Everything that a run folder says, read once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recipe.catalog import lookup
from recipe.diagnostics.runs import RunFolderError
from recipe.program.gaps import LOSS, gap_metric, gap_of
from recipe.program.programs import Program
from recipe.program.saving import read_program
from recipe.report.history import History, read_history
from recipe.report.status import Status, read_status

EMPTY = History((), {})


@dataclass(frozen=True, slots=True)
class Record:
    """A run as its folder tells it.

    Args:
        path: the folder.
        status: how far it is, and what came of it.
        history: what was measured; empty before the first epoch.
        program: what was trained; None where `program.json` cannot be read, as that of another version.
    """

    path: Path
    status: Status
    history: History
    program: Program | None

    @property
    def label(self) -> str:
        """What a run is called beside others: `digits/3`, of a folder that is no number its name."""
        return f"{self.status.name}/{self.path.name}" if self.path.name.isdecimal() else self.path.name

    @property
    def epoch(self) -> int | None:
        """The epoch whose numbers stand for the run: of its final weights, else the best, else the last."""
        best = self.status.best.epoch if self.status.best else None
        measured = self.history.epochs
        return next(
            (one for one in (self.status.weights_epoch, best) if one in measured), (measured or (None,))[-1]
        )

    @property
    def values(self) -> Mapping[str, float]:
        """What was measured in that epoch; of final weights, in training as in the test: without dropout."""
        if self.epoch is None:
            return {}
        final = self.status.train if self.epoch == self.status.weights_epoch else None
        return {**self.history.at(self.epoch), **(final or {})}

    def direction_of(self, metric: str) -> str | None:
        """Which way a metric gets better; None when nobody can say."""
        if metric == LOSS:
            return "min"
        calls = self.program.metrics if self.program else ()
        names = {str(call.get("name")): call.name for call in calls}
        return lookup.direction_of(names[metric]) if metric in names else None

    @property
    def gap(self) -> tuple[str, float]:
        """The metric whose gap is looked at, and the gap in the epoch that stands for the run."""
        metric, direction = gap_metric(self.program.metrics if self.program else ())
        return metric, gap_of(self.values, metric, direction)


def read_record(run: Path) -> Record:
    """Read a run folder.

    Raises:
        RunFolderError: R601 when this is no run folder, R602 when `status.json` or `metrics.csv` is damaged.
    """
    status = read_status(run)
    history = read_history(run) if (run / "metrics.csv").exists() or status.epochs else EMPTY
    try:
        program = read_program(run)
    except RunFolderError:
        program = None
    return Record(run, status, history, program)


def read_text(run: Path, name: str) -> str:
    """A text of a run folder; empty where there is none."""
    try:
        return (run / name).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def read_json(run: Path, name: str) -> Any:
    """A JSON file of a run folder; None where there is none that can be read."""
    try:
        return json.loads(read_text(run, name))
    except (ValueError, RecursionError):
        return None
