"""One mapping from several layers: templates below, the file above them, overrides on top.

How two values merge is said by the constraint of their place: sections and mappings merge key by key; at an
object the same name merges arguments and another name replaces; everything else replaces. What is replaced is
remembered in `overrode`.
"""

from collections.abc import Container, Sequence
from dataclasses import replace

from recipe.catalog import lookup
from recipe.catalog.constraints import Constraint, Fields, Layers, MappingOf, ObjectOf, OneOf
from recipe.catalog.edits import edited
from recipe.catalog.fitting import fits, is_lone_object, is_nothing
from recipe.catalog.leaves import Anything
from recipe.catalog.rows import Parameter, Row
from recipe.catalog.sections import ARCHITECTURE, SPEC
from recipe.language.nodes import Document, MappingNode, Node, Pair, ScalarNode
from recipe.language.objects import is_camel_case
from recipe.language.overrides import is_override

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
    if isinstance(holds, Layers) and isinstance(top, MappingNode) and (edit := _edit_of(top)):
        if top.get("layers"):  # nothing is inherited, which the resolver tells
            return _over(base, top)
        return _edited(base, top, edit)
    options = holds.options if isinstance(holds, OneOf) else (holds,)
    objects = next((option for option in options if isinstance(option, ObjectOf)), None)
    sections = (option for option in options if isinstance(option, Fields | MappingOf))
    for section in sections:
        if isinstance(top, MappingNode) and _has_keys_of(top, section, or_else=objects):
            below = _as_mapping(base, section)
            return _over(base, top) if below is None else _by_key(below, top, section)
    return _over(base, top) if objects is None else _merge_objects(base, top, objects)


def _edit_of(node: MappingNode) -> MappingNode | None:
    pair = node.get("edit")
    return pair.value if pair and isinstance(pair.value, MappingNode) else None


def _edited(base: Node, top: MappingNode, edit: MappingNode) -> Node:
    """An inherited architecture with changes; other keys beside `edit` merge as in any section."""
    others = tuple(pair for pair in top.pairs if pair.key != "edit")
    changed = edited(base, edit)
    return _by_key(changed, replace(top, pairs=others), Fields(ARCHITECTURE))


def _has_keys_of(node: MappingNode, section: Fields | MappingOf, or_else: ObjectOf | None) -> bool:
    """Whether a mapping has the keys of a section, and is no object."""
    if isinstance(section, MappingOf):
        return True
    if or_else is not None or section.named:
        return all(section.row.parameter(pair.key) for pair in node.pairs)
    return not any(is_camel_case(pair.key) for pair in node.pairs)


def _as_mapping(node: Node, section: Fields | MappingOf) -> MappingNode | None:
    """A lower node as keys that merge: a mapping, or a lone value that stands for the first key."""
    if isinstance(node, MappingNode):
        return node if _has_keys_of(node, section, None) else None
    if isinstance(section, Fields) and section.shorthand and fits(node, section):
        return _spread(node, section.row)
    return None


def _by_key(base: MappingNode, top: MappingNode, holds: Fields | MappingOf) -> MappingNode:
    merged = {pair.key: pair for pair in base.pairs}
    for pair in top.pairs:
        value = pair.value
        for key in _instead_of(holds, pair.key):
            if key in merged and top.get(key) is None:
                value = _over(merged.pop(key).value, value)
        key_span = pair.key_span
        if below := merged.get(pair.key):
            value = merge(below.value, value, _holds_below(holds, pair.key))
            passes = is_override(key_span.source) and not is_override(value.span.source)
            key_span = below.key_span if passes else key_span
        merged[pair.key] = Pair(pair.key, key_span, value)
    if _passes(top):
        return MappingNode(tuple(merged.values()), base.span, base.overrode)
    return MappingNode(tuple(merged.values()), top.span, (base.span, *base.overrode))


def _passes(top: Node) -> bool:
    """Whether an override only passes through a mapping, which then stands where it was written."""
    return isinstance(top, MappingNode) and is_override(top.span.source)


def _instead_of(holds: Fields | MappingOf, key: str) -> tuple[str, ...]:
    """The keys that say the same as one, otherwise."""
    parameter = holds.row.parameter(key) if isinstance(holds, Fields) else None
    return parameter.instead_of if parameter else ()


def _holds_below(holds: Fields | MappingOf, key: str) -> Constraint:
    if isinstance(holds, MappingOf):
        return holds.item
    if holds is TOP and key == "vars":
        return _VARS
    parameter: Parameter | None = holds.row.parameter(key)
    return Anything() if parameter is None else parameter.holds


def _merge_objects(base: Node, top: Node, holds: ObjectOf) -> Node:
    """Two objects: arguments merge when the names agree, or when the upper one leaves its name out."""
    lower, upper = _named(base, holds), _named(top, holds)
    row = _find(lower.key, holds) if lower else None
    is_same = upper.key == lower.key if upper and lower else isinstance(top, MappingNode)
    if lower is None or row is None or not is_same:
        return _over(base, top)
    # With its name written, every other key of the upper object stands beside it, known there or not.
    above = _beside(top, holds) if upper is None else {pair.key: pair for pair in _pairs(top)}
    above.pop(lower.key, None)
    arguments = _spread(upper.value, row) if upper else _without(top, above)
    merged = _by_key(_spread(lower.value, row), arguments, Fields(row))
    name, overrode = lower, base.overrode
    if upper is not None and not _passes(top):
        name, overrode = upper, (base.span, *overrode)
    siblings = _beside(base, holds) | above
    return MappingNode((Pair(name.key, name.key_span, merged), *siblings.values()), name.key_span, overrode)


def _find(name: str, holds: ObjectOf) -> Row | None:
    return next((row for family in holds.families if (row := lookup.find(family, name))), None)


def _named(node: Node, holds: ObjectOf) -> Pair | None:
    """The pair of an object's name, or None when the node names no object of these families."""
    if isinstance(node, ScalarNode):
        is_name = isinstance(node.value, str) and _find(node.value, holds) is not None
        return Pair(str(node.value), node.span, MappingNode((), node.span)) if is_name else None
    named = (pair for pair in _pairs(node) if is_camel_case(pair.key) or _find(pair.key, holds))
    return next(named, None)


def _spread(node: Node, row: Row) -> MappingNode:
    """What stands after an object's name as arguments: a lone value is given to the first."""
    if is_nothing(node):
        return MappingNode((), node.span)
    if isinstance(node, MappingNode) and not is_lone_object(node):
        return node
    first = row.parameters[0].name if row.parameters else "value"
    return MappingNode((Pair(first, node.span, node),), node.span, node.overrode)


def _beside(node: Node, holds: ObjectOf) -> dict[str, Pair]:
    return {pair.key: pair for pair in _pairs(node) if pair.key in holds.siblings}


def _without(node: Node, keys: Container[str]) -> MappingNode:
    return MappingNode(tuple(pair for pair in _pairs(node) if pair.key not in keys), node.span)


def _pairs(node: Node) -> tuple[Pair, ...]:
    return node.pairs if isinstance(node, MappingNode) else ()


def _over(base: Node, top: Node) -> Node:
    return replace(top, overrode=(base.span, *base.overrode, *top.overrode))
