"""Lines of text to rows of cells, as a dialect says."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from recipe.data.tables import cell

SEPARATORS = (",", ";", "\t", "|")
PROBED_ROWS = 50  # rows that decide the separator
NAMED_SEPARATORS: Mapping[str, str] = MappingProxyType({"tab": "\t", "whitespace": " "})


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written.

    Args:
        separator: between cells, one character, `tab`, or `whitespace` for runs of blanks and tabs; None: the
            one of `,` `;` tab `|` that gives the most columns in all first rows.
        encoding: of the text; a byte order mark is skipped.
        header: whether the first row names the columns; None: it does when no cell of it is a number, and not
            when `columns` does.
        columns: their names, in place of those in the file.
        quote: around cells; None where quotes mean nothing.
        escape: before a character that means nothing else; None where nothing does.
        comment: what a line begins with that is no row; None where every line is one.
        skip_lines: lines before the table.
        decimal: the decimal mark of numbers.
        thousands: what parts the digits of large numbers; None where nothing does.
        missing_values: spellings of a missing cell beside the usual ones.
    """

    separator: str | None = None
    encoding: str = "utf-8"
    header: bool | None = None
    columns: tuple[str, ...] = ()
    quote: str | None = '"'
    escape: str | None = None
    comment: str | None = None
    skip_lines: int = 0
    decimal: str = "."
    thousands: str | None = None
    missing_values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file.

    Args:
        line: its first, from 1.
        cells: as they are written; empty of one that is broken.
        flaw: what is wrong with it; empty when nothing is.
        is_end: whether it swallowed the rest of the file: a quote that is never closed.
    """

    line: int
    cells: list[str]
    flaw: str = ""
    is_end: bool = False


class _Feed:
    """Lines for the csv module; where a row may begin, without comments.

    Args:
        lines: with their ends.
        before: how many there were before these.
        dialect: of the file.
        change: what becomes of each line.
    """

    def __init__(self, lines: Iterator[str], before: int, dialect: Dialect, change: Callable[[str], str]):
        self.number = self.first = before
        self.begins = True
        self._lines, self._comment, self._change = lines, dialect.comment, change

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self._next()
        while self.begins and self._comment and line.lstrip().startswith(self._comment):
            line = self._next()
        if self.begins:
            self.first, self.begins = self.number, False
        return self._change(line)

    def _next(self) -> str:
        line = next(self._lines)
        self.number += 1
        return line


def rows_of(lines: Iterable[str], dialect: Dialect, separator: str) -> Iterator[Row]:
    """The rows of a file; empty lines are none.

    Args:
        lines: with their ends, from the first.
        dialect: of the file.
        separator: as `Dialect` has it, found.
    """
    rest = iter(lines)
    for _ in range(dialect.skip_lines):
        next(rest, None)
    feed = _Feed(rest, dialect.skip_lines, dialect, _CHANGES.get(separator, _as_it_is))
    reader = csv.reader(
        feed,
        delimiter=NAMED_SEPARATORS.get(separator, separator),
        quotechar=dialect.quote,
        escapechar=dialect.escape,
        doublequote=True,
        skipinitialspace=True,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        strict=True,
    )
    while True:
        feed.begins = True
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(feed.first, [], str(error), str(error).startswith("unexpected end"))
            continue
        if cells:
            yield Row(feed.first, cells)


def _as_it_is(line: str) -> str:
    return line


_CHANGES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"whitespace": lambda line: line.replace("\t", " ").strip()}
)


def likely_separator(lines: Iterable[str], dialect: Dialect | None = None) -> str:
    r"""The separator that gives the most columns, equally many in all first rows; a comma when none does.

    >>> likely_separator(["a;b;c\n", "1,5;2,5;3\n"])
    ';'
    """
    dialect, lines = dialect or Dialect(), list(lines)
    best, most, first = SEPARATORS[0], 1, ""
    for separator in SEPARATORS:
        rows = []
        for row in rows_of(lines, dialect, separator):
            rows.append(row)
            if len(rows) == PROBED_ROWS:
                break
        # A row that is cut off where the first lines end says nothing.
        widths = [len(row.cells) for row in rows if not row.is_end]
        if any(row.flaw and not row.is_end for row in rows) or not widths:
            continue
        # A file with ragged rows still has a first row; its message should count the cells that people see.
        width = widths[0] if len(set(widths)) == 1 else 0
        first = first or lines[rows[0].line - 1]
        if width > most:
            best, most = separator, width
    return best if most > 1 else max(SEPARATORS, key=first.count)


class Cells(dict[str, str]):
    """What the texts of a column are as cells; equal texts share one cell.

    Args:
        dialect: of the file.
        most: different texts whose cells are kept to be shared.
    """

    def __init__(self, dialect: Dialect, most: int):
        super().__init__()
        self._most = most
        self._missing = frozenset(dialect.missing_values)
        self._number = _number_pattern(dialect)
        self._thousands, self._decimal = dialect.thousands or "", dialect.decimal

    def __missing__(self, text: str) -> str:
        """The cell of a text that was not met yet."""
        found = cell(text)
        if found in self._missing:
            found = ""
        elif self._number is not None and self._number.fullmatch(found):
            found = found.replace(self._thousands, "").replace(self._decimal, ".")
        if len(self) < self._most:
            self[text] = found
        return found


def _number_pattern(dialect: Dialect) -> re.Pattern[str] | None:
    """Numbers that Python writes in another way; None where there are none."""
    if dialect.decimal == "." and not dialect.thousands:
        return None
    decimal, parted = re.escape(dialect.decimal), ""
    if dialect.thousands:
        parted = rf"\d{{1,3}}(?:{re.escape(dialect.thousands)}\d{{3}})+|"
    return re.compile(rf"[+-]?(?:{parted}\d+|(?={decimal}\d))(?:{decimal}\d*)?(?:[eE][+-]?\d+)?", re.ASCII)
