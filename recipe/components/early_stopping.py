"""Early stopping that a metric without a value does not deceive."""

import math
from collections.abc import Mapping

import keras


class EarlyStopping(keras.callbacks.EarlyStopping):
    """Keras's own, except that a value that is no number is the worst there is.

    Keras takes NaN in the first epoch as the best value, which nothing improves on. Arguments are those of
    Keras; `mode` is `min` or `max`.
    """

    def get_monitor_value(self, logs: Mapping[str, float] | None) -> float | None:
        """The watched value of an epoch."""
        value: float | None = super().get_monitor_value(logs)
        if value is None or not math.isnan(value):
            return value
        return math.inf if self.mode == "min" else -math.inf
