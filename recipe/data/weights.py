"""How much each example counts: a column of numbers of at least 0."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from recipe.data.cells import as_number, each, numbers_of
from recipe.data.tables import Table
from recipe.diagnostics.problems import Problem, errors
from recipe.diagnostics.spans import Span
from recipe.diagnostics.weights import NotAWeight, NothingCounts
from recipe.program.facts import WeightFact

Weights = NDArray[np.float32]


def settle(
    name: str, parts: Mapping[str, Table], span: Span | None, problems: list[Problem]
) -> Mapping[str, Weights]:
    """The weights of every part, `(rows,)` each; empty after a Problem.

    Args:
        name: of the column.
        parts: tables by split.
        span: where the column was written.
        problems: R360 or R361 is appended.
    """
    before = len(errors(problems))
    for part, table in parts.items():
        check(name, table, part, span, problems)
    return {} if len(errors(problems)) > before else {part: encode(name, parts[part]) for part in parts}


def check(name: str, table: Table, part: str, span: Span | None, problems: list[Problem]) -> None:
    """Tell cells that are no weight, and a part in which nothing counts."""
    wrong = np.flatnonzero(~each(table.cells[name], _is_weight, np.bool_))
    if len(wrong):
        value = str(table.cells[name][wrong[0]])
        problems.append(NotAWeight(span, name, value, len(wrong), table.places(wrong)))
    elif not encode(name, table).any():
        problems.append(NothingCounts(span, name, part, len(table)))


def encode(name: str, table: Table) -> Weights:
    """The weight of every row, `(rows,)`."""
    return numbers_of(table.cells[name]).astype(np.float32)


def fact_of(name: str, weights: Weights) -> WeightFact:
    """What a Program learns of the weights of the training split."""
    return WeightFact(name, float(weights.min()), float(weights.mean(dtype=np.float64)), float(weights.max()))


def _is_weight(text: str) -> bool:
    number = as_number(text)
    return number is not None and 0 <= number <= float(np.finfo(np.float32).max)
