"""Tables larger than memory: their files are read once, a block of rows at a time, into a pack."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from recipe.data.packing import building
from recipe.data.packing.building import Filled
from recipe.data.packing.column_writers import TableWriter
from recipe.data.packing.columns import MappedCells
from recipe.data.packing.listings import Listing, listing_of
from recipe.data.packing.packs import Form, Pack
from recipe.data.packing.telling import tell
from recipe.data.sources.files import Refused
from recipe.data.tables import Rows, Table
from recipe.diagnostics.packs import ChangedWhileRead
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows.

    Args:
        numbers: of each, in its file.
        cells: of each column; given once.
    """

    numbers: Sequence[int]
    cells: Iterator[Iterable[str]]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose first rows were looked at.

    Args:
        name: of the file.
        columns: their names.
        blocks: all rows, in their order; reading them raises `Refused`.
    """

    name: str
    columns: tuple[str, ...]
    blocks: Iterator[Block]


class Reading(Protocol):
    """One pass over the files of a table."""

    @property
    def done(self) -> int:
        """How far it is, in the unit of `Files.size`."""

    def opened(self, path: Path) -> AbstractContextManager[Opened | None]:
        """The next file, whose columns are those of the first; None after a Problem.

        Raises:
            Refused: what is wrong with it.
        """

    @property
    def digests(self) -> Sequence[bytes]:
        """Sha256 of every file that was read, as it lies on the disk."""

    def about(self) -> Mapping[str, Any]:
        """`content`, the digest of what was read, and what else the source wants to know again; JSON."""


class Files(Protocol):
    """How the files of a table are read."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """All that decides what becomes of them; JSON."""

    @property
    def size(self) -> int:
        """Of all files, in bytes or rows."""

    def needed(self) -> int:
        """Bytes that their pack takes on the disk, at most."""

    def reading(self, problems: list[Problem]) -> Reading:
        """A pass over them; what is wrong with them is appended."""


@dataclass(frozen=True, slots=True)
class TableWork:
    """A table to be packed.

    Args:
        title: how messages call it.
        listing: its files.
        files: how they are read.
        span: of the source.
    """

    title: str
    listing: Listing
    files: Files
    span: Span | None

    @property
    def settings(self) -> Mapping[str, Any]:
        """All that decides what becomes of the files."""
        return self.files.settings

    @property
    def rows(self) -> int:
        """0: a table has columns and no arrays, and its rows are counted as they are read."""
        return 0

    def forms(self, problems: list[Problem]) -> tuple[Form, ...] | None:
        """No arrays."""
        return ()

    def needed(self, forms: tuple[Form, ...]) -> int:
        """Bytes on the disk, at most."""
        return self.files.needed()

    def fill(self, folder: Path, forms: tuple[Form, ...], problems: list[Problem]) -> Filled | None:
        """Read all files once."""
        before = len(problems)
        reading, writing = self.files.reading(problems), _Writing(folder)
        for name in self.listing.names:
            try:
                with reading.opened(self.listing.root / name) as file:
                    if file is not None:
                        self._write(file, reading, writing)
            except Refused as refused:
                problems.append(refused.problem)
        changed = self._changed()
        if changed:
            problems[before:] = [ChangedWhileRead(self.span, changed)]
        return None if len(problems) > before else writing.filled(reading)

    def _write(self, file: Opened, reading: Reading, writing: "_Writing") -> None:
        table, rows = writing.table_of(file.columns), 0
        for block in file.blocks:
            rows += len(block.numbers)
            table.add(block.numbers, dict(zip(file.columns, block.cells, strict=True)))
            tell(self.title, reading.done, self.files.size)
        writing.counts.append(rows)

    def _changed(self) -> tuple[str, ...]:
        """The files that are not what they were before they were read."""
        before = self.listing
        try:
            now = listing_of(before.root, before.names)
        except OSError:
            return tuple(name for name in before.names if not (before.root / name).exists())
        same = (now.sizes == before.sizes) & (now.times[:, 0] == before.times[:, 0])
        return tuple(name for name, one in zip(before.names, same, strict=True) if not one)


class _Writing:
    """The columns of all files as they are written.

    Args:
        folder: of the pack.
    """

    def __init__(self, folder: Path):
        self.counts: list[int] = []
        self._folder = folder
        self._table: TableWriter | None = None

    def table_of(self, columns: Sequence[str]) -> TableWriter:
        """What all files are written to; its columns are those of the first."""
        self._table = self._table or TableWriter(self._folder, columns)
        return self._table

    def filled(self, reading: Reading) -> Filled | None:
        """What was written."""
        if self._table is None:
            return None
        about = {"rows": sum(self.counts), "counts": self.counts, **reading.about(), **self._table.close()}
        return Filled(b"".join(reading.digests), about)


def packed(
    title: str, paths: Sequence[Path], files: Files, span: Span | None, problems: list[Problem]
) -> Pack | None:
    """The pack of a table: that of an earlier run, else packed now; None after a Problem.

    Raises:
        PackError: R622 or R623 for the cache.
    """
    whole = [path.absolute() for path in paths]
    root = Path(os.path.commonpath([path.parent for path in whole]))
    listing = listing_of(root, (path.relative_to(root).as_posix() for path in whole))
    return building.opened(TableWork(title, listing, files, span), problems)


def mapped(name: str, paths: Sequence[Path], pack: Pack, unit: str) -> Table:
    """The table in a pack.

    Args:
        name: of the table.
        paths: of its files.
        pack: of them.
        unit: of the numbers of rows, see `Table`.
    """
    numbers = np.zeros(0, np.int64) if pack.lines is None else pack.lines
    rows = np.arange(len(numbers), dtype=np.int64)
    return Table(
        name=name,
        cells={column: MappedCells(one, rows) for column, one in pack.columns.items()},
        digest=str(pack.about["content"]),
        files=tuple(path.name for path in paths),
        file_of=file_of(pack.about["counts"]),
        numbers=numbers,
        unit=unit,
        rows=rows,
    )


def file_of(counts: Sequence[int]) -> Rows:
    """The index of the file of every row, from the rows of each file."""
    if len(counts) == 1:
        return np.broadcast_to(np.int64(0), counts[0])
    return np.repeat(np.arange(len(counts), dtype=np.int64), counts)
