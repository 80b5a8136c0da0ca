"""What epochs give: a row each, and the best of them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from recipe.program.programs import Monitor


@dataclass(frozen=True, slots=True)
class EpochRow:
    """What one epoch gave.

    Args:
        epoch: from 1.
        step: updates so far.
        learning_rate: of the next update.
        seconds: that the epoch took, validation included.
        logs: loss and metrics, those of validation with `val_` before.
        clipped: share of the steps whose gradient was longer than its largest global norm; None where there
            is none.
    """

    epoch: int
    step: int
    learning_rate: float
    seconds: float
    logs: Mapping[str, float]
    clipped: float | None = None

    @property
    def cells(self) -> dict[str, float]:
        """The row of `metrics.csv`."""
        return {
            "epoch": self.epoch,
            "step": self.step,
            "learning_rate": self.learning_rate,
            "seconds": round(self.seconds, 4),
            **({} if self.clipped is None else {"clipped": round(self.clipped, 4)}),
            **self.logs,
        }


@dataclass(slots=True)
class Best:
    """The best epoch so far, by the monitor's metric."""

    monitor: Monitor
    epoch: int = 0
    value: float = math.nan

    def see(self, row: EpochRow) -> bool:
        """Take an epoch into account; whether it is the best now. What is not finite is no improvement."""
        value = row.logs.get(self.monitor.metric, math.nan)
        better = value > self.value if self.monitor.direction == "max" else value < self.value
        if not math.isfinite(value) or not (better or self.epoch == 0):
            return False
        self.epoch, self.value = row.epoch, value
        return True
