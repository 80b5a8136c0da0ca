"""One cycle up and down, then a short tail far below."""

from typing import Any

import keras


@keras.saving.register_keras_serializable("recipe")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Three straight lines: from `start` up to the peak, down to `start` again, and in the tail to `end`.

    Source: Smith and Topin, arXiv 1708.07120, section 3 (the 1cycle policy).

    Args:
        peak: largest learning rate, above 0.
        total_steps: updates in the whole run.
        rise_steps: updates of the rise, at least 1.
        tail_steps: updates of the tail, at least 0.
        start: share of the peak where the cycle begins and ends, in [0, 1].
        end: share of the peak at the end of the run, in [0, 1].
    """

    def __init__(
        self,
        peak: float,
        total_steps: int,
        rise_steps: int,
        tail_steps: int = 0,
        start: float = 0.1,
        end: float = 0.0,
    ):
        super().__init__()
        self.peak = peak
        self.total_steps = total_steps
        self.rise_steps = rise_steps
        self.tail_steps = tail_steps
        self.start = start
        self.end = end

    def __call__(self, step: Any) -> Any:
        """The learning rate of the update number `step`, counted from 0."""
        step = keras.ops.cast(step, "float32")
        tail = self.total_steps - self.tail_steps
        share = _line(step, 0, self.rise_steps, self.start, 1.0)
        share = keras.ops.where(
            step < self.rise_steps, share, _line(step, self.rise_steps, tail, 1.0, self.start)
        )
        if self.tail_steps:
            share = keras.ops.where(
                step < tail, share, _line(step, tail, self.total_steps, self.start, self.end)
            )
        return self.peak * share

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return {
            "peak": self.peak,
            "total_steps": self.total_steps,
            "rise_steps": self.rise_steps,
            "tail_steps": self.tail_steps,
            "start": self.start,
            "end": self.end,
        }


def _line(step: Any, first: int, last: int, start: float, end: float) -> Any:
    """From `start` at one step to `end` at another, and no further."""
    progress = keras.ops.clip((step - first) / max(1, last - first), 0.0, 1.0)
    return start + (end - start) * progress
