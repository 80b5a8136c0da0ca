"""A loss and metrics over steps of sequences, or pixels of masks, some of which have no answer."""

from typing import Any

import keras

from recipe.components.wrapped_metrics import WrappedMetric


def have_answers(answers: Any, ignored: int | str) -> Any:
    """Which positions have an answer to learn, bools in the shape of the answers.

    Args:
        answers: flags, classes or numbers, `(batch, ...)`.
        ignored: what stands in place of an answer where there is none; `nan` for what is no number.
    """
    if ignored == "nan":
        return keras.ops.logical_not(keras.ops.isnan(answers))
    return keras.ops.not_equal(answers, ignored)


@keras.saving.register_keras_serializable("recipe")
class LossOverPositions(keras.losses.Loss):
    """A loss that is the mean over the positions that have an answer.

    Keras has it of classes by index alone, as their argument `ignore_class`; the numbers are the same.

    Args:
        loss: of flags or numbers, one for each position.
        ignored: what stands in place of one where there is none, `nan` for what is no number.
        name: of the loss.
    """

    def __init__(self, loss: Any, ignored: int | str, name: str = "loss_over_positions"):
        super().__init__(name=name)
        self.loss = keras.losses.get(loss)
        self.ignored = ignored

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The loss of a batch: one number.

        Args:
            y_true: flags or numbers, `(batch, ..., 1)`.
            y_pred: what says each, `(batch, ..., 1)`.
            sample_weight: of the positions, `(batch, ...)`, or axes of length 1 in place of these.
        """
        answers = keras.ops.convert_to_tensor(y_true, "float32")
        kept = have_answers(answers, self.ignored)
        weights = keras.ops.squeeze(keras.ops.cast(kept, "float32"), -1)
        share = keras.ops.mean(weights)
        if sample_weight is not None:
            weights *= sample_weight
        answers = keras.ops.where(kept, answers, 0.0)
        # Keras divides by all positions.
        return self.loss(answers, y_pred, weights) / keras.ops.maximum(share, keras.config.epsilon())

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return {"loss": keras.losses.serialize(self.loss), "ignored": self.ignored, "name": self.name}


@keras.saving.register_keras_serializable("recipe")
class MetricOverPositions(WrappedMetric):
    """A metric that counts every position as much as its example, and none that has no answer.

    Args:
        metric: of classes by index, flags or numbers, one for each position.
        ignored: what stands in place of one where there is none, `nan` for what is no number; None where all
            have one.
        name: of the metric; that of the one inside unless said.
    """

    def __init__(self, metric: Any, ignored: int | str | None = None, name: str | None = None):
        super().__init__(metric, name)
        self.ignored = ignored

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch in.

        Args:
            y_true: classes `(batch, ...)`, or flags or numbers `(batch, ..., 1)`.
            y_pred: a number for each class, `(batch, ..., classes)`, or for each flag or number,
                `(batch, ..., 1)`.
            sample_weight: of the examples, `(batch,)`.
        """
        num_axes = len(y_pred.shape) - 1
        weight = None
        if sample_weight is not None:
            each = keras.ops.reshape(keras.ops.cast(sample_weight, "float32"), (-1, *(1,) * (num_axes - 1)))
            weight = keras.ops.reshape(each * keras.ops.ones_like(y_pred[..., 0], "float32"), (-1,))
        # Some metrics, such as R2Score, take examples without further axes.
        y_true = keras.ops.reshape(y_true, (-1, *y_true.shape[num_axes:]))
        y_pred = keras.ops.reshape(y_pred, (-1, y_pred.shape[-1]))
        if self.ignored is not None:
            kept = have_answers(y_true, self.ignored)
            y_true = keras.ops.where(kept, y_true, keras.ops.zeros_like(y_true))
            counted = keras.ops.reshape(keras.ops.cast(kept, "float32"), (-1,))
            weight = counted if weight is None else weight * counted
        self.metric.update_state(y_true, y_pred, sample_weight=weight)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return super().get_config() | {"ignored": self.ignored}
