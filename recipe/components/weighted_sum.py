"""Several losses as one."""

from collections.abc import Sequence
from typing import Any

import keras


@keras.saving.register_keras_serializable("recipe")
class WeightedSum(keras.losses.Loss):
    """The sum of losses, each times its weight.

    Args:
        losses: at least one.
        weights: one for each, at least 0.
        name: of the loss.
    """

    def __init__(self, losses: Sequence[Any], weights: Sequence[float], name: str = "weighted_sum"):
        super().__init__(name=name)
        self.losses = [keras.losses.get(loss) for loss in losses]
        self.weights = tuple(float(weight) for weight in weights)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The loss of a batch: one number."""
        parts = [loss(y_true, y_pred, sample_weight) for loss in self.losses]
        return sum(weight * part for weight, part in zip(self.weights, parts, strict=True))

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        losses = [keras.losses.serialize(loss) for loss in self.losses]
        return {"losses": losses, "weights": list(self.weights), "name": self.name}
