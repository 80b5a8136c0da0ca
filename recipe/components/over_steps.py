"""Metrics over the steps of sequences that are filled up to one length."""

from typing import Any

import keras

from recipe.components.wrapped_metrics import WrappedMetric


@keras.saving.register_keras_serializable("recipe")
class MetricOverSteps(WrappedMetric):
    """A metric that counts every step of a sequence, and nothing of what fills it up.

    Args:
        metric: of classes by index, one for each step.
        filling: what stands in place of a class behind the last step.
        name: of the metric; that of the one inside unless said.
    """

    def __init__(self, metric: Any, filling: int, name: str | None = None):
        super().__init__(metric, name)
        self.filling = filling

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch in.

        Args:
            y_true: classes, `(batch, steps)`.
            y_pred: a number for each class, `(batch, steps, classes)`.
            sample_weight: of the examples, `(batch,)`.
        """
        weight = keras.ops.cast(keras.ops.not_equal(y_true, self.filling), "float32")
        if sample_weight is not None:
            weight *= keras.ops.expand_dims(keras.ops.cast(sample_weight, "float32"), -1)
        self.metric.update_state(keras.ops.maximum(y_true, 0), y_pred, sample_weight=weight)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return super().get_config() | {"filling": self.filling}
