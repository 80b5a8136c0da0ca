"""Early stopping that a metric without a value does not deceive."""

import math
from collections.abc import Mapping

import keras


class EarlyStopping(keras.callbacks.EarlyStopping):
    """Keras's own, except for epochs without a value, and that one that is no number is the worst there is.

    Keras takes NaN in the first epoch as the best value, which nothing improves on, and does not count epochs
    that are not validated. They are counted here, and the run ends after the next one that is. Arguments are
    those of Keras; `mode` is `min` or `max`.
    """

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """Count an epoch, and end the run when patience ends."""
        if self.monitor not in (logs or {}):
            self.wait += epoch >= self.start_from_epoch
            return
        super().on_epoch_end(epoch, logs)

    def get_monitor_value(self, logs: Mapping[str, float] | None) -> float | None:
        """The watched value of an epoch."""
        value: float | None = super().get_monitor_value(logs)
        if value is None or not math.isnan(value):
            return value
        return math.inf if self.mode == "min" else -math.inf
