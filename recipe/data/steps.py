"""Cells that hold a sequence: its steps are names, which become ids, or numbers.

Of names, id 0 fills a sequence up to its length, id 1 is a name that the vocabulary lacks, and the others are
names, the most frequent first, as of the words of a text. Of numbers, 0 on their scale fills up.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from recipe.data.cells import blocks_of, each, is_finite_number, name_of
from recipe.data.tables import Cells, Rows
from recipe.data.words import FIRST_WORD, UNKNOWN, most_frequent
from recipe.program.facts import FILLING, IDS

SEQUENCE = "sequence"
"""The kind of such a column."""


def steps_in(cell: str, separator: str) -> list[str]:
    """The steps of a cell; where blanks part them, any number of blanks is one.

    >>> steps_in("3  17 4", " "), steps_in("a, b,,c", ","), steps_in("", ",")
    (['3', '17', '4'], ['a', 'b', '', 'c'], [])
    """
    if not separator.strip():
        return cell.split()
    return [step.strip() for step in cell.split(separator)] if cell else []


def _steps_of(cells: Cells, separator: str) -> Iterator[list[str]]:
    """The steps of every cell."""
    return (steps_in(cell, separator) for block in blocks_of(cells) for cell in block.tolist())


def counts_of_steps(cells: Cells, separator: str) -> Counter[str]:
    """How often each name is a step, in the order in which they first are."""
    return Counter(name_of(step) for steps in _steps_of(cells, separator) for step in steps if step)


def vocabulary_of(cells: Cells, separator: str, most: int) -> tuple[str, ...]:
    """The most frequent names.

    Args:
        cells: of the training split.
        separator: between two steps.
        most: ids, the filling and the unknown name among them.
    """
    return most_frequent(counts_of_steps(cells, separator), most)


def ids_of_steps(cells: Cells, separator: str, vocabulary: Sequence[str], length: int) -> NDArray[np.int32]:
    """The ids of sequences, cut or filled to a length, `(rows, length)`; an empty one is an unknown name."""
    known = {name: number for number, name in enumerate(vocabulary, start=FIRST_WORD)}
    ids = np.zeros((len(cells), length), dtype=IDS)
    ids[:, 0] = UNKNOWN
    for row, steps in zip(ids, _steps_of(cells, separator), strict=True):
        found = [known.get(name_of(step), UNKNOWN) for step in steps[:length]]
        row[: len(found)] = found
    return ids


def classes_of_steps(cells: Cells, separator: str, classes: Sequence[str], length: int) -> NDArray[np.int32]:
    """The class of each step, `(rows, length)`, `FILLING` behind the last; all of them must be known."""
    position = {name: index for index, name in enumerate(classes)}
    found = np.full((len(cells), length), FILLING, dtype=IDS)
    for row, steps in zip(found, _steps_of(cells, separator), strict=True):
        row[: len(steps)] = [position[name_of(step)] for step in steps[:length]]
    return found


def unknown_classes(cells: Cells, separator: str, classes: Sequence[str]) -> Mapping[str, Rows]:
    """The rows of every name that is not known, ascending."""
    known, rows = frozenset(classes), dict[str, list[int]]()
    for row, steps in enumerate(_steps_of(cells, separator)):
        for name in dict.fromkeys(map(name_of, steps)):
            if name not in known:
                rows.setdefault(name, []).append(row)
    return {name: np.asarray(places, dtype=np.int64) for name, places in rows.items()}


def num_steps(cells: Cells, separator: str) -> Rows:
    """How many steps each cell has, `(rows,)`."""
    return each(cells, lambda cell: len(steps_in(cell, separator)), np.int64)


def numbers_of_steps(cells: Cells, separator: str, length: int) -> NDArray[np.float64]:
    """The numbers of sequences, cut to a length, `(rows, length)`; NaN behind the last.

    Args:
        cells: whose steps are all numbers, see `rows_without_numbers`.
        separator: between two steps.
        length: of all.
    """
    numbers = np.full((len(cells), length), math.nan)
    for row, steps in zip(numbers, _steps_of(cells, separator), strict=True):
        found = [float(step) for step in steps[:length]]
        row[: len(found)] = found
    return numbers


def rows_without_numbers(cells: Cells, separator: str) -> Rows:
    """The rows of cells of which a step is no finite number, ascending."""
    return np.flatnonzero(
        each(cells, lambda cell: not all(map(is_finite_number, steps_in(cell, separator))), np.bool_)
    )


def unknown_steps(cells: Cells, separator: str, vocabulary: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The names that are not known, and how many cells hold some."""
    known, found, count = frozenset(vocabulary), dict[str, None](), 0
    for steps in _steps_of(cells, separator):
        others = [name for name in map(name_of, steps) if name not in known]
        found |= dict.fromkeys(others)
        count += bool(others)
    return tuple(found), count
