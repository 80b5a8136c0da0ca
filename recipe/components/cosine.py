"""Half a cosine from one share of the peak to another."""

import math
from typing import Any

import keras

from recipe.components.transitions import Transition


@keras.saving.register_keras_serializable("recipe")
class Cosine(Transition):
    """`(1 + cos(pi * progress)) / 2` of the way is left.

    Source: Loshchilov and Hutter, SGDR, arXiv 1608.03983, equation 5, without restarts.
    """

    def shape(self, progress: Any) -> Any:
        """Half a cosine from 1 to 0."""
        return 0.5 * (1.0 + keras.ops.cos(math.pi * progress))
