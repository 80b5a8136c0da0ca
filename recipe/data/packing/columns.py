"""Columns of cells that lie in files: written in one pass, mapped, and read block by block.

| a column | its files |
|---|---|
| of few different texts | `codes`: which of them each cell is, int32; the texts are kept in memory |
| of many | `texts`: in blocks, each parted by NUL, which is in no text |
| of many that are all numbers | `numbers` beside the texts: float64, NaN where a cell is missing |
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import DTypeLike, NDArray

from recipe.program.manifests import Entry, compare

Rows = NDArray[np.int64]
Texts = NDArray[np.object_]

BLOCK_ROWS = 4096
"""Rows of a block: what is written, and read, at once."""

MOST_TEXTS = 1 << 14
"""Different texts of a column that are still kept in memory."""

LINES = "lines"
"""The file that says which line each row is in."""


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
        numbers: of a column of nothing else, mapped, `(all rows,)`.
    """

    folder: Path
    content: NDArray[np.uint8]
    ends: Rows
    numbers: NDArray[np.float64] | None

    @property
    def nbytes(self) -> int:
        """Bytes of all texts."""
        return len(self.content)

    def read(self, rows: Rows) -> Texts:
        """The cells of some rows, `(rows,)`."""
        found: Texts = np.empty(len(rows), np.object_)
        blocks = rows // BLOCK_ROWS
        borders = [0, *(np.flatnonzero(np.diff(blocks)) + 1).tolist(), len(rows)]
        for start, end in pairwise(borders):
            if start < end:
                texts = self._block(int(blocks[start]))
                found[start:end] = [texts[row] for row in (rows[start:end] % BLOCK_ROWS).tolist()]
        return found

    def _block(self, block: int) -> list[str]:
        start = int(self.ends[block - 1]) if block else 0
        return self.content[start : int(self.ends[block])].tobytes().decode().split("\0")

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


# -- writing ---------------------------------------------------------------------------------------


class _File:
    """A file that is written from the first byte to the last, and what its manifest will say of it."""

    def __init__(self, path: Path, opened: ExitStack):
        self.path, self.bytes = path, 0
        self._file, self._digest = opened.enter_context(path.open("xb")), sha256()

    def write(self, content: bytes) -> None:
        """Append bytes."""
        self._file.write(content)
        self._digest.update(content)
        self.bytes += len(content)

    def close(self) -> Mapping[str, Any]:
        """Let it go; its entry."""
        self._file.close()
        return asdict(Entry(self.bytes, self._digest.hexdigest()))

    def drop(self) -> None:
        """Delete it."""
        self._file.close()
        self.path.unlink()


class ColumnWriter:
    """Writes one column, cells as they come.

    Args:
        folder: of the files.
        name: that the files begin with.
        opened: closes them, whatever happens.
    """

    def __init__(self, folder: Path, name: str, opened: ExitStack):
        self._folder, self._name, self._opened = folder, name, opened
        self._known: dict[str, int] = {}
        self._codes: _File | None = self._open("codes")
        self._texts: _File | None = None
        self._numbers: _File | None = None
        self._ends: list[int] = []
        self._waiting: list[str] = []

    def _open(self, what: str) -> _File:
        return _File(self._folder / f"{self._name}.{what}", self._opened)

    def add(self, cells: Iterable[str]) -> None:
        """Append cells."""
        self._waiting += cells
        while len(self._waiting) >= BLOCK_ROWS:
            self._write(self._waiting[:BLOCK_ROWS])
            del self._waiting[:BLOCK_ROWS]

    def _write(self, cells: Sequence[str]) -> None:
        """Append a block; all but the last have `BLOCK_ROWS` cells."""
        if self._codes is None:
            self._spell(cells)
            return
        known = self._known
        codes = [known.setdefault(text, len(known)) for text in cells]
        self._codes.write(np.asarray(codes, "<i4").tobytes())
        if len(known) > MOST_TEXTS:
            self._spell_all(self._codes)

    def _spell_all(self, codes: _File) -> None:
        """Write out what was coded: there are too many texts."""
        codes.close()
        texts = list(self._known)
        self._codes, self._known = None, {}
        self._texts, self._numbers = self._open("texts"), self._open("numbers")
        with codes.path.open("rb") as file:
            while block := file.read(4 * BLOCK_ROWS):
                self._spell([texts[code] for code in np.frombuffer(block, "<i4").tolist()])
        codes.path.unlink()

    def _spell(self, cells: Sequence[str]) -> None:
        if self._texts is None:
            raise ValueError("a column of few texts is coded")
        content = "\0".join(cells)
        self._texts.write(content.encode())
        self._ends.append(self._texts.bytes)
        if self._numbers is None:
            return
        numbers = None if "_" in content else _numbers(cells)
        if numbers is None:
            self._numbers.drop()
            self._numbers = None
        else:
            self._numbers.write(numbers.tobytes())

    def close(self) -> Mapping[str, Any]:
        """What `open_column` wants to know; JSON."""
        if self._waiting:
            self._write(self._waiting)
        if self._codes is not None:
            files = {"codes": self._codes.close()}
            return {"file": self._name, "texts": list(self._known), "files": files}
        files = {
            what: file.close()
            for what, file in (("texts", self._texts), ("numbers", self._numbers))
            if file is not None
        }
        return {"file": self._name, "ends": self._ends, "files": files}


def _numbers(cells: Sequence[str]) -> NDArray[np.float64] | None:
    """The numbers that cells spell; None where one that is there is no finite number."""
    try:
        numbers = np.asarray([float(text) if text else math.nan for text in cells], "<f8")
    except ValueError:
        return None
    are_numbers = np.count_nonzero(np.isfinite(numbers)) == sum(map(bool, cells))
    return numbers if are_numbers else None


class LinesWriter:
    """Writes which line each row is in."""

    def __init__(self, folder: Path, opened: ExitStack):
        self._file = _File(folder / LINES, opened)

    def add(self, lines: Sequence[int]) -> None:
        """Append rows."""
        self._file.write(np.asarray(lines, "<i8").tobytes())

    def close(self) -> Mapping[str, Any]:
        """What `open_lines` wants to know; JSON."""
        return self._file.close()


# -- opening ---------------------------------------------------------------------------------------


def open_column(folder: Path, about: Mapping[str, Any]) -> Column:
    """A column that was written, compared with its checksums.

    Raises:
        DamagedError: when it is not what was written.
    """
    mapped = {
        what: _mapped(folder / f"{about['file']}.{what}", entry, _TYPES[what])
        for what, entry in about["files"].items()
    }
    if "codes" in mapped:
        texts = np.empty(len(about["texts"]), np.object_)
        texts[:] = about["texts"]
        return Coded(folder, texts, mapped["codes"])
    return Spelled(folder, mapped["texts"], np.asarray(about["ends"], np.int64), mapped.get("numbers"))


_TYPES: Mapping[str, str] = {"codes": "<i4", "texts": "|u1", "numbers": "<f8"}


def open_lines(folder: Path, about: Mapping[str, Any]) -> Rows:
    """The lines that were written, see `open_column`."""
    return _mapped(folder / LINES, about, "<i8")


def _mapped(path: Path, entry: Mapping[str, Any], dtype: str) -> NDArray[Any]:
    compare(path, Entry(**entry))
    if not entry["bytes"]:
        return np.empty(0, dtype)
    mapped: NDArray[Any] = np.memmap(path, dtype, "r").view(np.ndarray)
    return mapped


def take(columns: Mapping[str, "Texts | MappedCells"], rows: Rows) -> dict[str, "Texts | MappedCells"]:
    """Some cells of columns; those in files, which all have the same rows, keep them only once.

    Args:
        columns: by name.
        rows: positions.
    """
    taken: dict[int, Rows] = {}
    found: dict[str, Texts | MappedCells] = {}
    for name, cells in columns.items():
        if isinstance(cells, MappedCells):
            if id(cells.rows) not in taken:
                taken[id(cells.rows)] = cells.rows[rows]
            found[name] = MappedCells(cells.column, taken[id(cells.rows)])
        else:
            found[name] = cells[rows]
    return found
