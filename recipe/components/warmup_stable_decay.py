"""Linear warm-up, the peak for most of the run, a short descent."""

from typing import Any

import keras

from recipe.components.warmups import Warmup


@keras.saving.register_keras_serializable("recipe")
class WarmupStableDecay(Warmup):
    """Linear warm-up to the peak, which stays until the last `decay_steps`; they fall linearly to the floor.

    Source: Hu et al., MiniCPM, arXiv 2404.06395, equation 1, with a line as the decreasing function.

    Args:
        peak: largest learning rate, above 0.
        total_steps: updates in the whole run.
        warmup_steps: updates of the linear rise, at least 0.
        decay_steps: updates of the descent, at least 1.
        floor: share of the peak at the end, in [0, 1].
    """

    def __init__(
        self,
        peak: float,
        total_steps: int,
        warmup_steps: int = 0,
        decay_steps: int = 1,
        floor: float = 0.0,
    ):
        super().__init__(peak, total_steps, warmup_steps)
        self.decay_steps = decay_steps
        self.floor = floor

    def share(self, step: Any) -> Any:
        """1, then a straight line to the floor."""
        left = keras.ops.cast(self.total_steps - step, "float32")
        return self.floor + (1.0 - self.floor) * keras.ops.clip(left / self.decay_steps, 0.0, 1.0)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return {**super().get_config(), "decay_steps": self.decay_steps, "floor": self.floor}
