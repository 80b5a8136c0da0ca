"""One mapping from several layers: templates below, the file above them, overrides on top.

How two values merge is said by the constraint of their place: sections and mappings merge key by key; at an
object the same name merges arguments and another name replaces; everything else replaces. What is replaced is
remembered in `overrode`.
"""

from collections.abc import Sequence
from dataclasses import replace

from recipe.catalog import lookup
from recipe.catalog.constraints import Anything, Constraint, Fields, MappingOf, ObjectOf, OneOf
from recipe.catalog.rows import Parameter
from recipe.catalog.sections import SPEC
from recipe.language.nodes import Document, MappingNode, Node, Pair, ScalarNode
from recipe.language.objects import is_camel_case

TOP = Fields(SPEC)
_VARS = MappingOf(Anything(), "variable")


def merge_documents(documents: Sequence[Document]) -> MappingNode:
    """The merged top mapping.

    Args:
        documents: at least one, lowest layer first.
    """
    merged: Node = documents[0].root
    for document in documents[1:]:
        merged = merge(merged, document.root, TOP)
    if not isinstance(merged, MappingNode):
        raise TypeError("a document's root is always a mapping")
    return merged


def merge(base: Node, top: Node, holds: Constraint) -> Node:
    """`top` over `base` at a place with a constraint."""
    if not isinstance(top, MappingNode):
        return _over(base, top)
    options = holds.options if isinstance(holds, OneOf) else (holds,)
    if isinstance(base, MappingNode):
        for option in options:
            if isinstance(option, Fields) and not _is_object(base) and not _is_object(top):
                return _by_key(base, top, option)
            if isinstance(option, MappingOf):
                return _by_key(base, top, option)
    objects = next((option for option in options if isinstance(option, ObjectOf)), None)
    return _over(base, top) if objects is None else _merge_objects(base, top, objects)


def _by_key(base: MappingNode, top: MappingNode, holds: Fields | MappingOf) -> MappingNode:
    merged = {pair.key: pair for pair in base.pairs}
    for pair in top.pairs:
        below = merged.get(pair.key)
        if below is None:
            merged[pair.key] = pair
        else:
            value = merge(below.value, pair.value, _holds_below(holds, pair.key))
            merged[pair.key] = Pair(pair.key, pair.key_span, value)
    return MappingNode(tuple(merged.values()), top.span, (base.span, *base.overrode))


def _holds_below(holds: Fields | MappingOf, key: str) -> Constraint:
    if isinstance(holds, MappingOf):
        return holds.item
    if holds is TOP and key == "vars":
        return _VARS
    parameter: Parameter | None = holds.row.parameter(key)
    return Anything() if parameter is None else parameter.holds


def _merge_objects(base: Node, top: MappingNode, holds: ObjectOf) -> Node:
    """Two objects: arguments merge when the names agree, or when the upper one leaves its name out."""
    lower = _named(base, holds)
    if lower is None:
        return _over(base, top)
    upper = _named(top, holds)
    if upper is not None and upper.key != lower.key:
        return _over(base, top)
    above = upper.value if upper is not None else top
    name = upper or lower
    arguments = _arguments(lower.value, above)
    siblings = tuple(pair for pair in _pairs(base) if pair.key != lower.key)
    return MappingNode((Pair(name.key, name.key_span, arguments), *siblings), name.key_span, (base.span,))


def _arguments(base: Node, top: Node) -> Node:
    if isinstance(base, MappingNode) and isinstance(top, MappingNode):
        return _by_key(base, top, _VARS)
    return _over(base, top)


def _named(node: Node, holds: ObjectOf) -> Pair | None:
    """The pair of an object's name, or None when the node names no object of these families."""
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        return Pair(node.value, node.span, MappingNode((), node.span))
    for pair in _pairs(node):
        if is_camel_case(pair.key) or any(lookup.find(family, pair.key) for family in holds.families):
            empty = isinstance(pair.value, ScalarNode) and pair.value.value is None
            return replace(pair, value=MappingNode((), pair.key_span)) if empty else pair
    return None


def _pairs(node: Node) -> tuple[Pair, ...]:
    return node.pairs if isinstance(node, MappingNode) else ()


def _is_object(node: MappingNode) -> bool:
    return any(is_camel_case(pair.key) for pair in node.pairs)


def _over(base: Node, top: Node) -> Node:
    return replace(top, overrode=(base.span, *base.overrode, *top.overrode))
