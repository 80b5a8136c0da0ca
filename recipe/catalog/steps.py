"""Architectures: a list of layers, each with what stands beside it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from recipe.catalog import lookup, words
from recipe.catalog.calls import Argument, Call, Reference, Step, Value
from recipe.catalog.constraints import Fields, Layers, ObjectOf
from recipe.catalog.fitting import is_lone_object, is_nothing, refusal
from recipe.catalog.leaves import REJECTED, Rejected
from recipe.catalog.places import Place
from recipe.catalog.sections import ARCHITECTURE, SIBLING_WORDS
from recipe.catalog.spelling import spelled
from recipe.catalog.values import as_value
from recipe.diagnostics import values as problems_of
from recipe.language.nodes import ListNode, MappingNode, Node, Pair

if TYPE_CHECKING:
    from recipe.catalog.resolver import Resolver

# In `Resolver.broken`: a whole layer was left out, so that names and wires are not known.
LAYERS = "architecture.layers"
LAYER_ITEM = ObjectOf(("layer_word", "layer"), SIBLING_WORDS)

EXPECTED_BESIDE: Mapping[str, str] = MappingProxyType(
    {
        "as": "a name for the output, or a list of names",
        "from": "the name of an earlier output, a list of names, or a mapping from call arguments to names",
        "when": words.FLAG.describe(),
        "call": "a mapping from arguments of the layer's call to values",
    }
)


def resolve_layers(resolver: "Resolver", node: Node, place: Place) -> Value | Rejected:
    """The Steps of an architecture."""
    if isinstance(node, MappingNode) and not is_lone_object(node) and node.pairs:
        return _layers_of_mapping(resolver, node, place)
    if not isinstance(node, ListNode):
        resolver.problems.append(refusal(node, as_value(node), Layers(), place))
        return REJECTED
    steps = [_step(resolver, item, place) for item in node.items]
    if None in steps:
        resolver.broken.add(LAYERS)
    return tuple(step for step in steps if step is not None)


def _layers_of_mapping(resolver: "Resolver", node: MappingNode, place: Place) -> Value | Rejected:
    """The Steps of an architecture that is written as `{layers: ...}`."""
    told = len(resolver.problems)
    found = resolver.resolve(node, Fields(ARCHITECTURE), place)
    if isinstance(found, Call) and "layers" in found:
        return found["layers"]
    if len(resolver.problems) == told:
        missing = problems_of.Missing(place.key_span, place.path, ("layers",), (Layers().describe(),))
        resolver.problems.append(missing)
    return REJECTED


def _step(resolver: "Resolver", node: Node, place: Place) -> Step | None:
    call = resolver.resolve(node, LAYER_ITEM, place.of_item(node.span))
    name = call.name if isinstance(call, Call) else ""
    here = place.below(name, place.key_span) if name else place
    beside = _siblings(resolver, node, here)
    active = _when(resolver, beside.get("when"), here)
    outputs = _references(resolver, beside.get("as"), here)
    inputs = _inputs(resolver, beside.get("from"), name, here)
    arguments = _call_arguments(resolver, beside.get("call"), name, here)
    if not isinstance(call, Call):
        return None
    return Step(call, outputs, inputs, arguments, active)


def _siblings(resolver: "Resolver", node: Node, place: Place) -> Mapping[str, Pair]:
    """What stands beside a layer, by its word; a word without a value is told."""
    beside = {}
    for pair in node.pairs if isinstance(node, MappingNode) else ():
        if pair.key not in SIBLING_WORDS:
            continue
        if is_nothing(pair.value):
            path = place.below(pair.key, pair.key_span).path
            nothing = problems_of.NothingWritten(pair.key_span, path, EXPECTED_BESIDE[pair.key])
            resolver.problems.append(nothing)
        else:
            beside[pair.key] = pair
    return beside


def _when(resolver: "Resolver", pair: Pair | None, place: Place) -> bool:
    if pair is None:
        return True
    evaluated = resolver.resolve(pair.value, words.FLAG, place.below("when", pair.key_span))
    return evaluated is not False


def _references(resolver: "Resolver", pair: Pair | None, place: Place) -> tuple[Reference, ...]:
    if pair is None:
        return ()
    below = place.below(pair.key, pair.key_span)
    nodes = pair.value.items if isinstance(pair.value, ListNode) else (pair.value,)
    if not nodes or isinstance(pair.value, MappingNode):
        received = spelled(as_value(pair.value))
        refused = problems_of.WrongValue(pair.value.span, below.path, EXPECTED_BESIDE[pair.key], received)
        resolver.problems.append(refused)
        return ()
    names = [(resolver.resolve(node, words.OUTPUT, below), node.span) for node in nodes]
    return tuple(Reference(name, span) for name, span in names if isinstance(name, str))


def _inputs(
    resolver: "Resolver", pair: Pair | None, layer: str, place: Place
) -> Mapping[str, Reference] | tuple[Reference, ...]:
    if pair is None or not isinstance(pair.value, MappingNode) or not pair.value.pairs:
        return _references(resolver, pair, place)
    below = place.below("from", pair.key_span)
    known = lookup.tensors_of(layer)
    named = {}
    for inner in pair.value.pairs:
        if layer and inner.key not in known:
            unknown = problems_of.UnknownArgument(inner.key_span, below.path, inner.key, known)
            resolver.problems.append(unknown)
        name = resolver.resolve(inner.value, words.OUTPUT, below.below(inner.key, inner.key_span))
        if isinstance(name, str):
            named[inner.key] = Reference(name, inner.value.span)
    return named


def _call_arguments(
    resolver: "Resolver", pair: Pair | None, layer: str, place: Place
) -> Mapping[str, Argument]:
    if pair is None or not layer:
        return MappingProxyType({})
    below = place.below("call", pair.key_span)
    if not isinstance(pair.value, MappingNode):
        received = spelled(as_value(pair.value))
        expected = EXPECTED_BESIDE["call"]
        resolver.problems.append(problems_of.WrongValue(pair.value.span, below.path, expected, received))
        return MappingProxyType({})
    found = resolver.resolve(pair.value, Fields(lookup.call_row(layer)), below)
    return found.arguments if isinstance(found, Call) else MappingProxyType({})
