"""Whether a node has the form of a constraint, and the words when its value is refused."""

from recipe.catalog import lookup, overlay
from recipe.catalog.calls import Value
from recipe.catalog.constraints import (
    Constraint,
    DurationIn,
    Fields,
    Layers,
    LeafConstraint,
    ListOf,
    MappingOf,
    NotBuilt,
    Number,
    ObjectOf,
    OneOf,
    Rejected,
    is_number,
    spelled,
)
from recipe.diagnostics import values as problems_of
from recipe.diagnostics.problems import Problem
from recipe.language.nodes import ListNode, MappingNode, Node, ScalarNode
from recipe.language.objects import is_camel_case


def accepts(node: Node, holds: Constraint) -> bool:
    """Whether a single value is admitted by a constraint on single values."""
    if not isinstance(node, ScalarNode) or not isinstance(holds, LeafConstraint):
        return False
    return not isinstance(holds.accept(node.value), Rejected)


def fits(node: Node, holds: Constraint) -> bool:
    """Whether a node has the form of a constraint, right or wrong inside."""
    match holds:
        case OneOf():
            return any(fits(node, option) for option in holds.options)
        case Fields():
            return (isinstance(node, MappingNode) and not is_lone_object(node)) or (
                holds.shorthand
                and not isinstance(node, MappingNode)
                and fits(node, holds.row.parameters[0].holds)
            )
        case ObjectOf():
            return _could_be_object(node, holds)
        case ListOf():
            return isinstance(node, ListNode) or (holds.lone and fits(node, holds.item))
        case MappingOf():
            return isinstance(node, MappingNode)
        case Layers():
            return isinstance(node, ListNode | MappingNode)
        case NotBuilt():
            return True
        case _:
            return isinstance(node, ScalarNode) and holds.resembles(node.value)


def fits_null(holds: Constraint) -> bool:
    """Whether a constraint is just `null`."""
    return holds == overlay.NULL


def _could_be_object(node: Node, holds: ObjectOf) -> bool:
    if isinstance(node, ScalarNode):
        return isinstance(node.value, str)
    if not isinstance(node, MappingNode) or not node.pairs:
        return False
    name = node.pairs[0].key
    return is_camel_case(name) or any(lookup.find(family, name) for family in holds.families)


def refusal(node: Node, value: Value, holds: Constraint, path: str) -> Problem:
    """The problem that says why a value is not admitted."""
    span = node.span
    inner = next((option for option in _options(holds) if not fits_null(option)), holds)
    if (
        isinstance(node, ScalarNode)
        and isinstance(node.value, str)
        and isinstance(inner, Number)
        and inner.slip(value)
    ):
        return problems_of.QuotedNumber(span, path, holds.describe(), inner.slip(value))
    if isinstance(inner, DurationIn) and inner.bare is None and is_number(value):
        return problems_of.DurationWithoutUnit(span, path, spelled(value), inner.slip(value))
    slips = (option.slip(value) for option in _options(holds) if hasattr(option, "slip"))
    slip = next((slip for slip in slips if slip), "")
    return problems_of.WrongValue(span, path, holds.describe(), spelled(value), slip)


def _options(holds: Constraint) -> tuple[Constraint, ...]:
    return holds.options if isinstance(holds, OneOf) else (holds,)


def is_nothing(node: Node) -> bool:
    """Whether nothing stands after a colon."""
    return isinstance(node, ScalarNode) and node.value is None and not node.text


def is_lone_object(node: MappingNode) -> bool:
    """Whether a mapping is one object: its one key is CamelCase."""
    return len(node.pairs) == 1 and is_camel_case(node.pairs[0].key)
