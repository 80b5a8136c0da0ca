"""Architectures: a list of layers, each with what stands beside it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from recipe.catalog import words
from recipe.catalog.calls import Argument, Call, Origin, Reference, Step, Value
from recipe.catalog.constraints import REJECTED, Anything, Layers, NotBuilt, ObjectOf, Rejected
from recipe.catalog.fitting import refusal
from recipe.catalog.objects import resolve_object
from recipe.catalog.places import Place
from recipe.catalog.sections import SIBLING_WORDS
from recipe.catalog.values import as_value
from recipe.language.nodes import ListNode, MappingNode, Node, Pair

if TYPE_CHECKING:
    from recipe.catalog.resolver import Resolver

LAYER_ITEM = ObjectOf(("layer_word", "layer"), SIBLING_WORDS)


def resolve_layers(resolver: "Resolver", node: Node, place: Place) -> Value | Rejected:
    """The Steps of an architecture."""
    if isinstance(node, MappingNode):
        layers = node.get("layers")
        if layers is None or any(pair.key != "layers" for pair in node.pairs):
            return resolver.not_built(NotBuilt(), place.below("inputs", node.span))
        node = layers.value
    if not isinstance(node, ListNode):
        resolver.problems.append(refusal(node, as_value(node), Layers(), place.path))
        return REJECTED
    steps = [_step(resolver, item, place) for item in node.items]
    return tuple(step for step in steps if step is not None)


def _step(resolver: "Resolver", node: Node, place: Place) -> Step | None:
    call = resolve_object(resolver, node, LAYER_ITEM, place)
    pairs = {pair.key: pair for pair in node.pairs} if isinstance(node, MappingNode) else {}
    active = _when(resolver, pairs.get("when"), place)
    outputs = _references(resolver, pairs.get("as"), place)
    inputs = _inputs(resolver, pairs.get("from"), place)
    arguments = _call_arguments(resolver, pairs.get("call"), place)
    if not isinstance(call, Call):
        return None
    return Step(call, outputs, inputs, arguments, active)


def _when(resolver: "Resolver", pair: Pair | None, place: Place) -> bool:
    if pair is None:
        return True
    evaluated = resolver.resolve(pair.value, words.FLAG, place.below("when", pair.key_span))
    return evaluated is not False


def _references(resolver: "Resolver", pair: Pair | None, place: Place) -> tuple[Reference, ...]:
    if pair is None:
        return ()
    nodes = pair.value.items if isinstance(pair.value, ListNode) else (pair.value,)
    below = place.below(pair.key, pair.key_span)
    names = [(resolver.resolve(node, words.OUTPUT, below), node.span) for node in nodes]
    return tuple(Reference(name, span) for name, span in names if isinstance(name, str))


def _inputs(
    resolver: "Resolver", pair: Pair | None, place: Place
) -> Mapping[str, Reference] | tuple[Reference, ...]:
    if pair is None or not isinstance(pair.value, MappingNode):
        return _references(resolver, pair, place)
    named = {
        inner.key: _references(resolver, Pair("from", inner.key_span, inner.value), place)
        for inner in pair.value.pairs
    }
    return {key: references[0] for key, references in named.items() if references}


def _call_arguments(resolver: "Resolver", pair: Pair | None, place: Place) -> Mapping[str, Argument]:
    if pair is None or not isinstance(pair.value, MappingNode):
        return MappingProxyType({})
    arguments = {}
    for inner in pair.value.pairs:
        value = resolver.resolve(inner.value, Anything(), place.below(inner.key, inner.key_span))
        if not isinstance(value, Rejected):
            arguments[inner.key] = Argument(value, Origin(inner.value.span))
    return arguments
