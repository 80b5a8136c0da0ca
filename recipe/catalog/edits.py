"""`architecture.edit`: what an inherited architecture names is replaced, wrapped or removed."""

from collections.abc import Iterator
from dataclasses import replace

from recipe.catalog.fitting import is_nothing
from recipe.diagnostics.architectures import NothingToEdit
from recipe.diagnostics.problems import Problem
from recipe.language.nodes import ListNode, MappingNode, Node, Pair, ScalarNode

ORIGINAL = "original"


def edited(base: Node, edits: MappingNode) -> MappingNode:
    """An architecture with some of its layers changed; edits of what it does not name stay under `edit`.

    A replacement is one layer or a list of them, in which `original` stands for what was there. What the
    layer was fed goes to the first, its name to the last; an original that is wrapped keeps it for its
    weights, and who reads the name reads the last. What is removed passes its input on under its name.

    Args:
        base: the inherited architecture, a list or a mapping with `layers`.
        edits: by name, what stands in the place of the layer.
    """
    architecture = base if isinstance(base, MappingNode) else _as_mapping(base)
    known = {name for pair in architecture.pairs for name, _ in _named(pair.value)}
    applied = {pair.key: pair.value for pair in edits.pairs if pair.key in known}
    left = tuple(pair for pair in edits.pairs if pair.key not in known)
    pairs = tuple(
        replace(pair, value=_with_edits(pair.value, applied)) if pair.key == "layers" else pair
        for pair in architecture.pairs
    )
    unapplied = (Pair("edit", edits.span, replace(edits, pairs=left)),) if left else ()
    return replace(architecture, pairs=(*pairs, *unapplied))


def _as_mapping(layers: Node) -> MappingNode:
    return MappingNode((Pair("layers", layers.span, layers),), layers.span)


def nothing_to_edit(architecture: MappingNode) -> list[Problem]:
    """The problems of edits that were not applied."""
    edits = architecture.get("edit")
    if edits is None or not isinstance(edits.value, MappingNode):
        return []
    layers = architecture.get("layers")
    known = tuple(name for name, _ in _named(layers.value)) if layers else ()
    replaced = layers is not None and layers.key_span.source == edits.key_span.source
    return [NothingToEdit(pair.key_span, pair.key, known, replaced) for pair in edits.value.pairs]


def _named(node: Node) -> Iterator[tuple[str, MappingNode]]:
    """Every layer that is named with `as`, at any depth."""
    if isinstance(node, ListNode):
        for item in node.items:
            yield from _named(item)
    elif isinstance(node, MappingNode):
        name = _name_of(node)
        if name:
            yield name, node
        for pair in node.pairs:
            yield from _named(pair.value)


def _name_of(node: Node) -> str:
    pair = node.get("as") if isinstance(node, MappingNode) else None
    if pair is None or not isinstance(pair.value, ScalarNode) or pair.value.overrode:
        return ""  # a name that overrode is another layer's, which this one follows
    return pair.value.value if isinstance(pair.value.value, str) else ""


def _with_edits(node: Node, edits: dict[str, Node]) -> Node:
    if isinstance(node, ListNode):
        items = (new for item in node.items for new in _replacement(item, edits.get(_name_of(item))))
        return replace(node, items=tuple(_with_edits(item, edits) for item in items))
    if isinstance(node, MappingNode):
        pairs = (replace(pair, value=_with_edits(pair.value, edits)) for pair in node.pairs)
        return replace(node, pairs=tuple(pairs))
    return node


def _replacement(item: Node, written: Node | None) -> tuple[Node, ...]:
    """What stands in the place of a layer, fed as it was: what was written for its name, or itself."""
    if not isinstance(item, MappingNode) or written is None:
        return (item,)
    if isinstance(written, ListNode) and not written.items:
        never = Pair("when", written.span, ScalarNode(False, written.span, "false"))
        kept = tuple(pair for pair in item.pairs if pair.key != "when")
        return (replace(item, pairs=(*kept, never), overrode=(item.span, *item.overrode)),)
    items = written.items if isinstance(written, ListNode) else (written,)
    fed, name = item.get("from"), item.get("as")
    if not any(map(_is_original, items)):
        first, *others = items
        items = (_with(first, fed), *others)
        return (*items[:-1], _with(items[-1], name))
    if fed is not None and isinstance(fed.value, ScalarNode) and not _is_original(items[0]):
        item = replace(item, pairs=tuple(pair for pair in item.pairs if pair is not fed))
        items = (_with(items[0], fed), *items[1:])
    wrapped = [item if _is_original(one) else one for one in items]
    return (*wrapped[:-1], _with(wrapped[-1], _followed(name)))


def _is_original(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value == ORIGINAL


def _followed(name: Pair | None) -> Pair | None:
    """The name of a layer, for the layer behind it that is read in its place."""
    if name is None:
        return None
    return replace(name, value=replace(name.value, overrode=(name.value.span, *name.value.overrode)))


def _with(node: Node, beside: Pair | None) -> Node:
    """A layer with a name or inputs beside it, unless it has its own."""
    if beside is None:
        return node
    if isinstance(node, MappingNode):
        return node if node.get(beside.key) else replace(node, pairs=(*node.pairs, beside))
    if isinstance(node, ScalarNode) and isinstance(node.value, str) and not is_nothing(node):
        layer = Pair(node.value, node.span, ScalarNode(None, node.span))
        return MappingNode((layer, beside), node.span)
    return node
