"""Dates in text cells: which format they are in, and the parts that a network can use.

A part is a number: the year, standardized, or a point on a circle, sine and cosine, so that Sunday lies
beside Monday and December beside January. Offsets from UTC are read and not applied: an hour is the hour that
is written.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from recipe.data.cells import each
from recipe.data.tables import Cells

ISO = "ISO 8601"
"""Name of the format of 2013-01-31, 2013-01-31 17:05 and 2013-01-31T17:05:00Z."""

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
_DAYS = (
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%m.%d.%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%Y/%m/%d", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y"),
)
FORMATS = tuple(f"{day}{time}" for time in ("", " %H:%M", " %H:%M:%S", " %I:%M %p") for day in _DAYS)
"""Further formats that are known without being written."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a date.

    Args:
        read: a number of a date; of a cycle from 0 to below its length.
        cycle: length of the cycle; 0 of a number that does not come back.
    """

    read: Callable[[datetime], int]
    cycle: int = 0


PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "year": Part(lambda date: date.year),
        "month": Part(lambda date: date.month - 1, 12),
        "day": Part(lambda date: date.day - 1, 31),
        "day_of_week": Part(datetime.weekday, 7),
        "day_of_year": Part(lambda date: date.timetuple().tm_yday - 1, 366),
        "hour": Part(lambda date: date.hour, 24),
        "minute": Part(lambda date: date.minute, 60),
    }
)
USUAL = ("year", "month", "day_of_week", "hour")
"""The parts of `auto`, as far as they differ within the training split."""


def parsed(text: str, format: str) -> datetime | None:
    """The date of a cell; None when it is not of the format.

    >>> parsed("2013-01-31T17:05Z", ISO).hour, parsed("31/01/2013", "%d/%m/%Y").month, parsed("soon", ISO)
    (17, 1, None)
    """
    try:
        if format != ISO:
            return datetime.strptime(text, format)
        return datetime.fromisoformat(text) if _ISO.fullmatch(text) else None
    except ValueError:
        return None


def formats_of(values: Iterable[str]) -> tuple[str, ...]:
    """The formats in which all values are dates; several only where these would be other dates.

    >>> formats_of(["2013-01-31"]), formats_of(["31/01/2013"]), formats_of(["01/02/2013"])
    (('ISO 8601',), ('%d/%m/%Y',), ('%d/%m/%Y', '%m/%d/%Y'))
    """
    texts = tuple(values)
    found: dict[tuple[datetime | None, ...], str] = {}
    for format in (ISO, *FORMATS):
        if not texts or parsed(texts[0], format) is None:
            continue
        read = tuple(parsed(text, format) for text in texts)
        if None not in read:
            found.setdefault(read, format)
    return tuple(found.values())


def likeliest(values: Iterable[str]) -> str:
    """The format of most values, for a message about the others."""
    texts = tuple(values)
    return max((ISO, *FORMATS), key=lambda format: sum(parsed(text, format) is not None for text in texts))


def numbers_of(cells: Cells, format: str, part: str) -> NDArray[np.float64]:
    """One part of every cell, `(rows,)`; NaN where there is no date."""
    return _numbers(cells, format, PARTS[part].read)


def seconds_of(cells: Cells, format: str) -> NDArray[np.float64]:
    """Every cell as seconds since 1970, `(rows,)`, to order by; NaN where there is no date."""
    return _numbers(cells, format, _seconds)


def _seconds(date: datetime) -> float:
    offset = date.utcoffset() or timedelta()
    return (date.replace(tzinfo=None) - offset - datetime(1970, 1, 1)).total_seconds()


def _numbers(cells: Cells, format: str, read: Callable[[datetime], float]) -> NDArray[np.float64]:
    def number(text: str) -> float:
        date = parsed(text, format)
        return math.nan if date is None else float(read(date))

    return each(cells, number, np.float64)
