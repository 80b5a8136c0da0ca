"""The learning rate falls by the same factor in equal times."""

from typing import Any

import keras

from recipe.components.warmups import Warmup


@keras.saving.register_keras_serializable("recipe")
class Exponential(Warmup):
    """`peak * factor ** (s / every_steps)`, `s` counted from the end of the warm-up.

    Source: Szegedy et al., arXiv 1512.00567, section 8 (a factor of 0.94 every two epochs).

    Args:
        peak: largest learning rate, above 0.
        total_steps: updates in the whole run.
        warmup_steps: updates of the linear rise, at least 0.
        factor: by which it has fallen after `every_steps`, above 0.
        every_steps: updates, at least 1; None for those of the run after the warm-up.
    """

    def __init__(
        self,
        peak: float,
        total_steps: int,
        warmup_steps: int = 0,
        factor: float = 0.1,
        every_steps: int | None = None,
    ):
        super().__init__(peak, total_steps, warmup_steps)
        self.factor = factor
        self.every_steps = every_steps

    def share(self, step: Any) -> Any:
        """A power of `factor`."""
        every = self.every_steps or max(1, self.total_steps - self.warmup_steps)
        return keras.ops.power(self.factor, self.since_warmup(step) / every)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return {**super().get_config(), "factor": self.factor, "every_steps": self.every_steps}
