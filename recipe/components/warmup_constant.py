"""Linear warm-up, then the peak."""

from typing import Any

import keras

from recipe.components.warmups import Warmup


@keras.saving.register_keras_serializable("recipe")
class WarmupConstant(Warmup):
    """Linear warm-up to the peak, which then stays.

    Source: Goyal et al., arXiv 1706.02677, section 2.2 (gradual warm-up).
    """

    def share(self, step: Any) -> Any:
        """Always 1."""
        return keras.ops.ones_like(step, dtype="float32")
