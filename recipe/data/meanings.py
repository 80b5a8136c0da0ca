"""What the columns of a source mean: roles, kinds, and the plan that they follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from recipe.catalog.calls import Value
from recipe.data.roles import Roles
from recipe.diagnostics.spans import Span
from recipe.program.plans import DataPlan


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of one column of cells.

    Args:
        name: `number`, `category`, `flag` or `date`.
        missing: policy for its missing cells.
        span: where it was written.
        reason: why it was chosen; empty when it was written.
        pair: of a flag, the negative and the positive value.
        options: the arguments of its row, such as the `scale` of a number or the settled `format` of a date.
    """

    name: str
    missing: str
    span: Span | None
    reason: str = ""
    pair: tuple[str, str] = ("", "")
    options: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


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
