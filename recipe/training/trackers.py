"""Who is told of a run beside its folder: TensorBoard's event files, MLflow."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from recipe.diagnostics.problems import Problem
from recipe.program.programs import Program
from recipe.training.event_files import EventFiles
from recipe.training.loop import Progress
from recipe.training.mlflow_runs import MlflowRun
from recipe.training.rows import EpochRow

Rows = Callable[[], Sequence[EpochRow]]
Tell = Callable[[Problem], None]


class Tracker(Progress, Protocol):
    """Somebody who is told of a run, and that it has ended."""

    def end(self, state: str) -> None:
        """The run is `finished`, `stopped` or `failed`; `status.json` says so already."""


def trackers(program: Program, folder: Path, step: int, rows: Rows, tell: Tell) -> tuple[Tracker, ...]:
    """Everybody whom a spec wants to be told.

    Args:
        program: that is trained.
        folder: of the run.
        step: that it goes on after; 0 for one that begins.
        rows: gives the epochs that are done, those before a resume too.
        tell: where to say that a tracker failed.
    """
    tracking = program.tracking
    made: list[Tracker] = []
    if tracking.tensorboard:
        made.append(EventFiles(folder, step, rows))
    if tracking.mlflow:
        made.append(MlflowRun(tracking, folder, rows, tell))
    return tuple(made)


def tell_the_end(told: Sequence[Tracker], state: str) -> None:
    """Tell all of them how the run has ended: `finished`, `stopped` or `failed`."""
    for tracker in told:
        tracker.end(state)
