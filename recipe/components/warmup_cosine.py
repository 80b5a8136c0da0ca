"""Linear warm-up, then half a cosine."""

import math
from typing import Any

import keras

from recipe.components.warmups import WarmupDescent


@keras.saving.register_keras_serializable("recipe")
class WarmupCosine(WarmupDescent):
    """Linear warm-up to the peak, then `(1 + cos(pi * progress)) / 2` down to the floor.

    Source: Loshchilov and Hutter, SGDR, arXiv 1608.03983, equation 5, without restarts.
    """

    def shape(self, progress: Any) -> Any:
        """Half a cosine from 1 to 0."""
        return 0.5 * (1.0 + keras.ops.cos(math.pi * progress))
