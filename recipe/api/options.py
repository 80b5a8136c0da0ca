"""How a spec is trained, beside what it says."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recipe.training.loop import Progress


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How `fit` runs, beside what it trains.

    Args:
        folder: the run folder; `runs/<name>/<number>` unless said. A run that it holds goes on.
        runs: where run folders lie.
        callbacks: Keras callbacks beside those of the spec; hooks of test batches are not called.
        progress: told of every block and epoch.
        keep: write a run folder at all.
        resume: go on where an equal run that did not finish stands.
        fresh: refuse a `folder` that holds a run.
        fork: the run from whose newest weights and optimizer a new one starts.
        allow_data_change: go on with other data than the run began with.
        engine_changed: go on although machine, versions or engine are others than the run began with.
        stall_minutes: end this process, with 6, when no step of training or evaluation was done for so long;
            None waits for ever. What lies before the first step and behind the last is not watched. It
            needs `keep`.
    """

    folder: Path | None = None
    runs: Path = Path("runs")
    callbacks: Sequence[Any] = ()
    progress: Sequence["Progress"] = field(default=())
    keep: bool = True
    resume: bool = False
    fresh: bool = False
    fork: Path | None = None
    allow_data_change: bool = False
    engine_changed: bool = False
    stall_minutes: float | None = None
