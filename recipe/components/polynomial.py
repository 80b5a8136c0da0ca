"""A power of what is left of the way from one share of the peak to another."""

from typing import Any

import keras

from recipe.components.transitions import Transition


@keras.saving.register_keras_serializable("recipe")
class Polynomial(Transition):
    """`(1 - progress) ** power` of the way is left.

    Source: Chen et al., DeepLab, arXiv 1606.00915, section 4.3 (the "poly" policy, power 0.9).

    Args:
        peak: what the shares are of, above 0.
        total_steps: updates of the way.
        start: share of the peak at its beginning, in [0, 1].
        end: share of the peak at its end, in [0, 1].
        power: above 0; 1 is a straight line.
    """

    def __init__(
        self, peak: float, total_steps: int, start: float = 1.0, end: float = 0.0, power: float = 0.9
    ):
        super().__init__(peak, total_steps, start, end)
        self.power = power

    def shape(self, progress: Any) -> Any:
        """From 1 to 0, the steeper at the end the smaller the power."""
        return keras.ops.power(1.0 - progress, self.power)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return {**super().get_config(), "power": self.power}
