"""Kinds that were written: their arguments, and whether the cells of a column can be of them."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from recipe.catalog import lookup
from recipe.catalog.calls import Call, Value
from recipe.catalog.rows import Required, Unset
from recipe.data import dates, scales
from recipe.data.cell_columns import CellColumn, only_numbers
from recipe.data.cells import each, name_of
from recipe.data.labels import counts_of_labels
from recipe.diagnostics.data import KindDoesNotFit, NotAFlag
from recipe.diagnostics.data_cells import TooManyCategories
from recipe.diagnostics.data_kinds import (
    AmbiguousDate,
    NeedsSeparator,
    NoSeparator,
    NotADate,
    OnlyOf,
    UselessBeside,
)
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.values import WrongValue
from recipe.program.presets import FOUND

# Distinct values of a category that was written; one-hot, each is a number in every row.
WIDEST_CATEGORY = 10_000
MASK = "mask"
CELL_KINDS = ("number", "category", "labels", "flag", "date", "text", "sequence")
TARGET_KINDS = ("number", "category", "labels", "flag", "sequence")


def defaults_of(kind: str) -> dict[str, Value]:
    """The arguments of a kind when nobody writes them."""
    row = lookup.find("kind", kind)
    parameters = row.parameters if row else ()
    return {one.name: one.default for one in parameters if not isinstance(one.default, Required | Unset)}


def options_of(written: Call) -> dict[str, Value]:
    """The arguments of a kind as they were written, and the rest of them."""
    return {**defaults_of(written.name), **{name: one.value for name, one in written.arguments.items()}}


def accepts(column: CellColumn, written: Call, options: Mapping[str, Value], problems: list[Problem]) -> bool:
    """Whether the cells can be of the kind that was written, and its arguments make sense there."""
    kinds = CELL_KINDS if column.role == "feature" else TARGET_KINDS
    if written.name not in kinds:
        problems.append(KindDoesNotFit(column.span, column.name, written.name, "cells of text", kinds))
        return False
    misfits = _misfits(column, written, options)
    problems += misfits
    return not misfits and _ACCEPTS[written.name](column, options, problems)


def _misfits(column: CellColumn, written: Call, options: Mapping[str, Value]) -> list[Problem]:
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


def _too_short(column: CellColumn, written: Call, options: Mapping[str, Value]) -> Iterator[Problem]:
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


def _accepts_number(column: CellColumn, options: Mapping[str, Value], problems: list[Problem]) -> bool:
    return only_numbers(column, problems)


def _accepts_category(column: CellColumn, options: Mapping[str, Value], problems: list[Problem]) -> bool:
    is_wide = column.role == "feature" and len(column.values) > WIDEST_CATEGORY
    if is_wide and all(options[name] in (None, 1) for name in ("embedding", "hashing", "minimum_count")):
        count = len(column.values)
        problems.append(TooManyCategories(column.span, column.name, count, WIDEST_CATEGORY))
        return False
    return True


def _accepts_labels(column: CellColumn, options: Mapping[str, Value], problems: list[Problem]) -> bool:
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


def _accepts_flag(column: CellColumn, options: Mapping[str, Value], problems: list[Problem]) -> bool:
    if column.pair is None and len(column.values) != 2:
        problems.append(NotAFlag(column.span, column.name, column.values[:12], len(column.values)))
        return False
    return True


def _accepts_date(column: CellColumn, options: Mapping[str, Value], problems: list[Problem]) -> bool:
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


_ACCEPTS: Mapping[str, Callable[[CellColumn, Mapping[str, Value], list[Problem]], bool]] = {
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
