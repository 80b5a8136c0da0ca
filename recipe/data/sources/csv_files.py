"""One CSV file read a block of rows at a time: its columns, its cells, and what is wrong with its rows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from recipe.data.cells import as_number
from recipe.data.packing.column_writers import rows_of_block
from recipe.data.sources.bad_rows import BadRows
from recipe.data.sources.csv_rows import PROBED_ROWS, Cells, Dialect, Row, likely_separator, rows_of
from recipe.data.sources.files import Refused, Unpacked
from recipe.data.sources.packed_tables import Block, Opened
from recipe.data.sources.texts import text_lines
from recipe.data.tables import MOST_PLACES
from recipe.diagnostics.data_rows import BrokenRow, DifferentColumns, DuplicateColumn, NoRows, RaggedRows
from recipe.diagnostics.data_sources import ColumnsMiscounted
from recipe.diagnostics.places import Place
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

_PROBED_LINES = 4 * PROBED_ROWS


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the files of a source are read, and what was wrong with their rows.

    Args:
        dialect: how they are written.
        bad: rows of all of them.
        span: where they were named.
        problems: are appended to.
        most_kept: different texts of a column that are kept, so that equal ones are one, from the number of
            columns.
    """

    dialect: Dialect
    bad: BadRows
    span: Span | None
    problems: list[Problem]
    most_kept: Callable[[int], int] = lambda _: 100_000


def opened(content: Unpacked, wanted: Wanted) -> Opened | None:
    """The table in a file; None after a Problem.

    Raises:
        Refused: what is wrong with the file, or with its first row.
    """
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
    rest = rows if has_header else chain((first,), rows)
    good = _good_rows(rest, len(columns), name, separator, wanted)
    return Opened(name, columns, _blocks(good, len(columns), name, wanted))


def check_columns(first: Opened, others: Iterable[Opened], wanted: Wanted) -> bool:
    """Whether all files of a source have the same columns, in whatever order; else R512."""
    before = len(wanted.problems)
    for file in others:
        absent = tuple(name for name in first.columns if name not in file.columns)
        extra = tuple(name for name in file.columns if name not in first.columns)
        if absent or extra:
            wanted.problems.append(DifferentColumns(wanted.span, file.name, first.name, absent, extra))
    return len(wanted.problems) == before


def _columns(first: Row, name: str, wanted: Wanted) -> tuple[tuple[str, ...], bool]:
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


def _check_names(name: str, columns: Sequence[str], wanted: Wanted) -> bool:
    repeated = [column for column in dict.fromkeys(columns) if columns.count(column) > 1]
    for column in repeated:
        positions = tuple(number for number, other in enumerate(columns, start=1) if other == column)
        wanted.problems.append(DuplicateColumn(wanted.span, name, column, positions))
    return not repeated


def _good_rows(rows: Iterable[Row], width: int, name: str, separator: str, wanted: Wanted) -> Iterator[Row]:
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


def _cells(rows: Sequence[Row], shared: Sequence[Cells]) -> Iterator[Iterable[str]]:
    for known, texts in zip(shared, zip(*(row.cells for row in rows), strict=True), strict=True):
        yield map(known.__getitem__, texts)


def _blocks(rows: Iterator[Row], width: int, name: str, wanted: Wanted) -> Iterator[Block]:
    shared = [Cells(wanted.dialect, wanted.most_kept(width)) for _ in range(width)]
    count = 0
    while some := list(islice(rows, rows_of_block(width))):
        count += len(some)
        yield Block([row.line for row in some], _cells(some, shared))
    if not count and not wanted.bad.count:
        raise Refused(NoRows(wanted.span, name, "there is a header and nothing below it"))
