"""Where a row of data stands."""

from dataclasses import dataclass

FILE = "file"
"""Unit of a row that is a whole file."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One row of one file.

    Args:
        file: its name as the user knows it.
        number: the line of a text (from 1, as in editors), or the row of an array (from 0, as in NumPy).
        unit: `line`, `row`, or `file` where the row is the file itself.
    """

    file: str
    number: int
    unit: str = "line"


def listed(places: tuple[Place, ...], count: int) -> str:
    """The first places in words, and how many more there are.

    >>> listed((Place("a.csv", 4), Place("a.csv", 9)), 11)
    'a.csv lines 4, 9 and 9 more'
    """
    by_file: dict[tuple[str, str], list[str]] = {}
    for place in places:
        by_file.setdefault((place.file, place.unit), []).append(str(place.number))
    words = [
        file if unit == FILE else f"{file} {unit}{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"
        for (file, unit), numbers in by_file.items()
    ]
    more = count - len(places)
    return "; ".join(words) + (f" and {more} more" if more > 0 else "")
