"""`steps.csv`: how a run goes inside its epochs, a row for each fifth of a second or so."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from recipe.diagnostics.problems import Problem
from recipe.program.programs import Program
from recipe.program.writing import append, write_atomically
from recipe.training.rows import Best, EpochRow

STEPS = "steps.csv"
COLUMNS = (
    "step",
    "epoch",
    "loss",
    "learning_rate",
    "examples_per_second",
    "gradient_norm",
    "update_ratio",
)
LEAST_SECONDS = 0.2


@dataclass(slots=True)
class StepTable:
    """Adds a row for all blocks since the row before, when some time has passed and at the end of an epoch.

    A row is added to the end of the file, so a process that is killed leaves at most half a row, which
    `cut_back` takes away. The loss is the mean over the examples of these blocks; the norm of the gradient
    and the ratio of update and weights are those of their last updates.

    Args:
        path: of the file.
        learning_rate: of the next update.
    """

    path: Path
    learning_rate: Callable[[], float]
    _examples: int = 0
    _loss: float = 0.0
    _seconds: float = 0.0
    _pulse: tuple[float, float] = (math.nan, math.nan)
    _written_at: float = field(default_factory=time.monotonic)

    def begin(self, program: Program, parameters: int) -> None:
        """A new file begins with the names of its columns."""
        if not self.path.exists():
            write_atomically(self.path, _line(COLUMNS).encode())

    def block(self, step: int, epoch: int, logs: Mapping[str, float]) -> None:
        """Count a block in, and add a row when it is time."""
        self._examples += int(logs["examples"])
        self._loss += logs["loss"] * logs["examples"]
        self._seconds += logs["seconds"]
        self._pulse = (logs["gradient_norm"], logs["update_ratio"])
        if time.monotonic() - self._written_at >= LEAST_SECONDS:
            self._add(step, epoch, self.learning_rate())

    def epoch(self, row: EpochRow, best: Best) -> None:
        """What is left of the epoch."""
        if self._examples:
            self._add(row.step, row.epoch, row.learning_rate)

    def tell(self, problem: Problem) -> None:
        """Problems stand in the log."""

    def _add(self, step: int, epoch: int, rate: float) -> None:
        speed = self._examples / max(self._seconds, 1e-9)
        seen = (f"{value:.6g}" for value in self._pulse)
        cells = (step, epoch, f"{self._loss / self._examples:.6g}", f"{rate:.6g}", f"{speed:.1f}", *seen)
        append(self.path, _line(cells))
        self._examples, self._loss, self._seconds = 0, 0.0, 0.0
        self._written_at = time.monotonic()


def cut_back(path: Path, step: int) -> None:
    """Take away the rows after a step, which will be trained again, and half a row of a killed process.

    Args:
        path: of `steps.csv`; it may be missing.
        step: the last that stays.
    """
    if not path.exists():
        return
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    kept = [line for line in lines[1:] if line.endswith("\n") and _step_of(line) <= step]
    write_atomically(path, "".join([_line(COLUMNS), *kept]).encode())


def _step_of(line: str) -> float:
    """The step of a row; a row that is not ours is beyond every step."""
    first = line.partition(",")[0]
    return int(first) if first.isdecimal() and line.count(",") == len(COLUMNS) - 1 else float("inf")


def _line(cells: tuple[object, ...]) -> str:
    return ",".join(map(str, cells)) + "\n"
