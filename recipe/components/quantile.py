"""The quantile loss, also called pinball loss."""

from typing import Any

import keras


@keras.saving.register_keras_serializable("recipe")
class Quantile(keras.losses.Loss):
    """Teaches a network to say a quantile of its target, such as the 90 % that it seldom exceeds.

    `max(q d, (q - 1) d)` with `d = y - prediction` (Koenker and Bassett 1978, Econometrica 46, equation 1.2),
    in the mean over the last axis; with `q = 0.5` it is half the mean absolute error.

    Args:
        quantile: in (0, 1).
        name: of the loss.
        reduction: as of every loss of Keras.
    """

    def __init__(self, quantile: float = 0.5, name: str = "quantile", reduction: str = "sum_over_batch_size"):
        super().__init__(name=name, reduction=reduction)
        self.quantile = quantile

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The loss of each example, `(batch, ...)`, from `(batch, ..., numbers)`."""
        said = keras.ops.convert_to_tensor(y_pred)
        difference = keras.ops.cast(y_true, said.dtype) - said
        either = keras.ops.maximum(self.quantile * difference, (self.quantile - 1.0) * difference)
        return keras.ops.mean(either, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return {"quantile": self.quantile, "name": self.name, "reduction": self.reduction}
