"""Splits by time: the oldest rows train, the newest are the test."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from recipe.catalog.calls import Value
from recipe.data import dates
from recipe.data.cells import are_many_numbers, distinct, is_finite_number, numbers_of
from recipe.data.tables import Rows, Table, missing_in
from recipe.diagnostics.data_kinds import AmbiguousDate
from recipe.diagnostics.data_splits import NoOrder, TooFewTimes
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.plans import Split

Times = NDArray[np.float64]


def times_of(
    table: Table, column: str, format: Value, span: Span | None, problems: list[Problem]
) -> Times | None:
    """What the rows are ordered by: a column of numbers or of dates; `(rows,)`, none missing.

    Args:
        table: with the column.
        column: its name.
        format: of the dates, where the column is a feature that says it; else None.
        span: where to blame.
        problems: R549 or R582 is appended.
    """
    cells = table.cells[column]
    all_there = not missing_in(cells).any()
    if all_there and are_many_numbers(cells):
        return numbers_of(cells)
    values = distinct(cells)
    if all_there and all(map(is_finite_number, values)):
        return numbers_of(cells)
    formats = (str(format),) if format is not None else dates.formats_of(values)
    if len(formats) > 1:
        problems.append(AmbiguousDate(span, column, values[0], formats))
        return None
    likely = formats[0] if formats else dates.likeliest(values)
    seconds = dates.seconds_of(cells, likely)
    wrong = np.flatnonzero(np.isnan(seconds) & ~missing_in(cells))
    if len(wrong):
        first = str(cells[wrong[0]])
        problems.append(NoOrder(span, column, first, len(wrong), table.places(wrong)))
        return None
    return seconds


def by_time(
    times: Times, sizes: Mapping[str, int], split: Split, problems: list[Problem]
) -> Mapping[str, Rows] | None:
    """Rows by part: every row of the training is older than every one of the validation, these than the test.

    Rows of one time stay in one part, so that a part may be a little smaller or larger than it was asked for.

    Args:
        times: of the rows.
        sizes: of the test and the validation, those that are asked for, the test first.
        split: that asks for it.
        problems: R587 is appended.
    """
    order = np.argsort(times, kind="stable")
    # Where one may cut: before each row whose time is later than that of the row before.
    borders = np.flatnonzero(np.diff(times[order]) > 0) + 1
    if len(borders) < len(sizes):
        parts = ("train", *(part for part in ("validation", "test") if part in sizes))
        problems.append(TooFewTimes(split.span, str(split.time), len(borders) + 1, parts))
        return None
    found: dict[str, Rows] = {}
    end = len(order)
    for position, (part, size) in enumerate(sizes.items()):
        left = len(sizes) - 1 - position  # borders that earlier parts still need
        free = borders[left:]
        free = free[free < end]
        cut = int(free[np.argmin(np.abs(free - (end - size)))])
        found[part] = np.sort(order[cut:end])
        end = cut
    found["train"] = np.sort(order[:end])
    return {part: found[part] for part in ("train", "validation", "test") if part in found}
