"""Windows of one long array: a text or a series is kept once, however many windows lie in it."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recipe.data.packing.mapped import Mapped

Starts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Windows:
    """Examples that are windows of one array, each cut out when it is asked for.

    Args:
        values: what the windows lie in, `(positions, *shape)`.
        starts: the first position of every window, `(windows,)`; windows may overlap.
        length: positions of a window.

    Row numbers go on behind the last window: with `n` windows, row `n + i` is window `i` one position later,
    row `2 n + i` two, so that an epoch may cut a text elsewhere without another array.

    >>> windows = Windows(np.arange(8), np.array([0, 3]), 3)
    >>> windows[np.array([1, 0])].tolist(), windows[np.array([2, 3])].tolist()
    ([[3, 4, 5], [0, 1, 2]], [[1, 2, 3], [4, 5, 6]])
    """

    values: NDArray[np.generic]
    starts: Starts
    length: int

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, rows: Any) -> Any:
        """The windows of some rows as one array, `(rows, length, *shape)`; on a device likewise."""
        rows = np.arange(len(self))[rows] if isinstance(rows, slice) else rows
        starts = self.starts[rows % len(self)] + rows // len(self)
        return self.values[starts[..., None] + np.arange(self.length)]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of all windows as if they were one array."""
        return (len(self.starts), self.length, *self.values.shape[1:])

    @property
    def ndim(self) -> int:
        """Axes of all windows as if they were one array."""
        return len(self.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the values."""
        return self.values.dtype

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Which positions lie in a window, `(positions,)`."""
        changes = np.zeros(len(self.values) + 1, dtype=np.int64)
        np.add.at(changes, self.starts, 1)
        np.add.at(changes, self.starts + self.length, -1)
        return np.asarray(np.cumsum(changes[:-1]) > 0)

    def take(self, rows: NDArray[np.int64]) -> "Windows":
        """Some of the windows, in the same array."""
        return replace(self, starts=self.starts[rows])

    def later(self, positions: int) -> "Windows":
        """Windows that begin some positions later."""
        return replace(self, starts=self.starts + positions)


def as_type(
    values: "NDArray[np.generic] | Windows | Mapped", dtype: str
) -> "NDArray[np.generic] | Windows | Mapped":
    """Values of another type; the same where they are of it."""
    if isinstance(values, Windows):
        return replace(values, values=values.values.astype(dtype, copy=False))
    return values.as_type(dtype) if isinstance(values, Mapped) else values.astype(dtype, copy=False)


def each_once(values: "NDArray[np.generic] | Windows | Mapped") -> NDArray[np.generic]:
    """The values of an array; those that lie in a window, each once however many windows it is in."""
    return values.values[values.covered] if isinstance(values, Windows) else np.asarray(values)
