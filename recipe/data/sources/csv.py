"""Source `csv`: tables of text, one file or many with the same columns."""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recipe.catalog.calls import Call
from recipe.data.cells import as_number
from recipe.data.sources.files import contents, find
from recipe.data.sources.texts import decode
from recipe.data.tables import MOST_PLACES, Table, cell, column_of
from recipe.diagnostics.data_rows import BrokenRow, DifferentColumns, DuplicateColumn, NoRows, RaggedRows
from recipe.diagnostics.places import Place
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

SEPARATORS = (",", ";", "\t")
_PROBED_ROWS = 50  # rows that decide the separator


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written.

    Args:
        separator: between cells; None: the one of `,` `;` tab that gives the most columns in all first rows.
        encoding: of the text; a byte order mark is skipped.
        header: whether the first row names the columns; None: it does when no cell of it is a number.
    """

    separator: str | None = None
    encoding: str = "utf-8"
    header: bool | None = None


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    digest: str


def read(call: Call, problems: list[Problem]) -> Table | None:
    """The table of a `csv` Call (`path`, `separator`, `encoding`, `header`); None after a Problem."""
    separator, encoding, header = call.get("separator"), call.get("encoding"), call.get("header")
    dialect = Dialect(
        str(separator) if separator is not None else None,
        str(encoding) if encoding is not None else "utf-8",
        bool(header) if header is not None else None,
    )
    return read_path(str(call["path"]), dialect, call.span_of("path"), problems)


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
    files = find(path, span, problems)
    read_files = [_read_file(file, dialect, span, problems) for file in files]
    whole = [file for file in read_files if file is not None]
    if not whole or len(whole) < len(read_files):
        return None
    first = whole[0]
    different = [file for file in whole if set(file.columns) != set(first.columns)]
    for file in different:
        absent = tuple(name for name in first.columns if name not in file.columns)
        extra = tuple(name for name in file.columns if name not in first.columns)
        problems.append(DifferentColumns(span, file.name, first.name, absent, extra))
    return None if different else _joined(Path(path).name, whole)


def _joined(name: str, files: Sequence[_File]) -> Table:
    """One table of the rows of all files; columns in the order of the first."""
    cells: dict[str, list[str]] = {column: [] for column in files[0].columns}
    for file in files:
        for column, texts in zip(file.columns, zip(*file.rows, strict=True), strict=True):
            cells[column].extend(map(cell, texts))
    counts = [len(file.rows) for file in files]
    return Table(
        name=name,
        cells={column: column_of(texts) for column, texts in cells.items()},
        digest=hashlib.sha256("".join(file.digest for file in files).encode()).hexdigest(),
        files=tuple(file.name for file in files),
        file_of=np.repeat(np.arange(len(files), dtype=np.int64), counts),
        numbers=np.concatenate([np.asarray(file.lines, dtype=np.int64) for file in files]),
        unit="line",
        rows=np.arange(sum(counts), dtype=np.int64),
    )


def _read_file(path: Path, dialect: Dialect, span: Span | None, problems: list[Problem]) -> _File | None:
    content = contents(path, span, problems)
    text = None if content is None else decode(content, path.name, dialect.encoding, span, problems)
    if content is None or text is None:
        return None
    separator = dialect.separator or likely_separator(text)
    try:
        lines, rows = _records(text, separator)
    except _BrokenError as broken:
        problems.append(BrokenRow(span, path.name, broken.line, broken.reason))
        return None
    if not rows:
        problems.append(NoRows(span, path.name, "the file is empty"))
        return None
    header = dialect.header if dialect.header is not None else _is_header(rows[0])
    numbered = tuple(f"column_{number}" for number in range(1, len(rows[0]) + 1))
    columns = _names(rows[0]) if header else numbered
    start = 1 if header else 0
    file = _File(path.name, columns, rows[start:], lines[start:], hashlib.sha256(content).hexdigest())
    sound = [_check_rows(file, separator, span, problems), _check_names(file, span, problems)]
    return file if all(sound) else None


class _BrokenError(Exception):
    def __init__(self, line: int, reason: str):
        super().__init__(reason)
        self.line = line
        self.reason = reason


def _records(text: str, separator: str, most: int | None = None) -> tuple[list[int], list[list[str]]]:
    """The first line of every row, and its cells; empty lines are no rows."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[int] = []
    rows: list[list[str]] = []
    line = 1
    try:
        for row in reader:
            if row:
                lines.append(line)
                rows.append(row)
            line = reader.line_num + 1
            if len(rows) == most:
                break
    except csv.Error as error:
        raise _BrokenError(line, str(error)) from error
    return lines, rows


def likely_separator(text: str) -> str:
    r"""The separator that gives the most columns, equally many in all first rows; a comma when none does.

    >>> likely_separator("a;b;c\n1,5;2,5;3\n")
    ';'
    """
    best, most = SEPARATORS[0], 1
    for separator in SEPARATORS:
        try:
            _, rows = _records(text, separator, _PROBED_ROWS)
        except _BrokenError:
            continue
        widths = [len(row) for row in rows]
        # A file with ragged rows still has a first row; its message should count the cells that people see.
        width = widths[0] if len(set(widths)) == 1 else 0
        if width > most:
            best, most = separator, width
    return best if most > 1 else max(SEPARATORS, key=text.partition("\n")[0].count)


def _is_header(row: Sequence[str]) -> bool:
    return not any(as_number(text) is not None for text in row)


def _names(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(text.strip() or f"column_{number}" for number, text in enumerate(row, start=1))


def _check_names(file: _File, span: Span | None, problems: list[Problem]) -> bool:
    repeated = [name for name in dict.fromkeys(file.columns) if file.columns.count(name) > 1]
    for name in repeated:
        positions = tuple(number for number, other in enumerate(file.columns, start=1) if other == name)
        problems.append(DuplicateColumn(span, file.name, name, positions))
    return not repeated


def _check_rows(file: _File, separator: str, span: Span | None, problems: list[Problem]) -> bool:
    if not file.rows:
        problems.append(NoRows(span, file.name, "there is a header and nothing below it"))
        return False
    expected = len(file.columns)
    ragged = [position for position, row in enumerate(file.rows) if len(row) != expected]
    if not ragged:
        return True
    places = tuple(Place(file.name, file.lines[position]) for position in ragged[:MOST_PLACES])
    received = len(file.rows[ragged[0]])
    problems.append(RaggedRows(span, file.name, expected, received, separator, len(ragged), places))
    return False
