"""Half a cosine again and again, each from the peak."""

import math
from collections.abc import Iterator
from typing import Any

import keras

from recipe.components.warmups import Warmup


@keras.saving.register_keras_serializable("recipe")
class CosineRestarts(Warmup):
    """Cycles of `(1 + cos(pi * progress)) / 2` down to the floor, each from the peak.

    They begin when the warm-up ends. Each is `growth` times as long as the one before.

    Source: Loshchilov and Hutter, SGDR, arXiv 1608.03983, equation 5 (`T_0`, `T_mult`).

    Args:
        peak: largest learning rate, above 0.
        total_steps: updates in the whole run.
        warmup_steps: updates of the linear rise, at least 0.
        cycle_steps: updates of the first cycle, at least 1.
        growth: of the cycles' lengths, at least 1.
        floor: share of the peak at the end of each cycle, in [0, 1].
    """

    def __init__(
        self,
        peak: float,
        total_steps: int,
        warmup_steps: int = 0,
        cycle_steps: int = 1,
        growth: float = 1.0,
        floor: float = 0.0,
    ):
        super().__init__(peak, total_steps, warmup_steps)
        self.cycle_steps = cycle_steps
        self.growth = growth
        self.floor = floor

    def share(self, step: Any) -> Any:
        """Half a cosine from 1 to the floor, by the place in the cycle."""
        cosine = 0.5 * (1.0 + keras.ops.cos(self._angle(step)))
        return self.floor + (1.0 - self.floor) * cosine

    def _angle(self, step: Any) -> Any:
        """How much of its cycle is over at a step, in [0, pi)."""
        ops = keras.ops
        step = ops.maximum(step - self.warmup_steps, 0)
        if self.growth == 1.0:  # whole numbers: a quotient of floats may fall short of a restart
            return (math.pi / self.cycle_steps) * ops.cast(ops.mod(step, self.cycle_steps), "float32")
        step = ops.cast(step, "float32")
        angle = ops.zeros_like(step)
        for start, length in self._cycles():
            angle = ops.where(step < start, angle, (math.pi / length) * (step - start))
        return angle

    def _cycles(self) -> Iterator[tuple[float, float]]:
        """Begin and length of each cycle of the run."""
        start, length = 0.0, float(self.cycle_steps)
        while start <= self.total_steps:
            yield start, length
            start, length = start + length, length * self.growth

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        own = {"cycle_steps": self.cycle_steps, "growth": self.growth, "floor": self.floor}
        return {**super().get_config(), **own}
