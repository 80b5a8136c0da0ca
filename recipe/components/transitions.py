"""What the phases of a schedule share: a way from one share of the peak to another."""

from typing import Any

import keras


class Transition(keras.optimizers.schedules.LearningRateSchedule):
    """`peak * (end + (start - end) * shape(progress))`, where progress goes from 0 to 1 and stays there.

    Args:
        peak: what the shares are of, above 0.
        total_steps: updates of the way.
        start: share of the peak at its beginning, in [0, 1].
        end: share of the peak at its end, in [0, 1].
    """

    def __init__(self, peak: float, total_steps: int, start: float = 1.0, end: float = 0.0):
        super().__init__()
        self.peak = peak
        self.total_steps = total_steps
        self.start = start
        self.end = end

    def shape(self, progress: Any) -> Any:
        """What is left of the way, from 1 to 0, at a progress in [0, 1]."""
        raise NotImplementedError

    def __call__(self, step: Any) -> Any:
        """The learning rate of the update number `step`, counted from 0."""
        step = keras.ops.cast(step, "float32")
        progress = keras.ops.clip(step / max(1, self.total_steps), 0.0, 1.0)
        return self.peak * (self.end + (self.start - self.end) * self.shape(progress))

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return {
            "peak": self.peak,
            "total_steps": self.total_steps,
            "start": self.start,
            "end": self.end,
        }
