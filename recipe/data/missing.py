"""Missing cells: refused, left out with their row, or to be filled."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recipe.data.labels import EMPTY
from recipe.data.meanings import Meaning
from recipe.data.tables import Table, missing_in
from recipe.diagnostics.data_cells import (
    DroppedRows,
    MissingCells,
    MissingLabels,
    NothingLeft,
)
from recipe.diagnostics.places import Place
from recipe.diagnostics.problems import Problem
from recipe.program.plans import DataPlan

# Kinds that a policy can fill, `empty` of targets too.
FILLED_BY: Mapping[str, tuple[str, ...]] = {
    "error": (),
    "mean": ("number", "flag"),
    "median": ("number", "flag"),
    "category": ("category", "text", "sequence"),
    "indicator": ("number", "flag", "date", "category"),
    EMPTY: ("labels",),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What dropping rows left.

    Args:
        parts: tables by part.
        dropped: rows left out because of a column, over all parts; a row may count for several columns.
    """

    parts: Mapping[str, Table]
    dropped: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Gap:
    """The missing cells of one column.

    Args:
        name: of the column.
        role: `target`, `feature`, `group` or `weight`.
        policy: what to do about them.
        cells: by part, which cells are missing, `(rows,)`.
    """

    name: str
    role: str
    policy: str
    cells: Mapping[str, NDArray[np.bool_]]

    @property
    def count(self) -> int:
        return sum(int(np.count_nonzero(cells)) for cells in self.cells.values())

    def places(self, parts: Mapping[str, Table]) -> tuple[Place, ...]:
        """The first of them, in the first part that has any."""
        part = next(part for part, cells in self.cells.items() if cells.any())
        return parts[part].places(np.flatnonzero(self.cells[part]))


def settle_missing(parts: Mapping[str, Table], meaning: Meaning, problems: list[Problem]) -> Kept | None:
    """The rows that stay; None when the missing cells of a column have no policy that fits.

    Args:
        parts: tables by part, all with the columns of the meaning.
        meaning: of the columns.
        problems: R530 to R533 are appended.
    """
    # What is filled is not kept: it would be a byte for every cell of a table.
    gaps = [gap for gap in _gaps(parts, meaning) if not _is_filled(gap, meaning) and gap.count]
    refused = [gap for gap in gaps if gap.policy != "drop"]
    if refused:
        _refuse(refused, parts, meaning, problems)
        return None
    return _drop(parts, gaps, meaning, problems)


def dropping(plan: DataPlan) -> Callable[[str], bool]:
    """Whether training left rows out where a cell of a column is missing."""
    written = {**plan.features, **plan.targets}

    def is_dropped(name: str) -> bool:
        kind = written.get(name)
        return ((kind.get("missing") if kind else None) or plan.missing) == "drop"

    return is_dropped


def without_gaps(table: Table, names: Iterable[str], problems: list[Problem]) -> Table:
    """The rows of other data in which no cell of some columns is missing, as training would leave them.

    Args:
        table: the rows.
        names: of the columns; one that is not there is not looked at.
        problems: R532 is appended, or R533 when there is none left.
    """
    gaps = {name: missing_in(table.cells[name]) for name in names if name in table.cells}
    keep = np.flatnonzero(~np.logical_or.reduce([np.zeros(len(table), np.bool_), *gaps.values()]))
    if gaps and not len(keep):
        worst = max(gaps, key=lambda name: int(np.count_nonzero(gaps[name])))
        problems.append(NothingLeft(None, table.name, len(table), worst))
    elif len(keep) < len(table):
        problems.append(DroppedRows(None, table.name, len(table) - len(keep), len(table)))
    return table.take(keep)


def _gaps(parts: Mapping[str, Table], meaning: Meaning) -> Iterator[_Gap]:
    """One gap for every column of cells that is read, empty ones among them."""
    kinds, roles = meaning.kinds, meaning.roles
    columns = [(name, "target", kinds[name].missing) for name in roles.targets if name in kinds]
    columns += [(name, "feature", kinds[name].missing) for name in roles.features if name in kinds]
    if roles.group is not None:
        columns.append((roles.group, "group", meaning.plan.missing))
    if roles.time is not None and roles.time not in dict.fromkeys((*roles.targets, *roles.features)):
        columns.append((roles.time, "time", meaning.plan.missing))
    if roles.weight is not None:
        columns.append((roles.weight, "weight", meaning.plan.missing))
    for name, role, policy in columns:
        having = {part: table for part, table in parts.items() if name in table.cells}
        yield _Gap(
            name, role, policy, {part: missing_in(table.cells[name]) for part, table in having.items()}
        )


def _is_filled(gap: _Gap, meaning: Meaning) -> bool:
    if gap.policy == "drop" or (gap.role != "feature" and gap.policy != EMPTY):
        return False  # answers are not invented, but to have none of the labels is one
    kind = meaning.kinds[gap.name]
    are_numbers = kind.options.get("of") == "number"  # no number of a sequence stands for all of it
    return kind.name in FILLED_BY[gap.policy] and not are_numbers


def _refuse(
    gaps: Sequence[_Gap], parts: Mapping[str, Table], meaning: Meaning, problems: list[Problem]
) -> None:
    """Report every gap."""
    kinds, plan = meaning.kinds, meaning.plan
    for gap in gaps:
        rows = sum(len(cells) for cells in gap.cells.values())
        places = gap.places(parts)
        if gap.role == "feature":
            kind = kinds[gap.name]
            shown = (gap.name, kind.name, kind.missing)
            problems.append(MissingCells(kind.span, *shown, gap.count, rows, places))
        else:
            span = kinds[gap.name].span if gap.name in kinds else plan.split.span or plan.span
            kind_name = kinds[gap.name].name if gap.name in kinds else ""
            problems.append(MissingLabels(span, gap.name, gap.role, gap.count, rows, places, kind_name))


def _drop(
    parts: Mapping[str, Table], gaps: Sequence[_Gap], meaning: Meaning, problems: list[Problem]
) -> Kept | None:
    """The tables without the rows of the gaps; None when a part would be empty."""
    kept: dict[str, Table] = {}
    for part, table in parts.items():
        keep = np.ones(len(table), dtype=np.bool_)
        for gap in gaps:
            keep &= ~gap.cells.get(part, np.zeros(len(table), dtype=np.bool_))
        rows = np.flatnonzero(keep)
        if len(rows) == 0:
            worst = max(gaps, key=lambda gap: gap.count)
            problems.append(NothingLeft(meaning.plan.span, part, len(table), worst.name))
            continue
        if len(rows) < len(table):
            problems.append(DroppedRows(meaning.plan.span, part, len(table) - len(rows), len(table)))
        kept[part] = table.take(rows)
    return Kept(kept, {gap.name: gap.count for gap in gaps}) if len(kept) == len(parts) else None
