"""What packing does with CSV files that are larger than memory: one pass, a block of rows at a time."""

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from recipe.data.packing import evicting
from recipe.data.packing.building import Filled
from recipe.data.packing.column_writers import TableWriter, most_texts
from recipe.data.packing.listings import Listing
from recipe.data.packing.packs import Form, packs_folder
from recipe.data.packing.telling import tell
from recipe.data.sources.bad_rows import BadRows
from recipe.data.sources.csv_files import Opened, Wanted, check_columns, opened
from recipe.data.sources.csv_rows import Dialect
from recipe.data.sources.files import PACKED, Refused, Unpacked, unpacked_size
from recipe.data.tables import MISSING
from recipe.diagnostics.data_sources import DoesNotFit
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.disks import free_bytes

_LARGEST_GROWTH = 4
"""Bytes on the disk for each of the unpacked files: a cell of one digit is a code of four bytes."""


@dataclass(frozen=True)
class TableWork:
    """CSV files to be packed.

    Args:
        title: how messages call them.
        listing: the files.
        dialect: how they are written.
        skips: whether bad rows are left out and counted, and not refused.
        span: of the source.
    """

    title: str
    listing: Listing
    dialect: Dialect
    skips: bool
    span: Span | None

    @property
    def settings(self) -> Mapping[str, Any]:
        """All that decides what becomes of the files."""
        return {"table": asdict(self.dialect), "skips": self.skips, "missing": sorted(MISSING)}

    @property
    def rows(self) -> int:
        """0: a table has columns and no arrays, and its rows are counted as they are read."""
        return 0

    def forms(self, problems: list[Problem]) -> tuple[Form, ...] | None:
        """No arrays."""
        return ()

    def needed(self, forms: tuple[Form, ...]) -> int:
        """Bytes on the disk, at most."""
        return _LARGEST_GROWTH * self._bytes

    @cached_property
    def _bytes(self) -> int:
        """Of all files, unpacked; counted no further than the disk could ever hold."""
        free = free_bytes(packs_folder())
        freed = sum(one.bytes for one in evicting.kept())
        most, count = sys.maxsize if free is None else (free + freed) // _LARGEST_GROWTH, 0
        for name in self.listing.names:
            count += unpacked_size(self.listing.root / name, most - count)
        return count

    def fill(self, folder: Path, forms: tuple[Form, ...], problems: list[Problem]) -> Filled | None:
        """Read all files once."""
        bad = BadRows(1 if self.skips else 0)
        writing = _Writing(folder, Wanted(self.dialect, bad, self.span, problems, most_texts))
        before = len(problems)
        for name in self.listing.names:
            try:
                self._read(self.listing.root / name, writing)
            except Refused as refused:
                problems.append(refused.problem)
        return None if len(problems) > before else writing.filled()

    def _read(self, path: Path, writing: "_Writing") -> None:
        def told(count: int) -> Problem:
            return DoesNotFit(self.span, path.name, "", count, sys.maxsize)

        with Unpacked(path, self.span, sys.maxsize, told) as content:
            found = opened(content, writing.wanted)
            table = None if found is None else writing.begin(found)
            if found is None or table is None:
                return
            rows = 0
            for block in found.blocks:
                rows += len(block.lines)
                table.add(block.lines, dict(zip(found.columns, block.cells, strict=True)))
                tell(self.title, writing.bytes + content.count, self._bytes)
            writing.end(content, rows)


class _Writing:
    """The columns of all files as they are written.

    Args:
        folder: of the pack.
        wanted: how the files are read.
    """

    def __init__(self, folder: Path, wanted: Wanted):
        self.wanted, self.bytes = wanted, 0
        self._folder = folder
        self._first: tuple[Opened, TableWriter] | None = None
        self._counts: list[int] = []
        self._contents: list[str] = []
        self._digests: list[bytes] = []

    def begin(self, file: Opened) -> TableWriter | None:
        """Begin a file; None when it has other columns than the first."""
        if self._first is None:
            self._first = file, TableWriter(self._folder, file.columns)
        first, table = self._first
        return table if check_columns(first, (file,), self.wanted) else None

    def end(self, content: Unpacked, rows: int) -> None:
        """End a file."""
        self.bytes += content.count
        self._counts.append(rows)
        self._contents.append(content.digest)
        self._digests.append(_file_digest(content))

    def filled(self) -> Filled | None:
        """What was written."""
        if self._first is None:
            return None
        bad = self.wanted.bad
        about = {
            "rows": sum(self._counts),
            "counts": self._counts,
            "content": hashlib.sha256("".join(self._contents).encode()).hexdigest(),
            "bad": [bad.count, bad.reason, [(place.file, place.number) for place in bad.places]],
            **self._first[1].close(),
        }
        return Filled(b"".join(self._digests), about)


def _file_digest(content: Unpacked) -> bytes:
    """Sha256 of a file as it lies on the disk, which is read again where it was unpacked."""
    if content.path.suffix.lower() not in PACKED:
        return bytes.fromhex(content.digest)
    with content.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
