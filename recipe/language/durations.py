"""Stretches of training: `5 epochs`, `500 steps`, `10%`, `300B tokens`, `10M examples`, `90 minutes`."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Unit(StrEnum):
    """What a duration counts."""

    EPOCHS = "epochs"
    STEPS = "steps"
    PERCENT = "%"
    TOKENS = "tokens"
    EXAMPLES = "examples"
    MINUTES = "minutes"


_SINGULAR = {unit.value.removesuffix("s"): unit for unit in Unit} | {unit.value: unit for unit in Unit}
_MINUTES = {"second": 1 / Decimal(60), "minute": Decimal(1), "hour": Decimal(60), "day": Decimal(1440)}
_MULTIPLES = {"": Decimal(1), "K": Decimal(10**3), "M": Decimal(10**6), "B": Decimal(10**9)}
_PATTERN = re.compile(
    r"(?P<amount>\d{1,40}(?:\.\d{1,40})?(?:e[+-]?\d{1,3})?)(?P<multiple>[KMB]?)\s*(?P<unit>%|[a-z]+)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Duration:
    """An amount of a unit, not yet settled to steps.

    Args:
        amount: at least 0.
        unit: what is counted; `PERCENT` is of the settled run.
    """

    amount: float
    unit: Unit

    def __str__(self) -> str:
        """As a spec would spell it; `parse_duration` gives the same duration again."""
        amount = repr(float(self.amount)).removesuffix(".0")
        if self.unit is Unit.PERCENT:
            return f"{amount}%"
        return f"{amount} {self.unit.value if self.amount != 1 else self.unit.value.removesuffix('s')}"


class Share(float):
    """A fraction that was written in per cent; it counts as any number does."""


def parse_duration(text: str) -> Duration | None:
    """The duration that a text spells, or None when it spells none.

    >>> str(parse_duration("5 epochs")), str(parse_duration("10%")), str(parse_duration("2 hours"))
    ('5 epochs', '10%', '120 minutes')
    >>> parse_duration("5") is None
    True
    """
    match = _PATTERN.fullmatch(text.strip())
    if match is None:
        return None
    amount = Decimal(match["amount"]) * _MULTIPLES[match["multiple"]]  # 0.07B is not 70000000.00000001
    word = match["unit"]
    unit = _SINGULAR.get(word)
    if unit is None:
        unit = Unit.MINUTES
        minutes = _MINUTES.get(word.removesuffix("s"))
        if minutes is None:
            return None
        amount *= minutes
    return Duration(float(amount), unit) if math.isfinite(float(amount)) else None
