"""Rows of a series for a network that forecasts it: what comes behind them, or to be measured on."""

import numpy as np

from recipe.data.datasets import Arrays
from recipe.data.sequences import starts_within
from recipe.data.sources.series import Numbers, numbers_in, standardized, windows_of
from recipe.data.tables import Table
from recipe.diagnostics.data import UnknownColumn
from recipe.diagnostics.data_sequences import TooShort
from recipe.diagnostics.problems import Problem
from recipe.program.facts import Column, Facts, Scaling


def forecasts(facts: Facts) -> bool:
    """Whether a network was trained on a series."""
    return facts.columns[0].scaling is not None


def last_window(table: Table, facts: Facts, problems: list[Problem]) -> Arrays | None:
    """The newest rows of a series as the one example behind which the forecast lies; None after a Problem.

    Args:
        table: with the columns of the training, oldest row first.
        facts: of the data that was trained on.
        problems: R520, R526, R572 or R575 is appended.
    """
    ((name, fact),), column = facts.inputs.items(), facts.columns[0]
    values = _numbers(table, column, problems)
    if values is None or not _is_long_enough(table, fact.shape[0], problems):
        return None
    window = standardized(values[-fact.shape[0] :], _scaling(column))
    return Arrays({name: window[np.newaxis]}, {}, np.zeros(1, dtype=np.int64))


def all_windows(table: Table, facts: Facts, problems: list[Problem]) -> Arrays | None:
    """Every window of a series with the horizon behind it; see `last_window`."""
    ((name, fact),), column, target = facts.inputs.items(), facts.columns[0], facts.targets[0]
    values = _numbers(table, column, problems)
    window, horizon = fact.shape[0], target.shape[0]
    if values is None or not _is_long_enough(table, window + horizon, problems):
        return None
    starts = starts_within(range(len(values)), window, horizon, 1)
    scaling = _scaling(column)
    said = target.scaling or scaling
    arrays = windows_of(values, starts, window, horizon, (scaling, said))
    inputs, answers = (stored.values for stored in arrays.values())
    return Arrays({name: inputs}, {target.name: answers}, np.arange(len(starts), dtype=np.int64))


def _scaling(column: Column) -> Scaling:
    if column.scaling is None:
        raise ValueError("a column of a series is expected")
    return column.scaling


def _numbers(table: Table, column: Column, problems: list[Problem]) -> Numbers | None:
    names = _scaling(column).names
    unknown = [name for name in names if name not in table.cells]
    role = "a column of the series"
    problems += [UnknownColumn(None, table.name, name, role, table.columns) for name in unknown]
    return None if unknown else numbers_in(table, names, None, problems)


def _is_long_enough(table: Table, needed: int, problems: list[Problem]) -> bool:
    if len(table) < needed:
        problems.append(TooShort(None, table.name, "whole", len(table), needed, "steps"))
    return len(table) >= needed
