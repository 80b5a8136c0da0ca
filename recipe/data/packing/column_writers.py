"""Columns of cells written to a file in one pass, for `columns` to open."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recipe.data.packing.columns import BLOCK_ROWS, LINES, TABLE
from recipe.data.packing.texts import joined
from recipe.program.manifests import Entry

MOST_TEXTS = 1 << 14
"""Different texts of a column that are still kept in memory; fewer where there are many columns."""

_BLOCK_CELLS = 1 << 18
_ALL_TEXTS = 1 << 20
_FEWEST = 64
_COPIED_BYTES = 2**20


def rows_of_block(width: int) -> int:
    """How many rows are written at once, of a table of so many columns."""
    return max(_FEWEST, min(BLOCK_ROWS, _BLOCK_CELLS // width))


def most_texts(width: int) -> int:
    """How many different texts of a column are kept, in a table of so many columns."""
    return max(_FEWEST, min(MOST_TEXTS, _ALL_TEXTS // width))


class _Part:
    """A part of the file of all columns, in a file of its own while they are written."""

    def __init__(self, path: Path):
        self.path, self.bytes = path, 0
        path.touch(exist_ok=False)

    def write(self, content: bytes) -> None:
        """Append bytes. It is not kept open: a table may have more columns than a process may have files."""
        with self.path.open("ab") as file:
            file.write(content)
        self.bytes += len(content)


class ColumnWriter:
    """Writes one column, cells as they come.

    Args:
        folder: of the files.
        name: that the files begin with.
        width: how many columns the table has.
    """

    def __init__(self, folder: Path, name: str, width: int):
        self._folder, self._name = folder, name
        self._block_rows, self._most = rows_of_block(width), most_texts(width)
        self._known: dict[str, int] = {}
        self._codes: _Part | None = self._open("codes")
        self._texts: _Part | None = None
        self._numbers: _Part | None = None
        self._ends: list[int] = []
        self._waiting: list[str] = []

    def _open(self, what: str) -> _Part:
        return _Part(self._folder / f"{self._name}.{what}")

    def add(self, cells: Iterable[str]) -> None:
        """Append cells."""
        self._waiting += cells
        while len(self._waiting) >= self._block_rows:
            self._write(self._waiting[: self._block_rows])
            del self._waiting[: self._block_rows]

    def _write(self, cells: Sequence[str]) -> None:
        """Append a block; all but the last have equally many cells."""
        if self._codes is None:
            self._spell(cells)
            return
        known = self._known
        codes = [known.setdefault(text, len(known)) for text in cells]
        self._codes.write(np.asarray(codes, "<i4").tobytes())
        if len(known) > self._most:
            self._spell_all(self._codes)

    def _spell_all(self, codes: _Part) -> None:
        """Write out what was coded: there are too many texts."""
        texts = list(self._known)
        self._codes, self._known = None, {}
        self._texts, self._numbers = self._open("texts"), self._open("numbers")
        with codes.path.open("rb") as file:
            while block := file.read(4 * self._block_rows):
                self._spell([texts[code] for code in np.frombuffer(block, "<i4").tolist()])
        codes.path.unlink()

    def _spell(self, cells: Sequence[str]) -> None:
        if self._texts is None:
            raise ValueError("a column of few texts is coded")
        content = joined(cells)
        self._texts.write(content)
        self._ends.append(self._texts.bytes)
        if self._numbers is None:
            return
        numbers = None if b"_" in content else _numbers(cells)
        if numbers is None:
            self._numbers.path.unlink()
            self._numbers = None
        else:
            self._numbers.write(numbers.tobytes())

    def close(self) -> Mapping[str, Any]:
        """Which parts there are, and what else `open_table` wants to know; JSON."""
        if self._waiting:
            self._write(self._waiting)
        if self._codes is not None:
            return {"part": self._name, "parts": ["codes"], "texts": list(self._known)}
        parts = ["texts", "numbers"] if self._numbers is not None else ["texts"]
        return {"part": self._name, "parts": parts, "ends": self._ends, "block_rows": self._block_rows}


def _numbers(cells: Sequence[str]) -> NDArray[np.float64] | None:
    """The numbers that cells spell; None where one that is there is no finite number."""
    try:
        numbers = np.asarray([float(text) if text else math.nan for text in cells], "<f8")
    except ValueError:
        return None
    are_numbers = np.count_nonzero(np.isfinite(numbers)) == sum(map(bool, cells))
    return numbers if are_numbers else None


class TableWriter:
    """Writes the columns of a table, rows as they come.

    Args:
        folder: of the file.
        names: of the columns.
    """

    def __init__(self, folder: Path, names: Sequence[str]):
        self._folder, self._lines = folder, _Part(folder / LINES)
        self._columns = {
            name: ColumnWriter(folder, str(number), len(names)) for number, name in enumerate(names)
        }

    def add(self, lines: Sequence[int], cells: Mapping[str, Iterable[str]]) -> None:
        """Append rows.

        Args:
            lines: of each, or its number in its file.
            cells: of each column.
        """
        self._lines.write(np.asarray(lines, "<i8").tobytes())
        for name, texts in cells.items():
            self._columns[name].add(texts)

    def close(self) -> Mapping[str, Any]:
        """Join the parts to one file; what `open_table` wants to know; JSON."""
        columns = {name: column.close() for name, column in self._columns.items()}
        names = [f"{one['part']}.{what}" for one in columns.values() for what in one["parts"]]
        places: dict[str, tuple[int, int]] = {}
        digest, end = sha256(), 0
        with (self._folder / TABLE).open("xb") as whole:
            for name in (LINES, *names):
                start, path = end, self._folder / name
                for content in _contents(path):
                    whole.write(content)
                    digest.update(content)
                    end += len(content)
                places[name] = (start, path.stat().st_size)
                path.unlink()
        return {"columns": columns, "places": places, "table": asdict(Entry(end, digest.hexdigest()))}


def _contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file, filled up to whole numbers of 8 bytes."""
    with path.open("rb") as file:
        while content := file.read(_COPIED_BYTES):
            yield content
    yield bytes(-path.stat().st_size % 8)
