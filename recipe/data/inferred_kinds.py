"""The kind of a column of cells that nobody wrote, inferred from all rows of the training source.

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

import numpy as np

from recipe.data import dates
from recipe.data.cell_columns import CellColumn, only_numbers, separator_of
from recipe.data.cells import are_many_numbers, not_numbers, numbers_of
from recipe.diagnostics.data import FreeText, RowNumber
from recipe.diagnostics.data_kinds import AmbiguousDate, TakenForOne
from recipe.diagnostics.problems import Problem

MOST_CLASSES = 20  # distinct whole numbers that are still classes, distinct texts that are still a category
MOST_CATEGORIES = 1000
CATEGORY_SHARE = 0.05
MOSTLY = 0.9  # share of numbers from which the other cells are mistakes rather than names


def infer_feature(column: CellColumn, problems: list[Problem]) -> tuple[str, str] | None:
    """The kind of a feature and the reason for it; None with R524, R525, R526 or R582."""
    pair = column.pair
    if pair is not None and len(column.values) > 1:
        return "flag", f"every cell is {pair[0]} or {pair[1]}"
    if column.are_numbers:
        if not only_numbers(column, problems) or _counts_rows(column, problems):
            return None
        return "number", f"{column.present} of {column.present} cells are numbers"
    formats = dates.formats_of(column.values)
    if len(formats) > 1:
        problems.append(AmbiguousDate(column.span, column.name, column.values[0], formats))
        return None
    if formats:
        return "date", f"{column.present} of {column.present} cells are dates ({formats[0]})"
    return _infer_category(column, problems)


def infer_target(column: CellColumn, problems: list[Problem]) -> tuple[str, str] | None:
    """The kind of a target and the reason for it; None with R524 or R526."""
    if not column.are_numbers:
        return _infer_category(column, problems)
    if not only_numbers(column, problems):
        return None
    if column.pair == ("0", "1"):
        return "flag", "every cell is 0 or 1"
    if not are_many_numbers(column.cells):
        count = len(column.values)
        if count <= MOST_CLASSES and all(float(value).is_integer() for value in column.values):
            return "category", f"{count} distinct whole numbers"
    return "number", f"{column.present} of {column.present} cells are numbers"


def _infer_category(column: CellColumn, problems: list[Problem]) -> tuple[str, str] | None:
    count, present = len(column.values), column.present
    limit = min(max(MOST_CLASSES, int(CATEGORY_SHARE * len(column.cells))), MOST_CATEGORIES)
    if count <= limit and count < present:
        if separator := separator_of(column, count - 1):
            cell = next(value for value in column.values if separator in value)
            problems.append(TakenForOne(column.span, column.name, separator, cell))
        return "category", f"{count} distinct values in {present} rows"
    if 0 < len(not_numbers(column.cells)) <= (1 - MOSTLY) * present:
        only_numbers(column, problems)
    else:
        separator = separator_of(column, limit)
        problems.append(FreeText(column.span, column.name, column.role, count, present, separator))
    return None


def _counts_rows(column: CellColumn, problems: list[Problem]) -> bool:
    """Whether the cells are consecutive whole numbers in the order of many rows."""
    if column.present < len(column.cells) or len(column.cells) <= MOST_CLASSES:
        return False
    numbers = numbers_of(column.cells)
    if not np.all(np.diff(numbers) == 1):
        return False
    problems.append(RowNumber(column.span, column.name, int(numbers[0]), int(numbers[-1])))
    return True
