"""What the columns of a source mean: roles, kinds, and the plan that they follow."""

from collections.abc import Mapping
from dataclasses import dataclass

from recipe.data.roles import Roles
from recipe.diagnostics.spans import Span
from recipe.program.plans import DataPlan


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of one column of cells.

    Args:
        name: `number`, `category` or `flag`.
        missing: policy for its missing cells.
        span: where it was written.
        reason: why it was chosen; empty when it was written.
        pair: of a flag, the negative and the positive value.
    """

    name: str
    missing: str
    span: Span | None
    reason: str = ""
    pair: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the columns mean.

    Args:
        plan: of the data.
        roles: of the columns.
        kinds: of every target and feature that consists of cells.
    """

    plan: DataPlan
    roles: Roles
    kinds: Mapping[str, Kind]
