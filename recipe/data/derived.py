"""Targets that are made of a column: a flag that says whether a number lies above a threshold.

The column itself is no feature then, since it says the target.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from recipe.catalog.calls import Call
from recipe.data.cells import each, not_numbers
from recipe.data.tables import Table
from recipe.diagnostics.data import NotANumber, UnknownColumn
from recipe.diagnostics.data_kinds import ColumnExists
from recipe.diagnostics.problems import Problem, errors
from recipe.diagnostics.spans import Span
from recipe.program.facts import Facts


@dataclass(frozen=True, slots=True)
class Derived:
    """A target that is made of a column.

    Args:
        name: of the target.
        column: that it is made of; the target itself where it is the column.
        above: the flag is 1 above it; None where the column already holds the flag.
        span: where it was written.
    """

    name: str
    column: str
    above: float | None
    span: Span | None = None


def written(targets: Mapping[str, Call | None]) -> tuple[Derived, ...]:
    """The targets of a spec that are made of a column."""
    found = []
    for name, call in targets.items():
        if call is None or call.name != "flag":
            continue
        column, above = call.get("column"), call.get("above")
        if column is not None or above is not None:
            threshold = float(above) if isinstance(above, int | float) else None
            found.append(Derived(name, str(column or name), threshold, call.origin.span))
    return tuple(found)


def learned(facts: Facts) -> tuple[Derived, ...]:
    """Those that a network was trained on."""
    return tuple(Derived(one.name, one.column, one.above) for one in facts.targets if one.column)


def with_derived(table: Table, derived: Iterable[Derived], problems: list[Problem]) -> Table | None:
    """A table with its derived columns; None after a Problem.

    Args:
        table: of cells.
        derived: what to add.
        problems: R520, R526 or R585 is appended.
    """
    before, cells = len(errors(problems)), dict(table.cells)
    for one in derived:
        if one.column not in table.cells:
            role = f"the target `{one.name}` is made of it"
            problems.append(UnknownColumn(one.span, table.name, one.column, role, tuple(table.cells)))
        elif one.name != one.column and one.name in table.columns:
            problems.append(ColumnExists(one.span, one.name, one.column, table.name))
        elif one.above is None:
            cells[one.name] = table.cells[one.column]
        elif _only_numbers(one, table, problems):
            cells[one.name] = each(table.cells[one.column], partial(_flag, above=one.above), np.object_)
    return replace(table, cells=cells) if len(errors(problems)) == before else None


def _flag(text: str, above: float) -> str:
    return str(int(float(text) > above)) if text else ""


def _only_numbers(one: Derived, table: Table, problems: list[Problem]) -> bool:
    cells = table.cells[one.column]
    rows = not_numbers(cells)
    if len(rows):
        places = table.places(rows)
        problems.append(NotANumber(one.span, one.column, str(cells[rows[0]]), len(rows), places))
    return not len(rows)
