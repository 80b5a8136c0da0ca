"""On which devices a step runs: a row each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from recipe.diagnostics.machine import TooFewDevices
from recipe.diagnostics.problems import RecipeError


@dataclass(frozen=True, slots=True)
class Placement:
    """A way to share a batch.

    Args:
        name: of the strategy.
        open: makes the strategy; entered before the model is built.
    """

    name: str
    open: Callable[[], Any]


def _single() -> Any:
    """The default strategy: one replica, no wrapping."""
    return tf.distribute.get_strategy()


def _mirrored() -> Any:
    """All devices of this machine, each with a copy of the weights; gradients are summed."""
    kind = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
    devices = [device.name for device in tf.config.list_logical_devices(kind)]
    if len(devices) < 2:
        raise RecipeError([TooFewDevices(None, "mirrored", len(devices), kind)])
    # The default collectives fail inside loops and cannot be opened twice in one process.
    reduction = tf.distribute.ReductionToOneDevice() if kind == "CPU" else None
    return tf.distribute.MirroredStrategy(devices, cross_device_ops=reduction)


PLACEMENTS = {
    placement.name: placement
    for placement in (Placement("single", _single), Placement("mirrored", _mirrored))
}
