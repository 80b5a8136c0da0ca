"""Losses and metrics over probabilities at the end of a network that gives logits."""

from typing import Any

import keras

from recipe.components.wrapped_metrics import WrappedMetric


def probabilities(logits: Any, activation: str) -> Any:
    """What logits say: `softmax` of exclusive classes, `sigmoid` of flags; `linear` changes nothing."""
    return keras.activations.get(activation)(keras.ops.cast(logits, "float32"))


@keras.saving.register_keras_serializable("recipe")
class LossOverProbabilities(keras.losses.Loss):
    """A loss that is given probabilities, and smoothed answers.

    Smoothed answers are `(1 - s) y + s / K` (arXiv 1512.00567, section 7), of K classes; of a flag, and of
    each of several labels, K is 2.

    Args:
        loss: over probabilities.
        activation: `softmax`, `sigmoid` or `linear`: from the output of the network to probabilities.
        label_smoothing: in [0, 1).
        exclusive: whether one class excludes the others.
        name: of the loss.
    """

    def __init__(
        self,
        loss: Any,
        activation: str,
        label_smoothing: float = 0.0,
        exclusive: bool = True,
        name: str = "loss_over_probabilities",
    ):
        super().__init__(name=name)
        self.loss = keras.losses.get(loss)
        self.activation = activation
        self.label_smoothing = label_smoothing
        self.exclusive = exclusive

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The loss of a batch: one number."""
        answers = keras.ops.cast(y_true, "float32")
        classes = max(2, answers.shape[-1]) if self.exclusive else 2
        answers = answers * (1.0 - self.label_smoothing) + self.label_smoothing / classes
        return self.loss(answers, probabilities(y_pred, self.activation), sample_weight)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return {
            "loss": keras.losses.serialize(self.loss),
            "activation": self.activation,
            "label_smoothing": self.label_smoothing,
            "exclusive": self.exclusive,
            "name": self.name,
        }


@keras.saving.register_keras_serializable("recipe")
class MetricOverProbabilities(WrappedMetric):
    """A metric that is given probabilities.

    Args:
        metric: over probabilities.
        activation: `softmax` or `sigmoid`: from the output of the network to probabilities.
        name: of the metric; that of the one inside unless said.
    """

    def __init__(self, metric: Any, activation: str, name: str | None = None):
        super().__init__(metric, name)
        self.activation = activation

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch in."""
        said = probabilities(y_pred, self.activation)
        self.metric.update_state(y_true, said, sample_weight=sample_weight)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return super().get_config() | {"activation": self.activation}
