"""The kind of every column of cells: as it was written, or as it is inferred."""

from functools import cache, partial

from recipe.catalog.calls import Call, Value
from recipe.data import dates
from recipe.data.cell_columns import CellColumn
from recipe.data.cells import are_many_numbers, distinct_names, flag_pair, in_natural_order
from recipe.data.features import SEQUENTIAL
from recipe.data.inferred_kinds import infer_feature, infer_target
from recipe.data.meanings import Kind
from recipe.data.packing.columns import MappedCells
from recipe.data.roles import Roles
from recipe.data.sources.limits import TEXT_COST, memory_left
from recipe.data.tables import Table
from recipe.data.written_kinds import accepts, defaults_of, options_of
from recipe.diagnostics.data import NoValues
from recipe.diagnostics.data_sources import TextsDoNotFit
from recipe.diagnostics.problems import Problem
from recipe.program.plans import DataPlan
from recipe.program.roles import span_of


def settle_kinds(roles: Roles, table: Table, plan: DataPlan, problems: list[Problem]) -> dict[str, Kind]:
    """The kind of every target and feature that consists of cells; those with a Problem are left out.

    Args:
        roles: of the columns.
        table: of the training source, all rows.
        plan: of the data.
        problems: R524 to R529, R578, R579, R588 and R589 are appended.
    """
    kinds: dict[str, Kind] = {}
    for role, columns in (("target", roles.targets), ("feature", roles.features)):
        for name, written in columns.items():
            if name not in table.cells:
                continue
            cells = table.cells[name]
            names = cache(partial(distinct_names, cells))
            column = CellColumn(name, role, cells, table, span_of(name, written, plan), names)
            kind = _settle(column, written, plan, problems)
            if kind is not None:
                kinds[name] = kind
    return kinds


def _settle(column: CellColumn, written: Call | None, plan: DataPlan, problems: list[Problem]) -> Kind | None:
    if not column.present:
        problems.append(NoValues(column.span, column.name, f"`{column.table.name}`"))
        return None
    if (written is None or written.name not in SEQUENTIAL) and not _fits(column, problems):
        return None
    if written is not None:
        options = options_of(written)
        policy = str(options.get("missing") or plan.missing)
        sound = accepts(column, written, options, problems)
        return _kind(column, written.name, policy, "", options) if sound else None
    guess = infer_target(column, problems) if column.role == "target" else infer_feature(column, problems)
    if guess is None:
        return None
    (name, reason), policy = guess, plan.missing
    if (
        name == "flag"
        and column.role == "feature"
        and policy == "category"
        and column.present < len(column.cells)
    ):
        name, reason = "category", f"{reason}, and what is missing is a category of its own"
    return _kind(column, name, policy, reason, defaults_of(name))


def _fits(column: CellColumn, problems: list[Problem]) -> bool:
    """Whether the different texts of a column that lies in a file fit into memory; else R588."""
    cells = column.cells
    if not isinstance(cells, MappedCells) or are_many_numbers(cells):
        return True
    needed, left = TEXT_COST * cells.column.nbytes, memory_left()
    if needed > left:
        problems.append(TextsDoNotFit(column.span, column.name, column.table.name, needed, left))
    return needed <= left


def _kind(column: CellColumn, name: str, policy: str, reason: str, options: dict[str, Value]) -> Kind:
    if name == "category" and policy == "indicator":
        policy = "category"  # a name of its own says it all
    if name == "date" and options["format"] is None:
        options = {**options, "format": dates.formats_of(column.values)[0]}
    pair = _pair(column.values) if name == "flag" else ("", "")
    return Kind(name, policy, column.span, reason, pair, options)


def _pair(values: tuple[str, ...]) -> tuple[str, str]:
    """The negative and the positive value of a flag: as its words say, else in natural order."""
    known = flag_pair(values)
    if known is not None:
        return known
    first, *others = in_natural_order(values)
    return first, (others or [first])[0]
