"""A loss that leaps and stays finite: told once, while something can still be done."""

import statistics
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from recipe.diagnostics.numerics import LossSpike
from recipe.diagnostics.problems import Problem
from recipe.program.programs import Program
from recipe.training.rows import Best, EpochRow

TIMES = 10.0
# Blocks that a usual loss is the median of, at least and at most, and those that must leap in a row.
FEWEST, MOST, IN_A_ROW = 20, 100, 3


@dataclass(slots=True)
class SpikeWatch:
    """Compares the loss of each block of steps with those before.

    A loss that falls towards zero wavers by factors and means nothing by it: only one that is above where the
    run began is told.

    Args:
        tell_everybody: called with the first spike.
    """

    tell_everybody: Callable[[Problem], None]
    _usual: deque[float] = field(default_factory=lambda: deque(maxlen=MOST))
    _first: float | None = None
    _leaps: int = 0
    _is_told: bool = False

    def begin(self, program: Program, parameters: int) -> None:
        """Nothing was seen yet."""

    def block(self, step: int, epoch: int, logs: Mapping[str, float]) -> None:
        """Look at the loss of a block; one that leaps is no part of what is usual."""
        loss = logs["loss"]
        self._first = loss if self._first is None else self._first
        usual = statistics.median(self._usual) if len(self._usual) >= FEWEST else None
        if usual is None or not loss > max(TIMES * usual, self._first) or usual <= 0:
            self._usual.append(loss)
            self._leaps = 0
            return
        self._leaps += 1
        if self._leaps == IN_A_ROW and not self._is_told:
            self._is_told = True
            self.tell_everybody(LossSpike(None, step, loss, usual))

    def epoch(self, row: EpochRow, best: Best) -> None:
        """Blocks say more."""

    def tell(self, problem: Problem) -> None:
        """Others are told."""
