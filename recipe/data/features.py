"""Columns of cells to numbers: statistics from the training split, then one vector for each row."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from recipe.data.cells import codes_of, distinct, flags_of, in_natural_order, names_of, numbers_of
from recipe.data.meanings import Kind
from recipe.data.tables import Cells, missing_in
from recipe.diagnostics.data_cells import UnseenCategories
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.facts import Column, Statistic

Vector = NDArray[np.float32]
Numbers = NDArray[np.float64]

_FILLS: Mapping[str, Callable[[Numbers], np.floating]] = MappingProxyType(
    {"mean": np.mean, "median": np.median}
)
_MOST_VALUES = 5  # unseen values that a message names


@dataclass(frozen=True, slots=True)
class Encoder:
    """How the cells of one kind become numbers.

    Args:
        fit: statistics from the cells of the training split, given the kind with its policy for missing ones.
        width: how many numbers a cell becomes, from the statistics.
        encode: `(rows, width)` from the statistics and any cells.
    """

    fit: Callable[[Cells, Kind], dict[str, Statistic]]
    width: Callable[[Mapping[str, Statistic]], int]
    encode: Callable[[Mapping[str, Statistic], Cells], Vector]


def _fit_number(cells: Cells, kind: Kind) -> dict[str, Statistic]:
    """Mean and standard deviation (of the population; 1 when all are equal) of the cells that are there."""
    present = numbers_of(cells[~missing_in(cells)])
    std = float(np.std(present))
    return {"mean": float(np.mean(present)), "std": std or 1.0, **_fill(present, kind)}


def _fill(present: Numbers, kind: Kind) -> dict[str, Statistic]:
    return {"fill": float(_FILLS[kind.missing](present))} if kind.missing in _FILLS else {}


def _encode_number(statistics: Mapping[str, Statistic], cells: Cells) -> Vector:
    numbers = _filled(numbers_of(cells), statistics)
    encoded = (numbers - _number(statistics, "mean")) / _number(statistics, "std")
    return encoded.astype(np.float32)[:, np.newaxis]


def _fit_category(cells: Cells, kind: Kind) -> dict[str, Statistic]:
    """The names that occur; the empty name is that of missing cells when the policy makes them a category."""
    names = names_of(cells)
    categories = in_natural_order(distinct(names))
    if kind.missing != "category":
        return {"categories": categories}
    missing = ("",) if bool(missing_in(cells).any()) else ()
    return {"categories": (*missing, *categories), "fill": ""}


def _encode_category(statistics: Mapping[str, Statistic], cells: Cells) -> Vector:
    categories = categories_of(statistics)
    codes = codes_of(cells, categories)
    return np.asarray(codes[:, np.newaxis] == np.arange(len(categories)), dtype=np.float32)


def _fit_flag(cells: Cells, kind: Kind) -> dict[str, Statistic]:
    """The two values, the negative one first."""
    present = flags_of(cells[~missing_in(cells)], kind.pair)
    return {"categories": kind.pair, **_fill(present, kind)}


def _encode_flag(statistics: Mapping[str, Statistic], cells: Cells) -> Vector:
    negative, positive = categories_of(statistics)
    flags = _filled(flags_of(cells, (negative, positive)), statistics)
    return flags.astype(np.float32)[:, np.newaxis]


ENCODERS: Mapping[str, Encoder] = MappingProxyType(
    {
        "number": Encoder(_fit_number, lambda _: 1, _encode_number),
        "category": Encoder(_fit_category, lambda found: len(categories_of(found)), _encode_category),
        "flag": Encoder(_fit_flag, lambda _: 1, _encode_flag),
    }
)


def fit(name: str, kind: Kind, cells: Cells, dropped: int) -> Column:
    """The facts of one feature.

    Args:
        name: of the column.
        kind: of the column.
        cells: of the training split, one of them present at least.
        dropped: rows that were left out because of this column.
    """
    encoder = ENCODERS[kind.name]
    statistics = encoder.fit(cells, kind)
    statistics["missing"] = int(np.count_nonzero(missing_in(cells)))
    if dropped:
        statistics["dropped"] = dropped
    return Column(name, kind.name, encoder.width(statistics), MappingProxyType(statistics), kind.reason)


def encode(columns: Sequence[Column], cells: Mapping[str, Cells]) -> Vector:
    """The encoded vector of every row.

    Args:
        columns: facts of the features.
        cells: by name of the feature; missing ones only where the facts hold a `fill`.

    Returns:
        `(rows, sum of the widths)`.
    """
    blocks = [ENCODERS[column.kind].encode(column.statistics, cells[column.name]) for column in columns]
    return np.concatenate(blocks, axis=1, dtype=np.float32)


def warn_of_unseen(
    columns: Sequence[Column],
    cells: Mapping[str, Cells],
    part: str,
    span: Span | None,
    problems: list[Problem],
) -> None:
    """Count the cells of categories that the training split does not have; one warning a column (R536)."""
    for column in columns:
        if column.kind != "category":
            continue
        texts = cells[column.name]
        unseen = texts[codes_of(texts, categories_of(column.statistics)) < 0]
        if len(unseen):
            values = tuple(dict.fromkeys(unseen.tolist()))[:_MOST_VALUES]
            problems.append(UnseenCategories(span, column.name, part, values, len(unseen)))


def categories_of(statistics: Mapping[str, Statistic]) -> tuple[str, ...]:
    """The names in the statistics of a category or a flag; none of a number."""
    categories = statistics.get("categories")
    # Facts that were saved as JSON come back with lists.
    return tuple(categories) if isinstance(categories, tuple | list) else ()


def _number(statistics: Mapping[str, Statistic], name: str) -> float:
    value = statistics.get(name, math.nan)
    return float(value) if isinstance(value, float | int) else math.nan


def _filled(numbers: Numbers, statistics: Mapping[str, Statistic]) -> Numbers:
    return np.where(np.isnan(numbers), _number(statistics, "fill"), numbers)
