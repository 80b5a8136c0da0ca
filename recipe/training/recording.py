"""What a run writes when epochs end: `metrics.csv`, `status.json`, the best weights."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from recipe.compiler.compiling import Compiled
from recipe.diagnostics.problems import Problem
from recipe.program.programs import Program
from recipe.training.folders import RunFolder, arrays_by_path
from recipe.training.rows import Best, EpochRow

if TYPE_CHECKING:
    from recipe.training.running import Outcome

METRICS = "metrics.csv"
# Each file waits for the disk, which takes longer than a small epoch.
LEAST_SECONDS = 1.0


@dataclass(slots=True)
class Recorder:
    """Writes `metrics.csv`, `status.json` and the best weights when an epoch ends, once a second at most.

    What a killed process did not write is trained again after its newest checkpoint. Only the best weights
    must be on the disk before a checkpoint speaks of them: see `keep_best`.

    Args:
        folder: of the run.
        compiled: the Keras objects.
        first_step: that its own training begins after; not 0 where it was forked.
        rows: of the epochs before the step that the run goes on at.
    """

    folder: RunFolder
    compiled: Compiled
    first_step: int = 0
    rows: list[EpochRow] = field(default_factory=list)
    parameters: int = 0
    _best: Mapping[str, np.ndarray] | None = None
    _written_at: float = 0.0

    def begin(self, program: Program, parameters: int) -> None:
        """The folder says that a run goes on; rows of epochs after the checkpoint are cut off."""
        self.parameters = parameters
        self.status("running")

    def block(self, step: int, epoch: int, logs: Mapping[str, float]) -> None:
        """Nothing is written inside an epoch."""

    def epoch(self, row: EpochRow, best: Best) -> None:
        """One more line, and how far the run is."""
        self.rows.append(row)
        if best.epoch == row.epoch:
            self._best = arrays_by_path(self.compiled.model)
        if time.monotonic() - self._written_at >= LEAST_SECONDS:
            self.status("running", best)

    def tell(self, problem: Problem) -> None:
        """Problems stand in the log."""

    def keep_best(self) -> None:
        """Put the best weights in place."""
        if self._best is not None:
            self.folder.write_best(self._best)
            self._best = None

    def _write_rows(self) -> None:
        """All rows; a metric that came later has empty cells before."""
        if not self.rows:
            (self.folder.path / METRICS).unlink(missing_ok=True)
            return
        columns = list(dict.fromkeys(name for row in self.rows for name in row.cells))
        lines = [
            ",".join(columns),
            *(",".join(_cell(row.cells.get(name)) for name in columns) for row in self.rows),
        ]
        self.folder.write_text(METRICS, "\n".join(lines) + "\n")

    def status(self, state: str, best: Best | None = None, outcome: "Outcome | None" = None) -> None:
        """Write everything, `status.json` last."""
        self._write_rows()
        self.keep_best()
        self._written_at = time.monotonic()
        seconds = sum(row.seconds for row in self.rows)
        last = self.rows[-1] if self.rows else None
        steps = last.step - self.first_step if last else 0
        program = self.compiled.program
        batch = program.training.batch_size
        content = {
            "state": state,
            "name": program.name,
            "epochs": last.epoch if last else 0,
            "epochs_planned": program.training.epochs,
            "step": last.step if last else 0,
            "stopped": outcome.stopped if outcome else None,
            "best": _best_json(best),
            "train": outcome.train if outcome else None,
            "test": outcome.test if outcome else None,
            "weights_epoch": outcome.weights_epoch if outcome else None,
            "seconds": round(seconds, 3),
            "parameters": self.parameters,
            "examples_per_second": round(steps * int(str(batch)) / seconds, 1) if seconds else 0.0,
            "speed": asdict(outcome.speed) if outcome and outcome.speed else None,
        }
        self.folder.write_json("status.json", content)


def _cell(value: float | None) -> str:
    return "" if value is None else repr(value)


def _best_json(best: Best | None) -> Mapping[str, Any] | None:
    if best is None or best.epoch == 0:
        return None
    monitor = best.monitor
    return {
        "metric": monitor.metric,
        "direction": monitor.direction,
        "epoch": best.epoch,
        "value": best.value,
    }
