"""The weight of the class of each example."""

from collections.abc import Sequence
from typing import Any

import keras


@keras.saving.register_keras_serializable("recipe")
class ClassWeights(keras.layers.Layer):
    """Gives each class its weight.

    Args:
        weights: by index of the class, each at least 0.
        **kwargs: of a layer, such as its name.

    Input shape: classes by index, `(batch, ...)`, integers or floats that are whole.
    Output shape: the same, in float32.
    """

    def __init__(self, weights: Sequence[float], **kwargs: Any):
        super().__init__(dtype="float32", autocast=False, **kwargs)
        self.weights_by_class = tuple(float(weight) for weight in weights)

    def call(self, classes: Any) -> Any:
        """The weight of each class."""
        table = keras.ops.convert_to_tensor(self.weights_by_class, "float32")
        # What lies outside is no class, see the loss.
        index = keras.ops.clip(keras.ops.cast(classes, "int32"), 0, len(self.weights_by_class) - 1)
        return keras.ops.take(table, index)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """One weight for each class."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return {"name": self.name, "weights": list(self.weights_by_class)}
