"""On which devices a step runs: a row each."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from recipe.diagnostics.machine import TooFewDevices
from recipe.diagnostics.problems import RecipeError
from recipe.program.programs import Runtime


@dataclass(frozen=True, slots=True)
class Placement:
    """A way to share a batch.

    Args:
        strategy: its word.
        backend: of Keras.
        open: makes the strategy; its `scope()` is entered before the model is built.
    """

    strategy: str
    backend: str
    open: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class OneDevice:
    """Where a framework puts things by itself."""

    num_replicas_in_sync: int = 1

    def scope(self) -> AbstractContextManager[None]:
        """Nothing to enter."""
        return nullcontext()


def _default() -> Any:
    """TensorFlow's default strategy: one replica, no wrapping."""
    import tensorflow as tf

    return tf.distribute.get_strategy()


def _mirrored() -> Any:
    """All devices of this machine, each with a copy of the weights; gradients are summed."""
    import tensorflow as tf

    kind, devices = _alike()
    if len(devices) < 2:
        raise RecipeError([TooFewDevices(None, "mirrored", len(devices), kind)])
    # The default collectives fail inside loops and cannot be opened twice in one process.
    reduction = tf.distribute.ReductionToOneDevice() if kind == "CPU" else None
    return tf.distribute.MirroredStrategy(devices, cross_device_ops=reduction)


def _alike() -> tuple[str, list[str]]:
    """The kind and the names of the devices that a batch can be shared over."""
    import tensorflow as tf

    kind = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
    return kind, [device.name for device in tf.config.list_logical_devices(kind)]


PLACEMENTS = (
    Placement("single", "tensorflow", _default),
    Placement("mirrored", "tensorflow", _mirrored),
    Placement("single", "jax", OneDevice),
)


def open_placement(runtime: Runtime) -> Any:
    """The strategy of a run, opened.

    Raises:
        RecipeError: R651 when the machine has too few devices.
    """
    wanted = (runtime.strategy, runtime.backend)
    found = next(row for row in PLACEMENTS if (row.strategy, row.backend) == wanted)
    return found.open()


def num_devices(runtime: Runtime) -> int:
    """How many devices of this machine would share a batch; nothing is opened."""
    return 1 if runtime.strategy == "single" else len(_alike()[1])
