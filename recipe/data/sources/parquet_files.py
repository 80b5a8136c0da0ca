"""Parquet files: what each says of itself, the types that their columns have together, and their rows."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from recipe.data.sources.arrow import is_array, plain_type, speller
from recipe.data.sources.files import Refused
from recipe.diagnostics.data import UnknownColumn
from recipe.diagnostics.data_files import CorruptFile, UnreadableFile
from recipe.diagnostics.data_rows import DifferentColumns, DuplicateColumn
from recipe.diagnostics.packs import ChangedWhileRead
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

_CELL = 24  # bytes of memory of a cell whose text others share
_TEXT = 130  # of a text that is short
_PER_BYTE = (24, 3)  # for each byte of the file: where it is all that is known, and beside `_TEXT`


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says of itself.

    Args:
        path: of the file.
        types: of the wanted columns, by name: a `pyarrow.DataType` each.
        rows: how many.
        bytes: of each of the columns, unpacked.
        row_bytes: of a row in the row group where rows are the longest.
    """

    path: Path
    types: Mapping[str, Any]
    rows: int
    bytes: Mapping[str, int]
    row_bytes: int

    def cells(self) -> "Head":
        """What it says of its columns of cells."""
        return replace(
            self, types={name: one for name, one in self.types.items() if speller(one) is not None}
        )

    @property
    def cost(self) -> int:
        """Bytes of memory that the columns take."""
        return sum(_cost(kind, self.rows, self.bytes[name]) for name, kind in self.types.items())


def _cost(kind: Any, rows: int, size: int) -> int:
    """Bytes of memory of a column; its bytes in the file tell roughly how many of its cells are different."""
    if is_array(kind):
        return size + 8 * rows
    most, more = _PER_BYTE
    return _CELL * rows + min(most * size, _TEXT * rows + more * size)


def head_of(path: Path, wanted: Sequence[str], span: Span | None, problems: list[Problem]) -> Head | None:
    """What a file says of itself; None after a Problem.

    Args:
        path: of the file.
        wanted: names of columns; all when empty.
        span: where the file was named.
        problems: R502, R503, R513 or R520 are appended.
    """
    try:
        with opened(path, span) as file, refusing(path, span):
            _check_footer(path, file.metadata)
            return _head(path, file, wanted, span, problems)
    except Refused as refused:
        problems.append(refused.problem)
        return None


class _ReachedError(Exception):
    """The rows of a file were asked for."""


class _Unread(io.FileIO):
    """A file of which nothing is read."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise _ReachedError


def _check_footer(path: Path, metadata: Any) -> None:
    """Let Arrow look at what a footer says of every column, where it raises if that contradicts itself.

    To ask `metadata` for such a column ends the process. Readers that buffer look at all columns before they
    read the first row.

    Raises:
        OSError: without a number, when the footer is damaged.
    """
    import pyarrow.parquet as pq

    with _Unread(path) as rows, pq.ParquetFile(rows, metadata=metadata, pre_buffer=True) as file:
        try:
            next(file.iter_batches(), None)
        except _ReachedError:
            return


def _head(
    path: Path, file: Any, wanted: Sequence[str], span: Span | None, problems: list[Problem]
) -> Head | None:
    schema, before = file.schema_arrow, len(problems)
    known = tuple(schema.names)
    names = tuple(dict.fromkeys(wanted or known))
    for name in (name for name in names if known.count(name) > 1):
        positions = tuple(number for number, other in enumerate(known, start=1) if other == name)
        problems.append(DuplicateColumn(span, path.name, name, positions))
    problems += [
        UnknownColumn(span, path.name, name, "`columns`", known) for name in wanted if name not in known
    ]
    if len(problems) > before:
        return None
    sizes, row_bytes = _sizes(file.metadata, names)
    types = {name: schema.field(name).type for name in names}
    return Head(path, types, file.metadata.num_rows, sizes, row_bytes)


def _sizes(metadata: Any, names: Sequence[str]) -> tuple[dict[str, int], int]:
    """Bytes of columns, unpacked, and of the longest rows."""
    sizes, longest = dict.fromkeys(names, 0), 0
    for index in range(metadata.num_row_groups):
        group, before = metadata.row_group(index), sum(sizes.values())
        for position in range(group.num_columns):
            chunk = group.column(position)
            path = chunk.path_in_schema
            name = path if path in sizes else path.partition(".")[0]
            if name in sizes:
                sizes[name] += chunk.total_uncompressed_size
        longest = max(longest, (sum(sizes.values()) - before) // max(1, group.num_rows))
    return sizes, longest


@contextmanager
def opened(path: Path, span: Span | None, **options: Any) -> Iterator[Any]:
    """A file as a `pyarrow.parquet.ParquetFile`; pages that have a checksum are compared with it.

    Args:
        path: of the file.
        span: where it was named.
        options: of `ParquetFile`.

    Raises:
        Refused: R502 or R503.
    """
    import pyarrow.parquet as pq

    with refusing(path, span):
        file = pq.ParquetFile(path, page_checksum_verification=True, **options)
    with file:
        yield file


@contextmanager
def refusing(path: Path, span: Span | None) -> Iterator[None]:
    """Refuse a file for whatever Arrow says of it inside.

    Raises:
        Refused: R502 or R503.
    """
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = str(error).partition("\n")[0]
        is_system = isinstance(error, MemoryError) or getattr(error, "errno", None) is not None
        if not is_system:
            raise Refused(CorruptFile(span, path.name, "Parquet", reason)) from error
        raise Refused(UnreadableFile(span, str(path), reason.lower())) from error


def check_unchanged(head: Head, file: Any, span: Span | None) -> None:
    """Compare an open file with what it said of itself before.

    Raises:
        Refused: R628.
    """
    schema = file.schema_arrow
    for name, kind in head.types.items():
        if name not in schema.names or schema.field(name).type != kind:
            raise Refused(ChangedWhileRead(span, (head.path.name,)))


def common_types(
    heads: Sequence[Head], span: Span | None, problems: list[Problem]
) -> Mapping[str, Any] | None:
    """The type of each column that holds those of all files; None after a Problem.

    Args:
        heads: of the files; the first names the columns.
        span: where they were named.
        problems: R512 is appended for each file that differs.
    """
    first, before = heads[0], len(problems)
    types = {name: plain_type(kind) for name, kind in first.types.items()}
    for head in heads[1:]:
        absent = tuple(name for name in first.types if name not in head.types)
        extra = tuple(name for name in head.types if name not in first.types)
        odd = []
        for name in (name for name in types if name in head.types):
            found = _common(types[name], plain_type(head.types[name]))
            if found is None:
                odd.append((name, str(head.types[name]), str(types[name])))
            else:
                types[name] = found
        if absent or extra or odd:
            facts = (head.path.name, first.path.name, absent, extra, tuple(odd))
            problems.append(DifferentColumns(span, *facts))
    return types if len(problems) == before else None


def _common(first: Any, other: Any) -> Any:
    """The type that holds two; None where there is none."""
    import pyarrow as pa

    if first == other:
        return first
    schemas = [pa.schema([pa.field("column", kind)]) for kind in (first, other)]
    try:
        return pa.unify_schemas(schemas, promote_options="permissive").field("column").type
    except pa.ArrowException:
        return None


def in_type(values: Any, kind: Any) -> Any:
    """A `pyarrow.Array` in the type of all files; texts may be stored as codes of them, or with long offsets.

    Raises:
        ValueError: when a value is not in that type.
    """
    return values if plain_type(values.type) == kind else values.cast(kind)
