"""What packing does with CSV files that are larger than memory."""

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from recipe.data.packing import evicting
from recipe.data.packing.column_writers import most_texts
from recipe.data.packing.packs import packs_folder
from recipe.data.sources.bad_rows import BadRows
from recipe.data.sources.csv_files import Wanted, check_columns, opened
from recipe.data.sources.csv_rows import Dialect
from recipe.data.sources.files import PACKED, Unpacked, unpacked_size
from recipe.data.sources.packed_tables import Opened
from recipe.data.tables import MISSING
from recipe.diagnostics.data_sources import DoesNotFit
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.disks import free_bytes

_LARGEST_GROWTH = 4
"""Bytes on the disk for each of the unpacked files: a cell of one digit is a code of four bytes."""


@dataclass(frozen=True)
class CsvFiles:
    """CSV files to be packed.

    Args:
        paths: of them.
        dialect: how they are written.
        skips: whether bad rows are left out and counted, and not refused.
        span: of the source.
    """

    paths: Sequence[Path]
    dialect: Dialect
    skips: bool
    span: Span | None

    @property
    def settings(self) -> Mapping[str, Any]:
        """All that decides what becomes of the files."""
        return {"csv": asdict(self.dialect), "skips": self.skips, "missing": sorted(MISSING)}

    @cached_property
    def size(self) -> int:
        """Bytes of all files, unpacked; counted no further than the disk could ever hold."""
        free = free_bytes(packs_folder())
        freed = sum(one.bytes for one in evicting.kept())
        most, count = sys.maxsize if free is None else (free + freed) // _LARGEST_GROWTH, 0
        for path in self.paths:
            count += unpacked_size(path, most - count)
        return count

    def needed(self) -> int:
        """Bytes on the disk, at most."""
        return _LARGEST_GROWTH * self.size

    def reading(self, problems: list[Problem]) -> "CsvReading":
        """A pass over them."""
        bad = BadRows(1 if self.skips else 0)
        return CsvReading(Wanted(self.dialect, bad, self.span, problems, most_texts))


class CsvReading:
    """One pass over CSV files.

    Args:
        wanted: how they are read.
    """

    def __init__(self, wanted: Wanted):
        self.digests: list[bytes] = []
        self._wanted, self._before = wanted, 0
        self._content: Unpacked | None = None
        self._contents: list[str] = []
        self._first: Opened | None = None

    @property
    def done(self) -> int:
        """Bytes that were read, unpacked."""
        return self._before + (0 if self._content is None else self._content.count)

    @contextmanager
    def opened(self, path: Path) -> Iterator[Opened | None]:
        """The next file; None after a Problem."""

        def told(count: int) -> Problem:
            return DoesNotFit(self._wanted.span, path.name, "", count, sys.maxsize)

        with Unpacked(path, self._wanted.span, sys.maxsize, told) as content:
            self._content = content
            found = opened(content, self._wanted)
            first = self._first = self._first or found
            are_same = found and first and check_columns(first, (found,), self._wanted)
            yield found if are_same else None
            self._before, self._content = self._before + content.count, None
            self._contents.append(content.digest)
            self.digests.append(_file_digest(content))

    def about(self) -> Mapping[str, Any]:
        """The digest of the content, and the rows that were left out."""
        bad = self._wanted.bad
        return {
            "content": hashlib.sha256("".join(self._contents).encode()).hexdigest(),
            "bad": [bad.count, bad.reason, [(place.file, place.number) for place in bad.places]],
        }


def _file_digest(content: Unpacked) -> bytes:
    """Sha256 of a file as it lies on the disk, which is read again where it was unpacked."""
    if content.path.suffix.lower() not in PACKED:
        return bytes.fromhex(content.digest)
    with content.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
