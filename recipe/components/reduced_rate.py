"""A learning rate that a callback may lower while a compiled step reads it."""

from typing import Any

import keras

FACTOR = "plateau_factor"


@keras.saving.register_keras_serializable("recipe")
class ReducedRate(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule times a factor, which is a variable of the optimizer.

    So every backend reads its newest value inside a compiled step, and a checkpoint holds it. Before
    `build` the factor is 1.

    Args:
        peak: learning rate without a schedule, above 0.
        after: the schedule that is multiplied; None for the peak all the way.
    """

    def __init__(self, peak: float, after: Any = None):
        super().__init__()
        self.peak = peak
        self.after = after
        self._factor: Any = 1.0

    def build(self, optimizer: Any) -> None:
        """Make the factor a variable of an optimizer."""
        self._factor = optimizer.add_variable(
            shape=(), initializer="ones", dtype="float32", aggregation="only_first_replica", name=FACTOR
        )

    def __call__(self, step: Any) -> Any:
        """The learning rate of the update number `step`, counted from 0."""
        rate = self.peak if self.after is None else self.after(step)
        return keras.ops.convert_to_tensor(rate, "float32") * self._factor

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return {"peak": self.peak, "after": keras.saving.serialize_keras_object(self.after)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "ReducedRate":
        """The schedule that was saved, its factor 1."""
        return cls(config["peak"], keras.saving.deserialize_keras_object(config["after"]))
