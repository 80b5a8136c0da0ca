"""Schedules one after the other."""

from collections.abc import Sequence
from typing import Any

import keras


@keras.saving.register_keras_serializable("recipe")
class Phases(keras.optimizers.schedules.LearningRateSchedule):
    """Each phase counts its own updates from 0, for as many as its `total_steps`; the last goes on for ever.

    Args:
        phases: schedules with a `total_steps`, at least one.
    """

    def __init__(self, phases: Sequence[Any]):
        super().__init__()
        self.phases = list(phases)

    def __call__(self, step: Any) -> Any:
        """The learning rate of the update number `step`, counted from 0."""
        step = keras.ops.cast(step, "int32")
        start, rate = 0, self.phases[0](step)
        for before, phase in zip(self.phases, self.phases[1:], strict=False):
            start += before.total_steps
            rate = keras.ops.where(step < start, rate, phase(step - start))
        return rate

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        return {"phases": [keras.saving.serialize_keras_object(phase) for phase in self.phases]}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Phases":
        """The schedule that was saved."""
        return cls([keras.saving.deserialize_keras_object(phase) for phase in config["phases"]])
