"""Keras's optimizers with settings that follow a schedule, as the learning rate does."""

from collections.abc import Mapping
from typing import Any

import keras


class Setting:
    """A number of an optimizer during one update: a tensor where it is computed with.

    Optimizers also ask in Python whether they have momentum at all; then it is the number that was written.

    Args:
        written: the number at the peak.
        now: of this update, a `float32` scalar.
    """

    dtype = "float32"

    def __init__(self, written: float, now: Any):
        self.written = written
        self.now = now

    def __tf_tensor__(self, dtype: Any = None, name: str | None = None) -> Any:
        """How TensorFlow reads it."""
        return self.now if dtype is None else keras.ops.cast(self.now, dtype.name)

    def __jax_array__(self) -> Any:
        """How JAX reads it."""
        return self.now

    def __ne__(self, other: object) -> bool:
        return self.written != other

    def __gt__(self, other: float) -> bool:
        return self.written > other

    def __sub__(self, other: Any) -> Any:
        return self.now - other

    def __rsub__(self, other: Any) -> Any:
        return other - self.now

    def __mul__(self, other: Any) -> Any:
        return self.now * other

    def __rmul__(self, other: Any) -> Any:
        return other * self.now


class Scheduled:
    """Mixed into an optimizer: during an update, some of its settings are what a schedule says of its step.

    They are functions of the optimizer's own step number and have no state: a compiled step computes them,
    and a resumed run goes on with them.

    Args:
        args: those of the optimizer.
        schedules: by the name of the setting, such as `momentum` or `weight_decay`.
        kwargs: those of the optimizer.
    """

    iterations: Any

    def __init__(self, *args: Any, schedules: Mapping[str, Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.schedules = dict(schedules)

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """Update the weights with the settings of this step."""
        written = {name: getattr(self, name) for name in self.schedules}
        for name, schedule in self.schedules.items():
            now = keras.ops.cast(schedule(self.iterations), "float32")
            setattr(self, name, Setting(written[name], now))
        try:
            super().apply(grads, trainable_variables)  # type: ignore[misc]  # the optimizer it is mixed into
        finally:
            for name, number in written.items():
                setattr(self, name, number)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for saving."""
        saved = {name: keras.saving.serialize_keras_object(one) for name, one in self.schedules.items()}
        return {**super().get_config(), "schedules": saved}  # type: ignore[misc]

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """The optimizer that was saved."""
        saved = config["schedules"].items()
        schedules = {name: keras.saving.deserialize_keras_object(one, custom_objects) for name, one in saved}
        return super().from_config({**config, "schedules": schedules}, custom_objects)  # type: ignore[misc]


def _scheduled(kind: type) -> type:
    name = f"Scheduled{kind.__name__}"
    about = {
        "__module__": __name__,
        "__doc__": f"Keras's `{kind.__name__}` with settings that follow a schedule.",
    }
    return keras.saving.register_keras_serializable("recipe")(type(name, (Scheduled, kind), about))  # type: ignore[no-any-return]


_WITHOUT_SETTINGS = (
    keras.optimizers.Optimizer,
    keras.optimizers.LossScaleOptimizer,
    keras.optimizers.MultiOptimizer,
)
# By the optimizer of Keras. All are made at once, so that a saved one is found in any process.
SCHEDULED: Mapping[type, type] = {
    kind: _scheduled(kind)
    for kind in vars(keras.optimizers).values()
    if isinstance(kind, type) and issubclass(kind, keras.optimizers.Optimizer)
    if kind not in _WITHOUT_SETTINGS
}


def scheduled(optimizer: Any, schedules: Mapping[str, Any]) -> Any:
    """An optimizer of Keras, not yet built, with settings that follow schedules.

    Args:
        optimizer: whose settings stay where no schedule says otherwise.
        schedules: by the name of the setting.
    """
    return SCHEDULED[type(optimizer)](**optimizer.get_config(), schedules=schedules)
