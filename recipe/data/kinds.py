"""The kind of a column of cells: as written, or inferred from all rows of the training source.

| cells of a feature | kind |
|---|---|
| the two words of a flag (0 and 1, no and yes, false and true ...) | `flag` |
| only numbers | `number`; refused when they merely count the rows |
| only dates of one format | `date`; refused when two formats fit, such as day/month and month/day |
| some text, at most 20 distinct values (or 5 % of the rows, or 1,000), one of them twice | `category` |
| anything else | refused: free text |

Of a target, text is a `category`, 0 and 1 a `flag`, whole numbers with at most 20 distinct values a
`category`, and other numbers a `number`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from recipe.catalog import lookup
from recipe.catalog.calls import Call, Value
from recipe.catalog.rows import Required, Unset
from recipe.data import dates, scales
from recipe.data.cells import (
    are_many_numbers,
    as_number,
    distinct_names,
    each,
    flag_pair,
    in_natural_order,
    name_of,
    not_numbers,
    numbers_of,
)
from recipe.data.features import SEQUENTIAL
from recipe.data.labels import counts_of_labels
from recipe.data.meanings import Kind
from recipe.data.packing.columns import MappedCells
from recipe.data.roles import Roles
from recipe.data.sources.limits import TEXT_COST, memory_left
from recipe.data.tables import Cells, Table, missing_in
from recipe.diagnostics.data import FreeText, KindDoesNotFit, NotAFlag, NotANumber, NoValues, RowNumber
from recipe.diagnostics.data_cells import TooManyCategories
from recipe.diagnostics.data_kinds import (
    AmbiguousDate,
    NeedsSeparator,
    NoSeparator,
    NotADate,
    OnlyOf,
    TakenForOne,
    UselessBeside,
)
from recipe.diagnostics.data_sources import TextsDoNotFit
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.values import WrongValue
from recipe.program.plans import DataPlan
from recipe.program.presets import FOUND
from recipe.program.roles import span_of

MOST_CLASSES = 20  # distinct whole numbers that are still classes, distinct texts that are still a category
MOST_CATEGORIES = 1000
CATEGORY_SHARE = 0.05
WIDEST_CATEGORY = (
    10_000  # distinct values of a category that was written; one-hot, each is a number in every row
)
MOSTLY = 0.9  # share of numbers from which the other cells are mistakes rather than names
_SEPARATORS = ("|", ";", ",")
MASK = "mask"
CELL_KINDS = ("number", "category", "labels", "flag", "date", "text", "sequence")
TARGET_KINDS = ("number", "category", "labels", "flag", "sequence")


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of which the kind is asked."""

    name: str
    role: str
    cells: Cells
    table: Table
    span: Span | None
    _names: Callable[[], tuple[str, ...]]

    @property
    def present(self) -> int:
        return int(np.count_nonzero(~missing_in(self.cells)))

    @property
    def values(self) -> tuple[str, ...]:
        """The names that occur; found when they are first asked for, since many numbers are not asked."""
        return self._names()

    @property
    def pair(self) -> tuple[str, str] | None:
        """The words of a flag that hold all values."""
        return None if are_many_numbers(self.cells) else flag_pair(self.values)

    @property
    def are_numbers(self) -> bool:
        """Whether every value is a number, `inf` and `nan` among them."""
        return are_many_numbers(self.cells) or all(as_number(value) is not None for value in self.values)


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
            column = _Column(name, role, cells, table, span_of(name, written, plan), names)
            kind = _settle(column, written, plan, problems)
            if kind is not None:
                kinds[name] = kind
    return kinds


def _settle(column: _Column, written: Call | None, plan: DataPlan, problems: list[Problem]) -> Kind | None:
    if not column.present:
        problems.append(NoValues(column.span, column.name, f"`{column.table.name}`"))
        return None
    if (written is None or written.name not in SEQUENTIAL) and not _fits(column, problems):
        return None
    if written is not None:
        options = options_of(written)
        policy = str(options.get("missing") or plan.missing)
        sound = _accepts(column, written, options, problems)
        return _kind(column, written.name, policy, "", options) if sound else None
    guess = _infer_target(column, problems) if column.role == "target" else _infer_feature(column, problems)
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


def _fits(column: _Column, problems: list[Problem]) -> bool:
    """Whether the different texts of a column that lies in a file fit into memory; else R588."""
    cells = column.cells
    if not isinstance(cells, MappedCells) or are_many_numbers(cells):
        return True
    needed, left = TEXT_COST * cells.column.nbytes, memory_left()
    if needed > left:
        problems.append(TextsDoNotFit(column.span, column.name, column.table.name, needed, left))
    return needed <= left


def defaults_of(kind: str) -> dict[str, Value]:
    """The arguments of a kind when nobody writes them."""
    row = lookup.find("kind", kind)
    parameters = row.parameters if row else ()
    return {one.name: one.default for one in parameters if not isinstance(one.default, Required | Unset)}


def options_of(written: Call) -> dict[str, Value]:
    """The arguments of a kind as they were written, and the rest of them."""
    return {**defaults_of(written.name), **{name: one.value for name, one in written.arguments.items()}}


def _kind(column: _Column, name: str, policy: str, reason: str, options: dict[str, Value]) -> Kind:
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


def _accepts(column: _Column, written: Call, options: Mapping[str, Value], problems: list[Problem]) -> bool:
    """Whether the cells can be of the kind that was written, and its arguments make sense there."""
    kinds = CELL_KINDS if column.role == "feature" else TARGET_KINDS
    if written.name not in kinds:
        problems.append(KindDoesNotFit(column.span, column.name, written.name, "cells of text", kinds))
        return False
    misfits = _misfits(column, written, options)
    problems += misfits
    return not misfits and _ACCEPTS[written.name](column, options, problems)


def _misfits(column: _Column, written: Call, options: Mapping[str, Value]) -> list[Problem]:
    """Arguments that are of targets only, of features only, or beside one that makes them useless."""
    usual, found = defaults_of(written.name), list[Problem]()
    for name, role in _OF_ONE_ROLE.items():
        if role != column.role and options.get(name) != usual.get(name):
            found.append(OnlyOf(written.span_of(name), column.name, column.role, name, f"a {role}"))
    if options.get("scale") == scales.QUANTILE and column.role == "target":
        scale = "scale: quantile"
        found.append(OnlyOf(written.span_of("scale"), column.name, column.role, scale, "a feature"))
    found += [
        UselessBeside(written.span_of(name), column.name, name, f"of: {options['of']}")
        for name, of in _OF_STEPS.items()
        if "of" in options and options["of"] != of and options[name] != usual[name]
    ]
    if options.get("tokenizer") and options["vocabulary"] != usual["vocabulary"]:
        found.append(UselessBeside(written.span_of("vocabulary"), column.name, "vocabulary", "tokenizer"))
    found += _too_short(column, written, options)
    if options.get("hashing") and options.get("minimum_count") != 1:
        found.append(UselessBeside(written.span_of("minimum_count"), column.name, "minimum_count", "hashing"))
    return found


def _too_short(column: _Column, written: Call, options: Mapping[str, Value]) -> Iterator[Problem]:
    """A length that the start and the end of a tokenizer's texts fill, so that no token of one is left."""
    held = options.get(FOUND)
    if not isinstance(held, Mapping):
        return
    around = sum(held[name] is not None for name in ("start", "end"))
    if int(str(options["length"])) <= around:
        path, expected = f"data.features.{column.name}.text.length", f"above {around}, its start and its end"
        yield WrongValue(written.span_of("length"), path, expected, str(options["length"]))


def misfits_of_array(name: str, written: Call | None) -> list[Problem]:
    """Arguments of the kind of a stored array, which are of columns of cells only."""
    if written is None or written.name == MASK:
        return []
    usual = defaults_of(written.name)
    found = [
        one for one, argument in written.arguments.items() if one in usual and argument.value != usual[one]
    ]
    return [OnlyOf(written.span_of(one), name, "stored array", one, "a column of cells") for one in found]


def _accepts_number(column: _Column, options: Mapping[str, Value], problems: list[Problem]) -> bool:
    return _only_numbers(column, problems)


def _accepts_category(column: _Column, options: Mapping[str, Value], problems: list[Problem]) -> bool:
    is_wide = column.role == "feature" and len(column.values) > WIDEST_CATEGORY
    if is_wide and all(options[name] in (None, 1) for name in ("embedding", "hashing", "minimum_count")):
        count = len(column.values)
        problems.append(TooManyCategories(column.span, column.name, count, WIDEST_CATEGORY))
        return False
    return True


def _accepts_labels(column: _Column, options: Mapping[str, Value], problems: list[Problem]) -> bool:
    if options["separator"] is None:
        problems.append(NeedsSeparator(column.span, column.name, column.values[0]))
        return False
    separator = str(options["separator"])
    count = len(counts_of_labels(column.cells, separator))
    if count > WIDEST_CATEGORY:
        problems.append(TooManyCategories(column.span, column.name, count, WIDEST_CATEGORY))
        return False
    if not any(separator in cell for cell in column.values):
        problems.append(NoSeparator(column.span, column.name, separator, column.values[0]))
    return True


def _accepts_flag(column: _Column, options: Mapping[str, Value], problems: list[Problem]) -> bool:
    if column.pair is None and len(column.values) != 2:
        problems.append(NotAFlag(column.span, column.name, column.values[:12], len(column.values)))
        return False
    return True


def _accepts_date(column: _Column, options: Mapping[str, Value], problems: list[Problem]) -> bool:
    """Whether all cells are dates of the format that is written, or of exactly one that is known."""
    format = options["format"]
    found = (str(format),) if format is not None else dates.formats_of(column.values)
    if len(found) > 1:
        problems.append(AmbiguousDate(column.span, column.name, column.values[0], found))
        return False
    likely = found[0] if found else dates.likeliest(column.values)
    wrong = {value for value in column.values if dates.parsed(value, likely) is None}
    if wrong:
        rows = np.flatnonzero(each(column.cells, lambda text: name_of(text) in wrong, np.bool_))
        places = column.table.places(rows)
        first = str(column.cells[rows[0]])
        problems.append(NotADate(column.span, column.name, first, likely, len(rows), places))
    return not wrong


_ACCEPTS: Mapping[str, Callable[[_Column, Mapping[str, Value], list[Problem]], bool]] = {
    "number": _accepts_number,
    "category": _accepts_category,
    "labels": _accepts_labels,
    "flag": _accepts_flag,
    "date": _accepts_date,
    "text": lambda column, options, problems: True,
    "sequence": lambda column, options, problems: True,
}
_OF_ONE_ROLE: Mapping[str, str] = {
    "embedding": "feature",
    "hashing": "feature",
    "minimum_count": "feature",
    "vocabulary": "feature",
    "column": "target",
    "above": "target",
}


_OF_STEPS = {"vocabulary": "category", "scale": "number"}
"""Arguments of a sequence by what a step must be, so that they do something."""


def _only_numbers(column: _Column, problems: list[Problem]) -> bool:
    wrong = not_numbers(column.cells)
    if not len(wrong):
        return True
    cell = str(column.cells[wrong[0]])
    places = column.table.places(wrong)
    problems.append(NotANumber(column.span, column.name, cell, len(wrong), places, column.present))
    return False


def _infer_feature(column: _Column, problems: list[Problem]) -> tuple[str, str] | None:
    pair = column.pair
    if pair is not None and len(column.values) > 1:
        return "flag", f"every cell is {pair[0]} or {pair[1]}"
    if column.are_numbers:
        if not _only_numbers(column, problems) or _counts_rows(column, problems):
            return None
        return "number", f"{column.present} of {column.present} cells are numbers"
    formats = dates.formats_of(column.values)
    if len(formats) > 1:
        problems.append(AmbiguousDate(column.span, column.name, column.values[0], formats))
        return None
    if formats:
        return "date", f"{column.present} of {column.present} cells are dates ({formats[0]})"
    return _infer_category(column, problems)


def _infer_target(column: _Column, problems: list[Problem]) -> tuple[str, str] | None:
    if not column.are_numbers:
        return _infer_category(column, problems)
    if not _only_numbers(column, problems):
        return None
    if column.pair == ("0", "1"):
        return "flag", "every cell is 0 or 1"
    if not are_many_numbers(column.cells):
        count = len(column.values)
        if count <= MOST_CLASSES and all(float(value).is_integer() for value in column.values):
            return "category", f"{count} distinct whole numbers"
    return "number", f"{column.present} of {column.present} cells are numbers"


def _infer_category(column: _Column, problems: list[Problem]) -> tuple[str, str] | None:
    count, present = len(column.values), column.present
    limit = min(max(MOST_CLASSES, int(CATEGORY_SHARE * len(column.cells))), MOST_CATEGORIES)
    if count <= limit and count < present:
        if separator := _separator_of(column, count - 1):
            cell = next(value for value in column.values if separator in value)
            problems.append(TakenForOne(column.span, column.name, separator, cell))
        return "category", f"{count} distinct values in {present} rows"
    if 0 < len(not_numbers(column.cells)) <= (1 - MOSTLY) * present:
        _only_numbers(column, problems)
    else:
        separator = _separator_of(column, limit)
        problems.append(FreeText(column.span, column.name, column.role, count, present, separator))
    return None


def _separator_of(column: _Column, limit: int) -> str:
    """What seems to stand between few labels in most values; empty where nothing does."""
    values = np.asarray(column.values, dtype=np.object_)
    for separator in _SEPARATORS:
        parted = sum(separator in value for value in column.values)
        if 2 * parted > len(values) and len(counts_of_labels(values, separator)) <= limit:
            return separator
    return ""


def _counts_rows(column: _Column, problems: list[Problem]) -> bool:
    """Whether the cells are consecutive whole numbers in the order of many rows."""
    if column.present < len(column.cells) or len(column.cells) <= MOST_CLASSES:
        return False
    numbers = numbers_of(column.cells)
    if not np.all(np.diff(numbers) == 1):
        return False
    problems.append(RowNumber(column.span, column.name, int(numbers[0]), int(numbers[-1])))
    return True
