"""What a text cell says: a number, a flag, a name; and the natural order of names."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from recipe.data.packing.columns import MappedCells
from recipe.data.tables import Cells, Texts

FLAG_WORDS = (("0", "1"), ("no", "yes"), ("false", "true"), ("n", "y"), ("f", "t"), ("off", "on"))
"""Pairs of words that are a flag without being declared one; upper and lower case are one."""

_WHOLE = re.compile(r"([+-]?\d+)\.0*", re.ASCII)


def as_number(text: str) -> float | None:
    """The number that a cell spells, or None; `inf` and `nan` are returned as they are.

    >>> as_number("1e-3"), as_number("1_000"), as_number("1,5")
    (0.001, None, None)
    """
    if "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def is_finite_number(text: str) -> bool:
    """Whether a cell spells a finite number."""
    number = as_number(text)
    return number is not None and math.isfinite(number)


def each(cells: Cells, value_of: Callable[[str], Any], dtype: DTypeLike) -> NDArray[Any]:
    """What a function says of every cell, `(rows,)`; it is asked once for a text that comes again.

    Args:
        cells: of one column.
        value_of: asked of those texts only that are there.
        dtype: of what it says.
    """
    if isinstance(cells, MappedCells):
        return cells.each(value_of, dtype)
    texts = cells.tolist()
    values = {text: value_of(text) for text in dict.fromkeys(texts)}
    return np.fromiter((values[text] for text in texts), dtype=dtype, count=len(texts))


def blocks_of(cells: Cells) -> Iterator[Texts]:
    """All cells, as many at once as memory should hold."""
    return cells.blocks() if isinstance(cells, MappedCells) else iter((cells,))


def are_many_numbers(cells: Cells) -> bool:
    """Whether it is known without looking that a column has many values, each a finite number."""
    return isinstance(cells, MappedCells) and cells.column.numbers is not None


def numbers_of(cells: Cells) -> NDArray[np.float64]:
    """The numbers of a column whose present cells are all numbers, `(rows,)`; NaN where a cell is missing."""
    numbers = cells.numbers if isinstance(cells, MappedCells) else None
    if numbers is not None:
        return numbers
    return each(cells, lambda text: float(text) if text else math.nan, np.float64)


def not_numbers(cells: Cells) -> NDArray[np.int64]:
    """The rows whose cells are there and no finite numbers, ascending."""
    if are_many_numbers(cells):
        return np.empty(0, np.int64)
    return np.flatnonzero(each(cells, lambda text: bool(text) and not is_finite_number(text), np.bool_))


def distinct(cells: Cells) -> tuple[str, ...]:
    """The values that occur, in the order in which they first do, without the missing cell."""
    texts = cells.distinct() if isinstance(cells, MappedCells) else dict.fromkeys(cells.tolist())
    return tuple(text for text in texts if text)


def distinct_names(cells: Cells) -> tuple[str, ...]:
    """The names that occur, in the order in which they first do, without that of the missing cell."""
    return tuple(dict.fromkeys(map(name_of, distinct(cells))))


def counts_of(cells: Cells) -> Counter[str]:
    """How often each name occurs, in the order in which they first do, with that of the missing cell."""
    counts: Counter[str] = Counter()
    for block in blocks_of(cells):
        counts.update(names_of(block).tolist())
    return counts


def numbered(cells: Cells) -> tuple[int, NDArray[np.int64]]:
    """How many names occur, and a number for each cell, `(rows,)`: the same for the same name.

    Names are told apart by their hashes of 64 bits, so that no name need be kept.
    """
    hashes = each(cells, lambda text: hash(name_of(text)), np.int64)
    found, numbers = np.unique(hashes, return_inverse=True)
    return len(found), numbers


def name_of(text: str) -> str:
    """The name that a cell stands for: whole numbers are one name however they are written.

    >>> name_of("3.0"), name_of("3"), name_of("03"), name_of("3.5")
    ('3', '3', '03', '3.5')
    """
    match = _WHOLE.fullmatch(text)
    return match[1] if match else text


def names_of(cells: Cells) -> Texts:
    """The names that the cells of a column stand for, in memory."""
    return each(cells, name_of, np.object_)


def texts_of(cells: Cells) -> Texts:
    """The cells of a column in memory; equal ones are one."""
    if not isinstance(cells, MappedCells):
        return cells
    known: dict[str, str] = {}
    return each(cells, lambda text: known.setdefault(text, text), np.object_)


def in_natural_order(names: Iterable[str]) -> tuple[str, ...]:
    """Names with numbers first, by size, then text; each once.

    >>> in_natural_order(["10", "b", "2", "a"])
    ('2', '10', 'a', 'b')
    """
    return tuple(sorted(set(names), key=_natural))


def _natural(name: str) -> tuple[bool, float, str]:
    number = as_number(name)
    return (True, 0.0, name) if number is None or math.isnan(number) else (False, number, name)


def flag_pair(values: Iterable[str]) -> tuple[str, str] | None:
    """The pair of flag words that holds all values, (negative, positive), or None.

    >>> flag_pair(["Yes", "no"]), flag_pair(["1.0", "0"]), flag_pair(["male", "female"])
    (('no', 'yes'), ('0', '1'), None)
    """
    words = {name_of(value).lower() for value in values}
    return next((pair for pair in FLAG_WORDS if words and words <= set(pair)), None)


def flags_of(cells: Cells, pair: tuple[str, str]) -> NDArray[np.float64]:
    """0 or 1 for every cell, `(rows,)`; NaN where a cell is missing or neither of the two.

    Args:
        cells: of one column.
        pair: (negative, positive).
    """
    return each(cells, lambda text: _flag(text, pair), np.float64)


def _flag(text: str, pair: tuple[str, str]) -> float:
    for spelling in (name_of(text), name_of(text).lower()):
        if spelling in pair:
            return float(pair.index(spelling))
    return math.nan


def codes_of(cells: Cells, names: tuple[str, ...]) -> NDArray[np.int64]:
    """The index of every cell among names, `(rows,)`; -1 where it is none of them."""
    index = {name: position for position, name in enumerate(names)}
    return each(cells, lambda text: index.get(name_of(text), -1), np.int64)
