"""What the warm-up schedules share: a linear rise from zero to the peak."""

from typing import Any

import keras


class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    """Linear rise from zero to `peak`, then what the subclass says.

    At step `s` before `warmup_steps`: `peak * s / warmup_steps`, as in Keras's own `CosineDecay`.
    After: `peak * share(s)`.

    Args:
        peak: largest learning rate, above 0.
        total_steps: updates in the whole run, warm-up included.
        warmup_steps: updates of the rise, at least 0.
    """

    def __init__(self, peak: float, total_steps: int, warmup_steps: int = 0):
        super().__init__()
        self.peak = peak
        self.total_steps = total_steps
        self.warmup_steps = warmup_steps

    def share(self, step: Any) -> Any:
        """The share of the peak at a step after the warm-up, an `int32` that counts from the run's start."""
        raise NotImplementedError

    def since_warmup(self, step: Any) -> Any:
        """Updates since the warm-up ended, as `float32`; 0 before."""
        return keras.ops.maximum(keras.ops.cast(step, "float32") - self.warmup_steps, 0.0)

    def __call__(self, step: Any) -> Any:
        """The learning rate of the update number `step`, counted from 0."""
        ops = keras.ops
        step = ops.cast(step, "int32")
        settled = self.peak * self.share(step)
        if self.warmup_steps == 0:
            return settled
        # One constant: TensorFlow folds two of them in an order that hangs on the graph around them.
        rising = (self.peak / self.warmup_steps) * ops.cast(step, "float32")
        return ops.where(step < self.warmup_steps, rising, settled)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return {"peak": self.peak, "total_steps": self.total_steps, "warmup_steps": self.warmup_steps}


class WarmupDescent(Warmup):
    """Linear rise from zero to `peak`, then down to a share of it at the end of the run.

    After the warm-up: `peak * (floor + (1 - floor) * shape(progress))`, where progress goes from 0 to 1 and
    stays there.

    Args:
        peak: largest learning rate, above 0.
        total_steps: updates in the whole run, warm-up included.
        warmup_steps: updates of the rise, at least 0.
        floor: share of the peak at the end, in [0, 1].
    """

    def __init__(self, peak: float, total_steps: int, warmup_steps: int = 0, floor: float = 0.0):
        super().__init__(peak, total_steps, warmup_steps)
        self.floor = floor

    def shape(self, progress: Any) -> Any:
        """The share between floor (0) and peak (1) at a progress in [0, 1]."""
        raise NotImplementedError

    def share(self, step: Any) -> Any:
        """Between the floor and 1, by the shape."""
        after = max(1, self.total_steps - self.warmup_steps)
        progress = keras.ops.minimum(self.since_warmup(step) / after, 1.0)
        return self.floor + (1.0 - self.floor) * self.shape(progress)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return {**super().get_config(), "floor": self.floor}
