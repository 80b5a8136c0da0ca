"""Source `csv`: tables of text, one file or many with the same columns."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np

from recipe.catalog.calls import Call
from recipe.data.cells import as_number
from recipe.data.sources.bad_rows import BadRows
from recipe.data.sources.csv_rows import PROBED_ROWS, Cells, Dialect, Row, likely_separator, rows_of
from recipe.data.sources.files import Refused, Unpacked, find, paths_of
from recipe.data.sources.limits import TEXT_COST, memory_left
from recipe.data.sources.texts import text_lines
from recipe.data.tables import MOST_PLACES, Table, column_of
from recipe.diagnostics.data_rows import BrokenRow, DifferentColumns, DuplicateColumn, NoRows, RaggedRows
from recipe.diagnostics.data_sources import ColumnsMiscounted, DoesNotFit
from recipe.diagnostics.places import Place
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

_BLOCK = 4096  # rows that are turned into columns at a time
_PROBED_LINES = 4 * PROBED_ROWS


@dataclass(frozen=True, slots=True)
class _File:
    """What was read of a file: a list of cells for each column."""

    name: str
    columns: tuple[str, ...]
    cells: Sequence[list[str]]
    lines: list[int]
    digest: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How the files of a source are read, and what was wrong with their rows."""

    dialect: Dialect
    bad: BadRows
    span: Span | None
    problems: list[Problem]


def read(call: Call, problems: list[Problem]) -> Table | None:
    """The table of a `csv` Call; None after a Problem."""
    return _read(paths_of(call["path"]), call.span_of("path"), dialect_of(call), BadRows.of(call), problems)


def dialect_of(call: Call) -> Dialect:
    """How the files of a `csv` Call are written."""
    names = (field.name for field in fields(Dialect))
    written: dict[str, Any] = {name: call[name] for name in names if name in call}
    return Dialect(**written)


def read_path(path: str, dialect: Dialect, span: Span | None, problems: list[Problem]) -> Table | None:
    """The table of a file or of all files that match a pattern.

    Args:
        path: absolute, or relative to the working directory.
        dialect: how the files are written.
        span: where the path was written.
        problems: R50x and R51x are appended.

    Returns:
        The table; None when there is an error.
    """
    return _read((path,), span, dialect, BadRows(), problems)


def _read(
    paths: Sequence[str], span: Span | None, dialect: Dialect, bad: BadRows, problems: list[Problem]
) -> Table | None:
    before = len(problems)
    wanted = _Wanted(dialect, bad, span, problems)
    whole = [file for path in find(paths, span, problems) if (file := _read_file(path, wanted)) is not None]
    if len(problems) > before or not whole:
        return None
    first = whole[0]
    different = [file for file in whole if set(file.columns) != set(first.columns)]
    for file in different:
        absent = tuple(name for name in first.columns if name not in file.columns)
        extra = tuple(name for name in file.columns if name not in first.columns)
        problems.append(DifferentColumns(span, file.name, first.name, absent, extra))
    name = Path(paths[0]).name
    rows = sum(len(file.lines) for file in whole)
    return _joined(name, whole) if bad.settle(name, rows, span, problems) and not different else None


def _joined(name: str, files: Sequence[_File]) -> Table:
    """One table of the rows of all files; columns in the order of the first."""
    cells = {
        column: column_of(list(chain.from_iterable(file.cells[file.columns.index(column)] for file in files)))
        for column in files[0].columns
    }
    counts = [len(file.lines) for file in files]
    return Table(
        name=name,
        cells=cells,
        digest=hashlib.sha256("".join(file.digest for file in files).encode()).hexdigest(),
        files=tuple(file.name for file in files),
        file_of=np.repeat(np.arange(len(files), dtype=np.int64), counts),
        numbers=np.concatenate([np.asarray(file.lines, dtype=np.int64) for file in files]),
        unit="line",
        rows=np.arange(sum(counts), dtype=np.int64),
    )


def _read_file(path: Path, wanted: _Wanted) -> _File | None:
    span, left = wanted.span, memory_left()
    try:
        size = path.stat().st_size if path.is_file() else 0
        if size * TEXT_COST > left:
            raise Refused(DoesNotFit(span, path.name, "", size * TEXT_COST, left))
        with Unpacked(
            path,
            span,
            left // TEXT_COST,
            lambda found: DoesNotFit(span, path.name, "", found * TEXT_COST, left),
        ) as content:
            return _table_in(content, wanted)
    except Refused as refused:
        wanted.problems.append(refused.problem)
        return None


def _table_in(content: Unpacked, wanted: _Wanted) -> _File | None:
    lines, dialect, name = text_lines(content, wanted.dialect.encoding), wanted.dialect, content.path.name
    first_lines = list(islice(lines, dialect.skip_lines + _PROBED_LINES))
    separator = dialect.separator or likely_separator(first_lines, dialect)
    rows = rows_of(chain(first_lines, lines), dialect, separator)
    first = next(rows, None)
    if first is None:
        raise Refused(NoRows(wanted.span, name, "the file is empty"))
    if first.flaw:
        raise Refused(BrokenRow(wanted.span, name, first.line, first.flaw))
    columns, has_header = _columns(first, name, wanted)
    if not _check_names(name, columns, wanted):
        return None
    good = _good_rows(rows if has_header else chain((first,), rows), len(columns), name, separator, wanted)
    cells, numbers = _transposed(good, len(columns), dialect)
    if not numbers and not wanted.bad.count:
        raise Refused(NoRows(wanted.span, name, "there is a header and nothing below it"))
    return _File(name, columns, cells, numbers, content.digest)


def _columns(first: Row, name: str, wanted: _Wanted) -> tuple[tuple[str, ...], bool]:
    """The names of the columns, and whether the first row has them."""
    dialect = wanted.dialect
    header = dialect.header
    if header is None:
        header = not dialect.columns and _is_header(first.cells)
    if not dialect.columns:
        numbered = tuple(f"column_{number}" for number in range(1, len(first.cells) + 1))
        return (_names(first.cells) if header else numbered), header
    if len(dialect.columns) != len(first.cells):
        counts = (len(dialect.columns), len(first.cells))
        raise Refused(ColumnsMiscounted(wanted.span, name, *counts, tuple(first.cells)))
    return dialect.columns, header


def _is_header(row: Sequence[str]) -> bool:
    return not any(as_number(text) is not None for text in row)


def _names(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(text.strip() or f"column_{number}" for number, text in enumerate(row, start=1))


def _check_names(name: str, columns: Sequence[str], wanted: _Wanted) -> bool:
    repeated = [column for column in dict.fromkeys(columns) if columns.count(column) > 1]
    for column in repeated:
        positions = tuple(number for number, other in enumerate(columns, start=1) if other == column)
        wanted.problems.append(DuplicateColumn(wanted.span, name, column, positions))
    return not repeated


def _good_rows(rows: Iterable[Row], width: int, name: str, separator: str, wanted: _Wanted) -> Iterator[Row]:
    """The rows that have a cell for each column; the others are told at the end, or left out and counted."""
    ragged: list[Place] = []
    count = received = 0
    for row in rows:
        if len(row.cells) == width and not row.flaw:
            yield row
        elif row.is_end or (row.flaw and not wanted.bad.are_skipped):
            raise Refused(BrokenRow(wanted.span, name, row.line, row.flaw))
        elif wanted.bad.are_skipped:
            reason = row.flaw or f"{len(row.cells)} cells, and the first row has {width}"
            wanted.bad.add(Place(name, row.line), reason)
        else:
            received = received or len(row.cells)
            count += 1
            ragged += [Place(name, row.line)] if count <= MOST_PLACES else []
    if count:
        shown = {"whitespace": " ", "tab": "\t"}.get(separator, separator)
        raise Refused(RaggedRows(wanted.span, name, width, received, shown, count, tuple(ragged)))


def _transposed(rows: Iterator[Row], width: int, dialect: Dialect) -> tuple[list[list[str]], list[int]]:
    """A list of cells for each column, and the line of each row."""
    columns: list[list[str]] = [[] for _ in range(width)]
    shared = [Cells(dialect) for _ in range(width)]
    lines: list[int] = []
    while block := list(islice(rows, _BLOCK)):
        lines += [row.line for row in block]
        for column, known, texts in zip(
            columns, shared, zip(*(row.cells for row in block), strict=True), strict=True
        ):
            column.extend(map(known.__getitem__, texts))
    return columns, lines
