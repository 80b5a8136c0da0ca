"""What data say of themselves beside their encoding: ranges, repeated rows, columns that say the target."""

from collections.abc import Iterator, Mapping, Sequence, Sized
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from recipe.data.cells import are_many_numbers, codes_of, distinct_names, each, numbered, numbers_of
from recipe.data.datasets import Array
from recipe.data.packing.mapped import Mapped, row_sums
from recipe.data.tables import Cells, Table, missing_in
from recipe.data.windows import Windows, each_once
from recipe.program.facts import Column, Statistic, Target

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
Hashes = NDArray[np.uint64]

_MOST_EXAMPLES = 1_000_000  # that are asked how far a column says the target; of more, every so many
_BLOCK = 1 << 16  # rows that are compared at a time
_FEW_VALUES = 0.1  # of the rows; a column with more values says a target by naming the rows


_MEASURED = frozenset(("number", "category", "flag"))
_RANGED = frozenset(("number", "image"))


def measured(columns: Sequence[Column], train: Table, target: Target) -> tuple[Column, ...]:
    """Columns with what is measured of them beside their encoding.

    Args:
        columns: facts of the features.
        train: the training split.
        target: the first.
    """
    return tuple(
        replace(
            column, statistics=MappingProxyType({**_measures(column, train, target), **column.statistics})
        )
        for column in columns
    )


def _measures(column: Column, train: Table, target: Target) -> dict[str, Statistic]:
    if column.name in train.arrays:
        return _array_range(train.arrays[column.name].values) if column.kind in _RANGED else {}
    if column.kind not in _MEASURED:
        return {}
    cells = train.cells[column.name]
    if target.name not in train.cells or not target.has_one_answer:
        return spread_of(column.kind, cells)
    some = slice(None, None, -(-len(train) // _MOST_EXAMPLES))
    share = says_target(column.kind, cells[some], target, train.cells[target.name][some])
    return {**spread_of(column.kind, cells), "says_target": share}


def _array_range(values: Array) -> dict[str, Statistic]:
    if not isinstance(values, Mapped) or not len(values):
        return range_of(each_once(values))
    return {"minimum": float(np.min(values.lows)), "maximum": float(np.max(values.highs))}


def range_of(values: NDArray[np.generic]) -> dict[str, Statistic]:
    """Smallest and largest stored value of an array."""
    if not values.size:
        return {}
    return {"minimum": float(np.min(values)), "maximum": float(np.max(values))}


def spread_of(kind: str, cells: Cells) -> dict[str, Statistic]:
    """How many values a column has; of numbers also the smallest, the largest, and whether all are whole."""
    present = cells[~missing_in(cells)]
    if kind != "number":
        return {"distinct": len(distinct_names(present))}
    numbers = numbers_of(present)
    whole = int(np.all(numbers == np.floor(numbers)))
    return {"distinct": len(np.unique(numbers)), "whole": whole, **range_of(numbers)}


def repeated(parts: Mapping[str, Table], columns: Sequence[str]) -> dict[str, int]:
    """How many rows of the training split are there a second time, and how many of the others are in it.

    Args:
        parts: tables by split, `train` first.
        columns: that are compared, features and targets; none of windows, which overlap by their nature.
    """
    if any(isinstance(stored.values, Windows) for stored in parts["train"].arrays.values()):
        return {}
    rows = {part: _row_hashes(table, columns) for part, table in parts.items()}
    known = np.sort(rows["train"])
    again = {part: _num_in(known, found) for part, found in rows.items()}
    return {**again, "train": int(np.count_nonzero(known[1:] == known[:-1]))}


def _num_in(known: Hashes, found: Hashes) -> int:
    """How many are among those that are known, which are sorted and at least one."""
    count = 0
    for block in _blocks(found):
        places = np.minimum(np.searchsorted(known, found[block]), len(known) - 1)
        count += int(np.count_nonzero(known[places] == found[block]))
    return count


def _blocks(values: Sized) -> Iterator[slice]:
    return (slice(start, start + _BLOCK) for start in range(0, len(values), _BLOCK))


def _row_hashes(table: Table, columns: Sequence[str]) -> Hashes:
    """A number of 64 bits for each row, equal for equal rows."""
    hashes = np.zeros(len(table), np.uint64)
    arrays = {name: _sums(stored.values) for name, stored in table.arrays.items() if name in columns}
    for block in _blocks(hashes):
        for name in dict.fromkeys(columns):
            own = arrays[name][block] if name in arrays else _hashes(table.cells[name][block])
            hashes[block] = _mixed(hashes[block]) ^ own
        hashes[block] = _mixed(hashes[block])
    return hashes


def _mixed(hashes: Hashes) -> Hashes:
    """Every bit hangs on every other; no two numbers become one (SplitMix64, Steele et al. 2014)."""
    hashes = hashes + np.uint64(0x9E3779B97F4A7C15)
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))


def _hashes(cells: Cells) -> Hashes:
    return each(cells, hash, np.int64).view(np.uint64)


def _sums(values: Array) -> Hashes:
    """A checksum of each row; of what was packed it is known."""
    return values.sums if isinstance(values, Mapped) else row_sums(np.asarray(values))


def says_target(kind: str, cells: Cells, target: Target, answers: Cells) -> float:
    """The share of a target that one column says alone, from 0 to 1.

    Of a number by a number it is r², of classes by a few values the examples whose class is the most
    frequent one of their value, and of classes by numbers the neighbours in order that are of one class.

    Args:
        kind: of the column.
        cells: of the column.
        target: with its classes.
        answers: cells of the target, none of them missing.
    """
    present = ~missing_in(cells)
    if np.count_nonzero(present) < 2:
        return 0.0
    if target.kind == "number":
        are_numbers = kind == "number"
        answered = numbers_of(answers[present])
        return _squared_correlation(numbers_of(cells[present]), answered) if are_numbers else 0.0
    classes = codes_of(answers[present], distinct_names(answers))
    cells = cells[present]
    if not _has_more_numbers(cells, _FEW_VALUES * len(cells)):
        count, codes = numbered(cells)
        if count <= _FEW_VALUES * len(cells):
            return _most_frequent(codes, classes)
    return _same_class_neighbours(numbers_of(cells), classes) if kind == "number" else 0.0


def _has_more_numbers(cells: Cells, most: float) -> bool:
    """Whether it is known from their numbers that cells have more names: a number has one at least."""
    return are_many_numbers(cells) and len(np.unique(numbers_of(cells))) > most


def _squared_correlation(values: Numbers, answers: Numbers) -> float:
    if np.ptp(values) == 0 or np.ptp(answers) == 0:
        return 0.0
    return float(np.corrcoef(values, answers)[0, 1] ** 2)


def _most_frequent(values: Codes, classes: Codes) -> float:
    """The share of examples whose class is the most frequent one of their value."""
    counts = np.zeros((int(values.max()) + 1, int(classes.max()) + 1))
    np.add.at(counts, (values, classes), 1)
    return float(counts.max(axis=1).sum() / len(values))


def _same_class_neighbours(numbers: Numbers, classes: Codes) -> float:
    """The share of neighbours of one class, a border for each class allowed; equal numbers in any order."""
    by_chance = np.random.default_rng(0).permutation(len(numbers))
    in_order = classes[np.lexsort((by_chance, numbers))]
    borders = int(np.count_nonzero(np.diff(in_order)))
    return 1.0 - max(0, borders - int(classes.max())) / len(classes)
