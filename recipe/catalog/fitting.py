"""Whether a node has the form of a constraint, and the words when its value is refused."""

from collections.abc import Sequence

from recipe.catalog import lookup
from recipe.catalog.calls import Value
from recipe.catalog.constraints import (
    Constraint,
    Fields,
    Layers,
    LeafConstraint,
    ListOf,
    MappingOf,
    ObjectOf,
    OneOf,
    Reserved,
)
from recipe.catalog.leaves import (
    NULL,
    DurationIn,
    Flag,
    Fraction,
    Integer,
    Number,
    Rejected,
    Words,
    is_number,
)
from recipe.catalog.places import Place
from recipe.catalog.spelling import spelled
from recipe.diagnostics.names import ReservedWord
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.suggestions import meant
from recipe.diagnostics.values import DurationWithoutUnit, QuotedNumber, WrongValue
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
            return (isinstance(node, MappingNode) and _is_meant(node, holds)) or (
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
        case Reserved():
            return True
        case _:
            return isinstance(node, ScalarNode) and holds.resembles(node.value)


def _is_meant(node: MappingNode, holds: Fields) -> bool:
    """Whether a mapping is one of keys, and no object."""
    if is_lone_object(node):
        return False
    return not holds.named or any(meant(pair.key, holds.row.known) for pair in node.pairs)


def fits_null(holds: Constraint) -> bool:
    """Whether a constraint is just `null`."""
    return holds == NULL


def _could_be_object(node: Node, holds: ObjectOf) -> bool:
    if isinstance(node, ScalarNode):
        return isinstance(node.value, str)
    if not isinstance(node, MappingNode) or not node.pairs:
        return False
    name = node.pairs[0].key
    return is_camel_case(name) or any(lookup.find(family, name) for family in holds.families)


OFF_WORD = "off"
_MOST_NAMES = 4  # of a list that is suggested as a mapping


def refusal(node: Node, value: Value, holds: Constraint, place: Place, otherwise: str = "") -> Problem:
    """The problem that says why a value is not admitted.

    Args:
        node: what was written.
        value: that it spells.
        holds: the constraint of its place.
        place: where that is.
        otherwise: a spelling that was meant where none is nearer.
    """
    path = place.path
    span, options = node.span, [option for option in _options(holds) if not fits_null(option)]
    if later := _later(span, value, options, path):
        return later
    inner = options[0] if options else holds
    if isinstance(inner, DurationIn) and inner.bare is None and is_number(value):
        return DurationWithoutUnit(span, path, spelled(value), inner.slip(value))
    slip = next((slip for option in options if (slip := _slip(node, value, option))), otherwise)
    is_quoted = isinstance(node, ScalarNode) and node.quoted  # a variable has its quotes in another place
    if is_quoted and isinstance(inner, Number | Integer | Fraction) and slip == str(value).strip():
        return QuotedNumber(span, path, holds.describe(), slip)
    known = inner.spelled if isinstance(inner, Words) and inner.what and not slip else ()
    received = "nothing" if is_nothing(node) else spelled(value)
    expected = holds.describe()
    return WrongValue(span, path, expected, received, slip, known=known, is_item=place.is_item)


def _slip(node: Node, value: Value, holds: Constraint) -> str:
    """The spelling that was probably meant, or nothing."""
    if isinstance(holds, LeafConstraint):
        return holds.slip(value)
    if isinstance(holds, ListOf) and isinstance(value, str) and value.startswith("("):  # Python's tuple
        return f"[{value[1:-1]}]" if value.endswith(")") else f"[{value[1:]}, ...]"
    if isinstance(holds, ListOf):
        (item,) = node.items if isinstance(node, ListNode) and len(node.items) == 1 else (node,)
        if not isinstance(item, ScalarNode) or not fits(item, holds.item):
            return ""
        return f"[{', '.join([item.text] * (holds.length or 1))}]"
    if isinstance(holds, MappingOf) and isinstance(node, ListNode):
        names = [item.text for item in node.items if isinstance(item, ScalarNode)]
        return f"{{{', '.join(f'{name}: ...' for name in names)}}}" if 0 < len(names) <= _MOST_NAMES else ""
    if isinstance(holds, ObjectOf) and isinstance(node, ListNode) and len(node.items) == 1:
        (item,) = node.items
        return item.text if isinstance(item, ScalarNode) and fits(item, holds) else ""
    return ""


def _later(span: Span, value: Value, options: Sequence[Constraint], path: str) -> Problem | None:
    """The problem with a word that is kept for a later version of the language."""
    words = [option for option in options if isinstance(option, Words)]
    if any(value in option.reserved for option in words):
        return ReservedWord(span, path, str(value))
    return None


def _options(holds: Constraint) -> tuple[Constraint, ...]:
    return holds.options if isinstance(holds, OneOf) else (holds,)


def is_nothing(node: Node) -> bool:
    """Whether nothing stands after a colon."""
    return isinstance(node, ScalarNode) and node.value is None and not node.text


def is_removed(node: Node, holds: Constraint) -> bool:
    """Whether a value is `off` at a place where that word has no other meaning."""
    if not isinstance(node, ScalarNode) or node.value != OFF_WORD or node.quoted:
        return False
    return not any(accepts(node, option) or isinstance(option, Flag) for option in _options(holds))


def is_lone_object(node: MappingNode) -> bool:
    """Whether a mapping is one object: its one key is CamelCase."""
    return len(node.pairs) == 1 and is_camel_case(node.pairs[0].key)
