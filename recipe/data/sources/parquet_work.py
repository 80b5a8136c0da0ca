"""What packing does with Parquet files that are larger than memory."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recipe.data.packing.column_writers import rows_of_block
from recipe.data.sources.arrow import UNSPELLABLE, cells_of, speller, unspellable
from recipe.data.sources.contents import ContentDigest
from recipe.data.sources.files import Refused
from recipe.data.sources.packed_tables import Block, Opened
from recipe.data.sources.parquet_files import Head, check_unchanged, in_type, opened, refusing
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

_BLOCK_BYTES = 2**24
_BUFFER = 2**14  # bytes that are read ahead of each column: without, all of a row group is

_NUMBER = 8
_CODE = 4
_SPELLED = 33  # 24 characters of the longest float64, what parts them, and its value


@dataclass(frozen=True, slots=True)
class ParquetFiles:
    """Parquet files to be packed.

    Args:
        heads: what they say of themselves.
        types: of the columns.
        span: of the source.
    """

    heads: Sequence[Head]
    types: Mapping[str, Any]
    span: Span | None

    @property
    def settings(self) -> Mapping[str, Any]:
        """All that decides what becomes of the files."""
        return {"parquet": list(self.types)}

    @property
    def size(self) -> int:
        """Rows of all files."""
        return sum(head.rows for head in self.heads)

    def needed(self) -> int:
        """Bytes on the disk, at most; texts that the files repeat as codes may take more."""
        return sum(
            _NUMBER * head.rows
            + sum(_bytes_on_disk(kind, head.rows, head.bytes[name]) for name, kind in self.types.items())
            for head in self.heads
        )

    def reading(self, problems: list[Problem]) -> "ParquetReading":
        """A pass over them."""
        return ParquetReading(self)


def _bytes_on_disk(kind: Any, rows: int, size: int) -> int:
    from pyarrow import types

    few = types.is_null(kind) or types.is_boolean(kind)
    return rows * (_CODE if few else _SPELLED) + size


class ParquetReading:
    """One pass over Parquet files.

    Args:
        files: to be read.
    """

    def __init__(self, files: ParquetFiles):
        self.done = 0
        self.digests: list[bytes] = []
        self._files = files
        self._heads = iter(files.heads)
        self._content = ContentDigest(files.types)
        spellers = {name: speller(kind) for name, kind in files.types.items()}
        self._spellers = {name: spell for name, spell in spellers.items() if spell is not None}

    @contextmanager
    def opened(self, path: Path) -> Iterator[Opened]:
        """The next file."""
        head = next(self._heads)
        with opened(path, self._files.span, buffer_size=_BUFFER, pre_buffer=False) as file:
            check_unchanged(head, file, self._files.span)
            yield Opened(path.name, tuple(self._files.types), self._blocks(file, head))
        with path.open("rb") as content:
            self.digests.append(hashlib.file_digest(content, "sha256").digest())

    def _blocks(self, file: Any, head: Head) -> Iterator[Block]:
        rows = min(rows_of_block(len(self._files.types)), _BLOCK_BYTES // max(1, head.row_bytes))
        batches = file.iter_batches(max(1, rows), columns=list(self._files.types))
        start = 0
        while (batch := self._next(batches, head.path)) is not None:
            yield Block(range(start, start + len(batch)), self._cells(batch))
            start += len(batch)
            self.done += len(batch)

    def _next(self, batches: Iterator[Any], path: Path) -> Any:
        with refusing(path, self._files.span):
            return next(batches, None)

    def _cells(self, batch: Any) -> Iterator[Iterable[str]]:
        for name, spell in self._spellers.items():
            kind = self._files.types[name]
            try:
                cells = cells_of(in_type(batch.column(name), kind), spell)
            except UNSPELLABLE as error:
                source = self._files.heads[0].path.name
                raise Refused(unspellable(self._files.span, source, name, kind, error)) from error
            self._content.add(name, cells)
            yield cells.tolist()

    def about(self) -> Mapping[str, Any]:
        """The digest of the content."""
        return {"content": self._content.of({})}
