"""Examples that lie in a file: mapped into memory, read when they are asked for, checked when they are read.

Beside the values of every example lie a checksum, its smallest and its largest value. So ranges and repeated
examples are known without reading the examples themselves, and a bit that flipped on the disk is found.
"""

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from recipe.diagnostics.packs import DamagedExample, PackError

Rows = NDArray[np.int64]

BLOCK_BYTES = 2**26
"""How much is read at once where all examples are looked at: 64 MiB."""


def row_sums(values: NDArray[np.generic]) -> NDArray[np.uint64]:
    """A checksum of every example, `(examples,)`: the first 64 bits of BLAKE2b over its bytes.

    Args:
        values: `(examples, ...)`.
    """
    flat = np.ascontiguousarray(values).reshape(len(values), -1).view(np.uint8)
    sums = b"".join(hashlib.blake2b(row.data, digest_size=8).digest() for row in flat)
    return np.frombuffer(sums, dtype="<u8").astype(np.uint64, copy=False)


@dataclass(frozen=True, slots=True)
class PackedArray:
    """One array of a pack.

    Args:
        name: of the array.
        path: of its file.
        values: all examples, mapped, `(examples, ...)`.
        sums: checksum of each, `(examples,)`.
        lows: smallest value of each, `(examples,)`.
        highs: largest value of each, `(examples,)`.
        checked: which examples were compared with their checksum by this process, `(examples,)`.
        condemn: called when one differs, so that the next run packs anew.
    """

    name: str
    path: Path
    values: NDArray[np.generic]
    sums: NDArray[np.uint64]
    lows: NDArray[np.generic]
    highs: NDArray[np.generic]
    checked: NDArray[np.bool_]
    condemn: Callable[[], None] = field(default=lambda: None, compare=False)

    def gather(self, rows: Rows) -> NDArray[np.generic]:
        """Some examples, copied from the file, each compared with its checksum when it is first read.

        Raises:
            PackError: R625 when one is not what was packed.
        """
        found: NDArray[np.generic] = np.take(self.values, rows, axis=0)
        fresh = np.flatnonzero(~self.checked[rows])
        if len(fresh):
            wrong = fresh[row_sums(found[fresh]) != self.sums[rows[fresh]]]
            if len(wrong):
                self.condemn()
                raise PackError([DamagedExample(None, str(self.path), int(rows[wrong[0]]), len(wrong))])
            self.checked[rows[fresh]] = True
        return found

    def damaged(self) -> Rows:
        """The numbers of all examples that are not what was packed.

        They are read and not mapped, so that memory holds one block at a time.
        """
        step = max(1, BLOCK_BYTES // max(1, self.values[:1].nbytes))
        wrong = []
        with self.path.open("rb") as file:
            for start in range(0, len(self.values), step):
                block = slice(start, start + step)
                read = np.fromfile(file, self.values.dtype, self.values[block].size)
                different = row_sums(read.reshape(self.values[block].shape)) != self.sums[block]
                self.checked[block] = ~different
                wrong.append(start + np.flatnonzero(different))
        return np.concatenate(wrong) if wrong else np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Mapped:
    """Some examples of a packed array, in the shape and type that they are wanted in.

    It stands where an array stands and is indexed like one; every read gives an array in memory.

    Args:
        packed: where they lie.
        rows: their numbers in it, `(examples,)`.
        example: shape of one.
        dtype: that they are given in.
        codes: what they are given as, for each of the bytes 0 to 255, `(256,)`; None for themselves.
    """

    packed: PackedArray
    rows: Rows
    example: tuple[int, ...]
    dtype: np.dtype[Any]
    codes: NDArray[np.generic] | None = field(default=None, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def shape(self) -> tuple[int, ...]:
        """`(examples, ...)`."""
        return (len(self.rows), *self.example)

    @property
    def ndim(self) -> int:
        """Rank, the axis of the examples counted."""
        return 1 + len(self.example)

    @property
    def size(self) -> int:
        """How many numbers."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of all examples in memory."""
        return self.size * self.dtype.itemsize

    def __getitem__(self, key: Any) -> NDArray[np.generic]:
        """Read one example or some, as from an array."""
        rows = self.rows[key]
        if isinstance(rows, np.ndarray):
            return self._formed(self.packed.gather(rows))
        one: NDArray[np.generic] = self._formed(self.packed.gather(np.asarray([rows])))[0]
        return one

    def __iter__(self) -> Iterator[NDArray[np.generic]]:
        return (self[row] for row in range(len(self)))

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[np.generic]:
        """All examples in memory."""
        whole = self[:]
        return whole if dtype is None else whole.astype(dtype, copy=False)

    def _formed(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        given = values if self.codes is None else self.codes[values]
        return given.reshape(len(given), *self.example).astype(self.dtype, copy=False)

    def take(self, rows: Rows) -> "Mapped":
        """Some of them, still in the file.

        Args:
            rows: positions among these.
        """
        return replace(self, rows=self.rows[rows])

    def as_type(self, dtype: DTypeLike) -> "Mapped":
        """The same numbers in another type, still in the file."""
        return replace(self, dtype=np.dtype(dtype))

    def translated(self, codes: NDArray[np.generic]) -> "Mapped":
        """What bytes stand for, still in the file.

        Args:
            codes: for each byte, `(256,)`.
        """
        return replace(self, codes=codes, dtype=codes.dtype)

    def as_shape(self, example: tuple[int, ...]) -> "Mapped":
        """The same numbers in examples of another shape, still in the file."""
        return replace(self, example=example)

    def blocks(self) -> Iterator[NDArray[np.generic]]:
        """All examples, as many at once as memory should hold."""
        step = max(1, BLOCK_BYTES // max(1, math.prod(self.example) * self.dtype.itemsize))
        return (self[start : start + step] for start in range(0, len(self), step))

    @property
    def sums(self) -> NDArray[np.uint64]:
        """Checksum of each, `(examples,)`."""
        return self.packed.sums[self.rows]

    @property
    def lows(self) -> NDArray[np.generic]:
        """Smallest packed value of each, `(examples,)`."""
        return self.packed.lows[self.rows]

    @property
    def highs(self) -> NDArray[np.generic]:
        """Largest packed value of each, `(examples,)`."""
        return self.packed.highs[self.rows]
