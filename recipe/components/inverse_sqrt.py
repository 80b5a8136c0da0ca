"""Linear warm-up, then the inverse square root of the step."""

from typing import Any

import keras

from recipe.components.warmups import Warmup


@keras.saving.register_keras_serializable("recipe")
class InverseSqrt(Warmup):
    """`peak * min(s / warmup_steps, sqrt(warmup_steps / s))`: the peak where the warm-up ends.

    Source: Vaswani et al., arXiv 1706.03762, equation 3.

    Args:
        peak: largest learning rate, above 0.
        total_steps: updates in the whole run.
        warmup_steps: updates of the linear rise, at least 1.
    """

    def share(self, step: Any) -> Any:
        """The square root of the warm-up's share of the run so far."""
        done = keras.ops.cast(keras.ops.maximum(step, self.warmup_steps), "float32")
        return keras.ops.sqrt(self.warmup_steps / done)
