"""What the warm-up schedules share: a linear rise from zero to the peak."""

from typing import Any

import keras


class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    """Linear rise from zero to `peak`, then what the subclass says.

    At step `s` before `warmup_steps`: `peak * s / warmup_steps`, as in Keras's own `CosineDecay`.
    After: `peak * (floor + (1 - floor) * shape(progress))`, where progress goes from 0 to 1 and stays there.

    Args:
        peak: largest learning rate, above 0.
        total_steps: updates in the whole run, warm-up included.
        warmup_steps: updates of the rise, at least 0.
        floor: share of the peak at the end, in [0, 1].
    """

    def __init__(self, peak: float, total_steps: int, warmup_steps: int = 0, floor: float = 0.0):
        super().__init__()
        self.peak = peak
        self.total_steps = total_steps
        self.warmup_steps = warmup_steps
        self.floor = floor

    def shape(self, progress: Any) -> Any:
        """The share between floor (0) and peak (1) at a progress in [0, 1]."""
        raise NotImplementedError

    def __call__(self, step: Any) -> Any:
        """The learning rate of the update number `step`, counted from 0."""
        ops = keras.ops
        step = ops.cast(step, "float32")
        after = max(1, self.total_steps - self.warmup_steps)
        progress = ops.clip((step - self.warmup_steps) / after, 0.0, 1.0)
        settled = self.peak * (self.floor + (1.0 - self.floor) * self.shape(progress))
        if self.warmup_steps == 0:
            return settled
        return ops.where(step < self.warmup_steps, self.peak * step / self.warmup_steps, settled)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return {
            "peak": self.peak,
            "total_steps": self.total_steps,
            "warmup_steps": self.warmup_steps,
            "floor": self.floor,
        }
