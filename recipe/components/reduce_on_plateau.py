"""Lower the learning rate when the watched metric no longer improves."""

import math
from collections.abc import Mapping

import keras

from recipe.components.reduced_rate import FACTOR


class ReduceOnPlateau(keras.callbacks.Callback):
    """Multiplies the factor of a `ReducedRate` after `patience` epochs without an improvement.

    It counts as Keras's own `ReduceLROnPlateau` does, except that a value that is not finite is no
    improvement, and that epochs which end inside a warm-up are not watched.

    Args:
        monitor: name of the logged value.
        mode: `min` or `max`: which way it gets better.
        factor: the learning rate is multiplied by it, in (0, 1).
        patience: epochs without an improvement.
        minimum_delta: the least change that counts as improvement, at least 0.
        cooldown: epochs after a reduction that are not counted.
        floor: the least factor, a share of the schedule, in [0, 1].
        after_steps: updates of the warm-up.
    """

    def __init__(  # noqa: PLR0913  the arguments are the keys of the word
        self,
        monitor: str,
        mode: str,
        factor: float,
        patience: int,
        *,
        minimum_delta: float = 0.0,
        cooldown: int = 0,
        floor: float = 0.0,
        after_steps: int = 0,
    ):
        super().__init__()
        self.monitor = monitor
        self.mode = mode
        self.factor = factor
        self.patience = patience
        self.minimum_delta = minimum_delta
        self.cooldown = cooldown
        self.floor = floor
        self.after_steps = after_steps
        self._forget()

    def _forget(self) -> None:
        self.best: float | None = None
        self.wait = 0
        self.cooldown_left = 0

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        """Nothing was seen yet."""
        self._forget()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Count an epoch, and reduce when patience ends."""
        value = (logs or {}).get(self.monitor)
        if self._steps < self.after_steps:
            return
        if self.cooldown_left:
            self.cooldown_left -= 1
            self.wait = 0
        if value is None:  # an epoch that is not validated passes, and nothing is reduced in it
            self.wait += not self.cooldown_left
            return
        if self._improves(value):
            self.best, self.wait = value, 0
        elif not self.cooldown_left:
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce()

    def _improves(self, value: float) -> bool:
        if not math.isfinite(value) or self.best is None:
            return math.isfinite(value)
        gain = self.best - value if self.mode == "min" else value - self.best
        return gain > self.minimum_delta

    def _reduce(self) -> None:
        variable = next(each for each in self.model.optimizer.variables if each.name == FACTOR)
        before = float(keras.ops.convert_to_numpy(variable))
        if before > self.floor:
            variable.assign(max(before * self.factor, self.floor))
            self.wait, self.cooldown_left = 0, self.cooldown

    @property
    def _steps(self) -> int:
        return int(keras.ops.convert_to_numpy(self.model.optimizer.iterations))
