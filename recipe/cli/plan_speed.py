"""A speed on the command line, and the time that a run takes at it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from recipe.compiler.budgets import Budget

_PREFIXES: Mapping[str, float] = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_WRITTEN = re.compile(r"(\d+(?:[,_]\d{3})*(?:\.\d+)?(?:e\d+)?)\s*([kMGTP]?)\s*(FLOP/s|examples/s)")


class Unit(StrEnum):
    """What is counted in a second."""

    FLOPS = "FLOP/s"
    EXAMPLES = "examples/s"


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a run would be.

    Args:
        amount: operations a second of one device, or examples a second of all devices together.
        unit: which of the two.
        written: as the user wrote it.
    """

    amount: float
    unit: Unit
    written: str

    def time_of(self, budget: "Budget") -> Mapping[str, Any]:
        """Hours of training, and of all devices together.

        Args:
            budget: of the run.
        """
        if self.unit is Unit.FLOPS:
            hours = budget.run_flops / (self.amount * budget.devices) / 3600
        else:
            hours = budget.examples / self.amount / 3600
        return {"speed": self.written, "hours": hours, "device_hours": hours * budget.devices}


def parse_speed(_context: click.Context, _parameter: click.Parameter, given: str | None) -> Speed | None:
    """`100 TFLOP/s` (of one device) or `5,000 examples/s` (of the run); None where nothing was given.

    Raises:
        click.BadParameter: when a number above 0 or its unit is missing.
    """
    if given is None:
        return None
    found = _WRITTEN.fullmatch(given.strip())
    amount = float(found[1].replace(",", "").replace("_", "")) if found else 0.0
    if found is None or amount <= 0:
        raise click.BadParameter(
            f"a speed with its unit is expected, such as 100TFLOP/s or 5000examples/s. Received: {given}"
        )
    return Speed(amount * _PREFIXES[found[2]], Unit(found[3]), given.strip())
