"""Columns of cells that lie in a file: mapped, and read block by block; `column_writers` writes them.

| a column | its parts of the file |
|---|---|
| of few different texts | `codes`: which of them each cell is, int32; the texts are kept in memory |
| of many | `texts`: in blocks, see `texts` |
| of many that are all numbers | `numbers` beside the texts: float64, NaN where a cell is missing |
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import DTypeLike, NDArray

from recipe.data.packing.texts import parted
from recipe.program.manifests import Entry, compare

Rows = NDArray[np.int64]
Texts = NDArray[np.object_]

BLOCK_ROWS = 4096
"""Rows that are read at once; those that are written at once are fewer where a row has many cells."""

TABLE = "table"
"""The file of all columns."""

LINES = "lines"
"""The part of the line of each row."""


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column of few different texts.

    Args:
        folder: of the pack.
        texts: `(texts,)`, in the order in which they first come.
        codes: which of them every cell is, mapped, `(all rows,)`.
    """

    folder: Path
    texts: Texts
    codes: NDArray[np.int32]

    @property
    def numbers(self) -> None:
        """None: what few texts say is known without."""

    @property
    def nbytes(self) -> int:
        """Bytes of all different texts; they are in memory."""
        return 0

    def read(self, rows: Rows) -> Texts:
        """The cells of some rows, `(rows,)`."""
        found: Texts = self.texts[self.codes[rows]]
        return found

    def each(self, rows: Rows, value_of: Callable[[str], Any], dtype: DTypeLike) -> NDArray[Any]:
        """What a function says of every cell, `(rows,)`; it is asked once for each text that is there."""
        codes = self.codes[rows]
        used = np.flatnonzero(np.bincount(codes, minlength=len(self.texts)))
        values = np.zeros(len(self.texts), dtype)
        values[used] = [value_of(text) for text in self.texts[used]]
        return values[codes]

    def distinct(self, rows: Rows) -> Iterator[str]:
        """Different texts, in the order in which they first come."""
        codes = self.codes[rows]
        _, first = np.unique(codes, return_index=True)
        yield from self.texts[codes[np.sort(first)]]


@dataclass(frozen=True, slots=True, eq=False)
class Spelled:
    """A column of many different texts.

    Args:
        folder: of the pack.
        content: the blocks, UTF-8, mapped, `(bytes,)`.
        ends: of the blocks, `(blocks,)`.
        block_rows: rows of each but the last.
        numbers: of a column of nothing else, mapped, `(all rows,)`.
    """

    folder: Path
    content: NDArray[np.uint8]
    ends: Rows
    block_rows: int
    numbers: NDArray[np.float64] | None

    @property
    def nbytes(self) -> int:
        """Bytes of all texts."""
        return len(self.content)

    def read(self, rows: Rows) -> Texts:
        """The cells of some rows, `(rows,)`."""
        found: Texts = np.empty(len(rows), np.object_)
        blocks = rows // self.block_rows
        borders = [0, *(np.flatnonzero(np.diff(blocks)) + 1).tolist(), len(rows)]
        for start, end in pairwise(borders):
            if start < end:
                texts = self._block(int(blocks[start]))
                found[start:end] = [texts[row] for row in (rows[start:end] % self.block_rows).tolist()]
        return found

    def _block(self, block: int) -> list[str]:
        start = int(self.ends[block - 1]) if block else 0
        return parted(self.content[start : int(self.ends[block])].tobytes())

    def each(self, rows: Rows, value_of: Callable[[str], Any], dtype: DTypeLike) -> NDArray[Any]:
        """What a function says of every cell, `(rows,)`."""
        values = np.empty(len(rows), dtype)
        for start in range(0, len(rows), BLOCK_ROWS):
            texts = self.read(rows[start : start + BLOCK_ROWS])
            values[start : start + len(texts)] = [value_of(text) for text in texts]
        return values

    def distinct(self, rows: Rows) -> Iterator[str]:
        """Different texts, in the order in which they first come."""
        seen: dict[str, None] = {}
        for start in range(0, len(rows), BLOCK_ROWS):
            seen.update(dict.fromkeys(self.read(rows[start : start + BLOCK_ROWS])))
        yield from seen


Column = Coded | Spelled


@dataclass(frozen=True, slots=True, eq=False)
class MappedCells:
    """Some cells of a column in a file.

    It stands where an array of cells stands; one cell is read when it is asked for, and many in blocks.

    Args:
        column: where they lie.
        rows: their numbers in it, `(rows,)`.
    """

    column: Column
    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, key: int | np.integer[Any]) -> str: ...
    @overload
    def __getitem__(self, key: slice | NDArray[Any]) -> "MappedCells": ...
    def __getitem__(self, key: Any) -> "str | MappedCells":
        rows = self.rows[key]
        if isinstance(rows, np.ndarray):
            return MappedCells(self.column, rows)
        return str(self.column.read(np.asarray([rows]))[0])

    def blocks(self) -> Iterator[Texts]:
        """All cells, as many at once as memory should hold."""
        for start in range(0, len(self.rows), BLOCK_ROWS):
            yield self.column.read(self.rows[start : start + BLOCK_ROWS])

    def each(self, value_of: Callable[[str], Any], dtype: DTypeLike) -> NDArray[Any]:
        """What a function of its text says of every cell, `(rows,)`."""
        return self.column.each(self.rows, value_of, dtype)

    def distinct(self) -> Iterator[str]:
        """Different texts, in the order in which they first come."""
        return self.column.distinct(self.rows)

    @property
    def numbers(self) -> NDArray[np.float64] | None:
        """The numbers, NaN of a missing cell; None where they are few, or not all are numbers."""
        numbers = self.column.numbers
        return None if numbers is None else numbers[self.rows]


# -- opening ---------------------------------------------------------------------------------------


def open_table(folder: Path, about: Mapping[str, Any]) -> tuple[Mapping[str, Column], Rows]:
    """The columns of a table by name, and the line of each row; compared with their checksum.

    Raises:
        DamagedError: when they are not what was written.
    """
    path = folder / TABLE
    compare(path, Entry(**about["table"]))
    # One map for all columns: each would keep a file open.
    whole = np.memmap(path, "|u1", "r").view(np.ndarray) if about["table"]["bytes"] else np.empty(0, "|u1")
    parts = {
        name: whole[start : start + size].view(_TYPES[name.rpartition(".")[2]])
        for name, (start, size) in about["places"].items()
    }
    columns = {name: _column(folder, one, parts) for name, one in about["columns"].items()}
    return columns, parts[LINES]


_TYPES: Mapping[str, str] = {LINES: "<i8", "codes": "<i4", "texts": "|u1", "numbers": "<f8"}


def _column(folder: Path, about: Mapping[str, Any], parts: Mapping[str, NDArray[Any]]) -> Column:
    own = {what: parts[f"{about['part']}.{what}"] for what in about["parts"]}
    if "codes" in own:
        texts = np.empty(len(about["texts"]), np.object_)
        texts[:] = about["texts"]
        return Coded(folder, texts, own["codes"])
    ends = np.asarray(about["ends"], np.int64)
    return Spelled(folder, own["texts"], ends, int(about["block_rows"]), own.get("numbers"))


def take(
    columns: Mapping[str, "Texts | MappedCells"], rows: Rows, taken: dict[int, Rows]
) -> dict[str, "Texts | MappedCells"]:
    """Some cells of columns; those in files, which all have the same rows, keep them only once.

    Args:
        columns: by name.
        rows: positions.
        taken: what these positions of an array are, by its `id`, as far as it is known.
    """
    found: dict[str, Texts | MappedCells] = {}
    for name, cells in columns.items():
        if isinstance(cells, MappedCells):
            if id(cells.rows) not in taken:
                taken[id(cells.rows)] = cells.rows[rows]
            found[name] = MappedCells(cells.column, taken[id(cells.rows)])
        else:
            found[name] = cells[rows]
    return found
