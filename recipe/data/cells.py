"""What a text cell says: a number, a flag, a name; and the natural order of names."""

import math
import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from recipe.data.tables import Cells

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


def numbers_of(cells: Cells) -> NDArray[np.float64]:
    """The numbers of a column whose present cells are all numbers, `(rows,)`; NaN where a cell is missing."""
    values = {text: float(text) for text in distinct(cells)}
    values[""] = math.nan
    return np.fromiter((values[text] for text in cells), dtype=np.float64, count=len(cells))


def distinct(cells: Cells) -> tuple[str, ...]:
    """The values that occur, in the order in which they first do, without the missing cell."""
    return tuple(text for text in dict.fromkeys(cells.tolist()) if text)


def name_of(text: str) -> str:
    """The name that a cell stands for: whole numbers are one name however they are written.

    >>> name_of("3.0"), name_of("3"), name_of("03"), name_of("3.5")
    ('3', '3', '03', '3.5')
    """
    match = _WHOLE.fullmatch(text)
    return match[1] if match else text


def names_of(cells: Cells) -> Cells:
    """The names that the cells of a column stand for."""
    names = {text: name_of(text) for text in dict.fromkeys(cells.tolist())}
    result = np.empty(len(cells), dtype=np.object_)
    result[:] = [names[text] for text in cells]
    return result


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
    values = {text: _flag(text, pair) for text in dict.fromkeys(cells.tolist())}
    return np.fromiter((values[text] for text in cells), dtype=np.float64, count=len(cells))


def _flag(text: str, pair: tuple[str, str]) -> float:
    for spelling in (name_of(text), name_of(text).lower()):
        if spelling in pair:
            return float(pair.index(spelling))
    return math.nan


def codes_of(cells: Cells, names: tuple[str, ...]) -> NDArray[np.int64]:
    """The index of every cell among names, `(rows,)`; -1 where it is none of them."""
    index = {name: position for position, name in enumerate(names)}
    codes = {text: index.get(name_of(text), -1) for text in dict.fromkeys(cells.tolist())}
    return np.fromiter((codes[text] for text in cells), dtype=np.int64, count=len(cells))
