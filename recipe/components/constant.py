"""One share of the peak."""

from typing import Any

import keras

from recipe.components.transitions import Transition


@keras.saving.register_keras_serializable("recipe")
class Constant(Transition):
    """All the way at its start, which is its end."""

    def shape(self, progress: Any) -> Any:
        """Always 1."""
        return keras.ops.ones_like(progress)
