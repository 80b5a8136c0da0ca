"""Where the examples of a step come from: from the device, or from the host, gathered a block ahead.

What fits lies on the device once. What does not is gathered from its file, or from the memory of the host, on
a thread of its own while the block before it is computed. The rows and their order are the same either way,
and so is every number.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from recipe.compiler.batches import OF_DATA, Batch
from recipe.data.datasets import Array, Arrays
from recipe.data.sources.limits import memory_left
from recipe.data.windows import Windows

STREAMED_BYTES = 2**26
"""Of a block that is gathered: 64 MiB. One is computed while another lies ready."""

LARGEST_SHARE = 0.25
"""Of the free memory of a device that examples may take: the rest is for weights and activations."""


def lies_on_device(wanted: str, needed: int, free: int) -> bool:
    """Whether examples are put on the device.

    Args:
        wanted: `auto`, `device` or `stream`, from `runtime.examples`.
        needed: bytes of the examples.
        free: bytes on the device.
    """
    return wanted == "device" or (wanted == "auto" and needed <= LARGEST_SHARE * free)


def free_bytes() -> int:
    """Free memory of the device that computes; of a CPU that of the machine."""
    import keras

    found = _OF_BACKEND[keras.backend.backend()]()
    return memory_left() if found is None else found


def _of_tensorflow() -> int | None:
    import tensorflow as tf
    from tensorflow.python.client import device_lib

    if not tf.config.list_logical_devices("GPU"):
        return None
    limits = [int(one.memory_limit) for one in device_lib.list_local_devices() if one.device_type == "GPU"]
    used = int(tf.config.experimental.get_memory_info("GPU:0")["current"])
    return min(limits) - used if limits else None


def _of_jax() -> int | None:
    import jax

    stats: Mapping[str, int] = jax.local_devices()[0].memory_stats() or {}
    return stats["bytes_limit"] - stats["bytes_in_use"] if "bytes_limit" in stats else None


_OF_BACKEND: Mapping[str, Callable[[], int | None]] = {"tensorflow": _of_tensorflow, "jax": _of_jax}


def bytes_of(arrays: Arrays) -> int:
    """Bytes of a split as it would lie on the device."""
    weights = 0 if arrays.weights is None else arrays.weights.nbytes
    return weights + sum(map(_bytes, (*arrays.inputs.values(), *arrays.targets.values())))


def _bytes(values: Array) -> int:
    return values.values.nbytes + values.starts.nbytes if isinstance(values, Windows) else values.nbytes


def fed(arrays: Mapping[str, Array]) -> object:
    """Inputs or targets as a network takes them: the one array, or several by name."""
    return next(iter(arrays.values())) if len(arrays) == 1 else dict(arrays)


def stored(arrays: Arrays) -> Batch:
    """All examples of a split, as they are stored."""
    weights = {} if arrays.weights is None else {OF_DATA: arrays.weights}
    return Batch(fed(arrays.inputs), fed(arrays.targets), weights)


@dataclass(frozen=True, slots=True)
class Ready:
    """A block whose examples are gathered.

    Args:
        order: indices of the examples in their split, int32 `(steps, batch)`.
        examples: one behind the other, on the device, `(at least steps x batch, ...)` each.
    """

    order: np.ndarray
    examples: Batch

    def rows_of(self, order: np.ndarray) -> np.ndarray | None:
        """Where the examples of this block, or of a part of it, lie in it; None of another block."""
        if order is not self.order and order.base is not self.order:
            return None
        start = (order.ctypes.data - self.order.ctypes.data) // order.itemsize
        return np.arange(start, start + order.size, dtype=np.int32).reshape(order.shape)


@dataclass(slots=True)
class Feed:
    """Gives steps their examples.

    Args:
        place: puts a Batch on the device.
        largest_block: steps of a block at most.
        wanted: `auto`, `device` or `stream`.
        free: bytes on the device when it was first asked; None where nobody asked.
        pads: whether every gathered block gets the size of the largest, because a compiler wants one shape.
    """

    place: Callable[[Batch], Batch]
    largest_block: Callable[[int], int]
    wanted: str = "auto"
    pads: Callable[[], bool] = lambda: False
    free: int | None = None
    _left: int = 0
    _streams: dict[int, bool] = field(default_factory=dict)
    _kept: dict[int, Batch] = field(default_factory=dict)
    _ready: Ready | None = None
    _thread: ThreadPoolExecutor | None = None

    def streams(self, arrays: Arrays) -> bool:
        """Whether a split is gathered block by block; decided once, in the order in which splits are used."""
        if id(arrays) not in self._streams:
            if self.free is None and self.wanted == "auto":
                self.free = self._left = free_bytes()
            needed = bytes_of(arrays)
            stays = lies_on_device(self.wanted, needed, self._left)
            self._left -= needed if stays else 0
            self._streams[id(arrays)] = not stays
        return self._streams[id(arrays)]

    def whole(self, arrays: Arrays) -> Batch:
        """A split on the device; it is put there once."""
        if id(arrays) not in self._kept:
            self._kept[id(arrays)] = self.place(stored(arrays))
        return self._kept[id(arrays)]

    def most_steps(self, arrays: Arrays, batch: int) -> int:
        """Steps of a block at most.

        Args:
            arrays: a split.
            batch: examples of a step.
        """
        largest = self.largest_block(batch)
        if not self.streams(arrays):
            return largest
        example = bytes_of_example(arrays)
        return max(1, min(largest, STREAMED_BYTES // max(1, batch * example)))

    def examples(self, arrays: Arrays, order: np.ndarray) -> tuple[Batch, np.ndarray]:
        """Examples on the device, and the indices in them of those of a block.

        Args:
            arrays: a split.
            order: indices in the split, int32 `(steps, batch)`.
        """
        if not self.streams(arrays):
            return self.whole(arrays), order
        found = self._ready.rows_of(order) if self._ready is not None else None
        if self._ready is None or found is None:
            gathered = self._gathered(arrays, order)
            return gathered.examples, np.arange(order.size, dtype=np.int32).reshape(order.shape)
        return self._ready.examples, found

    def ahead(self, arrays: Arrays, blocks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
        """The same blocks; while one is computed, the next is gathered.

        Args:
            arrays: a split that is streamed.
            blocks: indices in it, each of at most `most_steps`.
        """
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="feed")
        coming: Future[Ready] | None = None
        for block in blocks:
            following = self._thread.submit(self._gathered, arrays, block)
            if coming is not None:
                yield self._take(coming)
            coming = following
        if coming is not None:
            yield self._take(coming)
        self._ready = None

    def _take(self, coming: "Future[Ready]") -> np.ndarray:
        self._ready = coming.result()
        return self._ready.order

    def _gathered(self, arrays: Arrays, order: np.ndarray) -> Ready:
        room = self.most_steps(arrays, order.shape[1]) * order.shape[1] if self.pads() else order.size
        some = gathered(arrays, order.reshape(-1), max(room, order.size))
        return Ready(order, self.place(stored(some)))


def bytes_of_example(arrays: Arrays) -> int:
    """Bytes of one example on the device."""
    every = (*arrays.inputs.values(), *arrays.targets.values())
    return sum(math.prod(values.shape[1:]) * values.dtype.itemsize for values in every) + 4


def gathered(arrays: Arrays, rows: np.ndarray, room: int) -> Arrays:
    """Some examples of a split in memory.

    Args:
        arrays: the split.
        rows: their indices, `(examples,)`; of windows, rows behind the last go on one position later.
        room: how many the arrays have space for; what is left over is zero.
    """
    own = rows % len(arrays)
    weights = None if arrays.weights is None else _with_room(arrays.weights[own], room)
    return Arrays(
        {name: _with_room(values[rows], room) for name, values in arrays.inputs.items()},
        {name: _with_room(values[rows], room) for name, values in arrays.targets.items()},
        _with_room(arrays.rows[own], room),
        weights=weights,
    )


def _with_room(values: np.ndarray, room: int) -> np.ndarray:
    if len(values) >= room:
        return values
    wider = np.zeros((room, *values.shape[1:]), values.dtype)
    wider[: len(values)] = values
    return wider
