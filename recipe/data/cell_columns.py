"""A column of cells of which the kind is asked: what both a written kind and an inferred one must know."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from recipe.data.cells import are_many_numbers, as_number, flag_pair, not_numbers
from recipe.data.labels import counts_of_labels
from recipe.data.tables import Cells, Table, missing_in
from recipe.diagnostics.data import NotANumber
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

_SEPARATORS = ("|", ";", ",")


@dataclass(frozen=True, slots=True)
class CellColumn:
    """A column of which the kind is asked.

    Args:
        name: of it.
        role: `feature` or `target`.
        cells: all of them, as text.
        table: that it is of.
        span: where its kind is written, or where it is named.
        names: gives the names that occur.
    """

    name: str
    role: str
    cells: Cells
    table: Table
    span: Span | None
    names: Callable[[], tuple[str, ...]]

    @property
    def present(self) -> int:
        """How many cells are not missing."""
        return int(np.count_nonzero(~missing_in(self.cells)))

    @property
    def values(self) -> tuple[str, ...]:
        """The names that occur; found when they are first asked for, since many numbers are not asked."""
        return self.names()

    @property
    def pair(self) -> tuple[str, str] | None:
        """The words of a flag that hold all values."""
        return None if are_many_numbers(self.cells) else flag_pair(self.values)

    @property
    def are_numbers(self) -> bool:
        """Whether every value is a number, `inf` and `nan` among them."""
        return are_many_numbers(self.cells) or all(as_number(value) is not None for value in self.values)


def only_numbers(column: CellColumn, problems: list[Problem]) -> bool:
    """Whether every cell that is there is a finite number; else R526."""
    wrong = not_numbers(column.cells)
    if not len(wrong):
        return True
    cell = str(column.cells[wrong[0]])
    places = column.table.places(wrong)
    problems.append(NotANumber(column.span, column.name, cell, len(wrong), places, column.present))
    return False


def separator_of(column: CellColumn, limit: int) -> str:
    """What seems to stand between few labels in most values; empty where nothing does."""
    values = np.asarray(column.values, dtype=np.object_)
    for separator in _SEPARATORS:
        parted = sum(separator in value for value in column.values)
        if 2 * parted > len(values) and len(counts_of_labels(values, separator)) <= limit:
            return separator
    return ""
