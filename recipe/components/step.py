"""The learning rate falls in steps."""

from collections.abc import Sequence
from typing import Any

import keras

from recipe.components.warmups import Warmup


@keras.saving.register_keras_serializable("recipe")
class Step(Warmup):
    """`peak * factor ** n` after `n` falls: one every `every_steps` updates, or one at each of `at_steps`.

    Both count from the start of the run, as the papers do: a warm-up only hides what lies in it.

    Source: He et al., arXiv 1512.03385, section 4.2 (a tenth at 32k and 48k of 64k updates).

    Args:
        peak: largest learning rate, above 0.
        total_steps: updates in the whole run.
        warmup_steps: updates of the linear rise, at least 0.
        factor: of each fall, above 0.
        every_steps: updates from fall to fall; None where `at_steps` says them.
        at_steps: the updates from which on it is lower.
    """

    def __init__(
        self,
        peak: float,
        total_steps: int,
        warmup_steps: int = 0,
        factor: float = 0.1,
        every_steps: int | None = None,
        at_steps: Sequence[int] = (),
    ):
        super().__init__(peak, total_steps, warmup_steps)
        self.factor = factor
        self.every_steps = every_steps
        self.at_steps = tuple(at_steps)

    def share(self, step: Any) -> Any:
        """`factor` to the power of the falls so far."""
        falls = sum(keras.ops.cast(step >= fall, "int32") for fall in self.at_steps)
        if self.every_steps is not None:
            falls = keras.ops.floor_divide(step, self.every_steps)
        return keras.ops.power(self.factor, keras.ops.cast(falls, "float32"))

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        own = {"factor": self.factor, "every_steps": self.every_steps, "at_steps": list(self.at_steps)}
        return {**super().get_config(), **own}
