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
        count: how many devices of this machine share a batch; opens nothing.
    """

    strategy: str
    backend: str
    open: Callable[[], Any]
    count: Callable[[], int]


@dataclass(frozen=True, slots=True)
class OneDevice:
    """Where JAX puts things by itself.

    Args:
        num_replicas_in_sync: by how much the loss of each device is divided; one step is one replica.
    """

    num_replicas_in_sync: int = 1

    def scope(self) -> AbstractContextManager[None]:
        """Nothing to enter."""
        return nullcontext()

    def copied(self, values: Any) -> Any:
        """Values where the step wants them: on the device."""
        import jax

        return jax.device_put(values)

    def shared(self, batch: Any) -> Any:
        """A batch as the step divides it: not at all."""
        return batch

    @property
    def kept(self) -> Any:
        """Where the values that a step changes end; None leaves that to JAX."""
        return None


@dataclass(frozen=True, slots=True)
class DataParallel(OneDevice):
    """Devices that compute one step together, each on its share of the examples (GSPMD, arXiv 2105.04663).

    The step is written over the whole batch, and XLA divides it and sums over the devices what is a sum over
    examples. So batch norm, dropout, augmentation and clipping are those of one device. A batch that the
    devices do not divide is computed whole on each.

    Args:
        mesh: the devices in a row, its axis called `batch`.
    """

    mesh: Any = None

    def copied(self, values: Any) -> Any:
        """Values with a copy on each device."""
        import jax

        return jax.device_put(values, self.kept)

    def shared(self, batch: Any) -> Any:
        """A batch whose examples are divided; called while a step is traced."""
        import jax

        rows = jax.sharding.NamedSharding(self.mesh, jax.sharding.PartitionSpec("batch"))
        devices = self.mesh.size
        return jax.tree.map(
            lambda array: (
                array if array.shape[0] % devices else jax.lax.with_sharding_constraint(array, rows)
            ),
            batch,
        )

    @property
    def kept(self) -> Any:
        """A copy on each device."""
        import jax

        return jax.sharding.NamedSharding(self.mesh, jax.sharding.PartitionSpec())


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


def _data_parallel() -> DataParallel:
    """All devices of this machine that JAX computes on, each with a copy of the weights."""
    import jax

    devices = jax.devices()
    if len(devices) < 2:
        kind = jax.default_backend().upper()
        raise RecipeError([TooFewDevices(None, "data_parallel", len(devices), kind)])
    mesh = jax.make_mesh((len(devices),), ("batch",), axis_types=(jax.sharding.AxisType.Auto,))
    return DataParallel(mesh=mesh)


def _num_of_jax() -> int:
    import jax

    return len(jax.devices())


PLACEMENTS = (
    Placement("single", "tensorflow", _default, lambda: 1),
    Placement("mirrored", "tensorflow", _mirrored, lambda: len(_alike()[1])),
    Placement("single", "jax", OneDevice, lambda: 1),
    Placement("data_parallel", "jax", _data_parallel, _num_of_jax),
)


def open_placement(runtime: Runtime) -> Any:
    """The strategy of a run, opened.

    Raises:
        RecipeError: R651 when the machine has too few devices.
    """
    return _row(runtime).open()


def num_devices(runtime: Runtime) -> int:
    """How many devices of this machine would share a batch; nothing is opened."""
    return _row(runtime).count()


def _row(runtime: Runtime) -> Placement:
    wanted = (runtime.strategy, runtime.backend)
    return next(row for row in PLACEMENTS if (row.strategy, row.backend) == wanted)
