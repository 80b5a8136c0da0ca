"""Architectures: a list of layers, each with what stands beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from recipe.catalog import lookup, words
from recipe.catalog.calls import Argument, Call, Origin, Reference, References, Step, Value
from recipe.catalog.constraints import Fields, Layers, ObjectOf
from recipe.catalog.edits import nothing_to_edit
from recipe.catalog.expansion import within_size
from recipe.catalog.fitting import is_lone_object, is_nothing, refusal
from recipe.catalog.imported import ImportedRow, module_of
from recipe.catalog.leaves import REJECTED, Rejected
from recipe.catalog.objects import REUSE, resolve_arguments
from recipe.catalog.places import Place
from recipe.catalog.repetitions import REPEAT, resolve_repeat
from recipe.catalog.sections import ARCHITECTURE, OUTPUT_NAME, SIBLING_WORDS
from recipe.catalog.spelling import spelled
from recipe.catalog.uses import resolve_block
from recipe.catalog.values import as_value
from recipe.diagnostics.architectures import TooDeep
from recipe.diagnostics.expressions import UnknownVariable
from recipe.diagnostics.names import UnknownArgument
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.values import Missing, NothingWritten, WrongValue
from recipe.language.nodes import ListNode, MappingNode, Node, Pair, ScalarNode
from recipe.language.objects import parse_object

if TYPE_CHECKING:
    from recipe.catalog.resolver import Resolver

# In `Resolver.broken`: a whole layer was left out, so that names and wires are not known.
LAYERS = "architecture.layers"
MAX_DEPTH = 32  # lists of layers in each other, those of blocks counted where they are used
OP = "recipe:op"
LAYER_ITEM = ObjectOf(("layer_word", "application", "layer"), SIBLING_WORDS)

ONE_OR_MORE = "the name of an earlier output, or a list of names"
EXPECTED_BESIDE: Mapping[str, str] = MappingProxyType(
    {
        "as": "a name for the output, or a list of names",
        "from": "the name of an earlier output, a list of names, or a mapping from call arguments to these",
        "when": words.FLAG.describe(),
        "call": "a mapping from arguments of the layer's call to values",
    }
)


def resolve_layers(resolver: "Resolver", node: Node, holds: Layers, place: Place) -> Value | Rejected:
    """The Steps of a list of layers; of a whole architecture, the Call that has them as `layers`."""
    if holds.whole and isinstance(node, MappingNode) and not is_lone_object(node) and node.pairs:
        return _architecture(resolver, node, place)
    if not isinstance(node, ListNode):
        resolver.problems.append(refusal(node, as_value(node), Layers(), place))
        return REJECTED
    steps = _steps(resolver, node, place)
    if None in steps:
        resolver.broken.add(LAYERS)
    found = tuple(step for step in steps if step is not None)
    if not holds.whole:
        return found
    origin = Origin(node.span, overrode=node.overrode)
    whole = Call("architecture", ARCHITECTURE.target, {"layers": Argument(found, origin)}, origin)
    return within_size(resolver, whole, place.key_span)


def _steps(resolver: "Resolver", node: ListNode, place: Place) -> list[Step | None]:
    """What each item of a list of layers means; None for those with a problem."""
    expansion = resolver.expansion
    if expansion.depth >= MAX_DEPTH:
        resolver.problems.append(TooDeep(place.key_span, MAX_DEPTH))
        return [None]
    expansion.num_resolved += len(node.items)
    expansion.depth += 1
    steps = [_step(resolver, item, place) for item in node.items]
    expansion.depth -= 1
    return steps


def _architecture(resolver: "Resolver", node: MappingNode, place: Place) -> Value | Rejected:
    """An architecture that is written as `{layers: ...}`."""
    told = len(resolver.problems)
    resolver.problems += nothing_to_edit(node)
    pairs = tuple(one for one in node.pairs if one.key != "edit" or not isinstance(one.value, MappingNode))
    found = resolver.resolve(replace(node, pairs=pairs), Fields(ARCHITECTURE), place)
    if isinstance(found, Call) and "layers" in found:
        return within_size(resolver, found, place.key_span)
    if len(resolver.problems) == told:
        missing = Missing(place.key_span, place.path, ("layers",), (Layers().describe(),))
        resolver.problems.append(missing)
    return REJECTED


def _step(resolver: "Resolver", node: Node, place: Place) -> Step | None:
    name = _name_in(node)
    here = place.below(name, place.key_span) if name else place
    beside = _siblings(resolver, node, here)
    active = _when(resolver, beside.get("when"), here)
    told = len(resolver.problems)
    call = _call(resolver, node, place.of_item(node.span)) if active else _skipped(resolver, node, place)
    if len(resolver.problems) > told and lookup.find("layer", name) is None:
        resolver.broken.add(LAYERS)
    kind = _class_of(resolver, call)
    outputs = _references(resolver, beside.get("as"), here)
    inputs = _inputs(resolver, beside.get("from"), kind, here)
    arguments = _call_arguments(resolver, beside.get("call"), kind, here)
    if not isinstance(call, Call):
        return None
    for output in outputs:
        if not output.follows:
            resolver.expansion.classes[output.name] = kind
    return Step(call, outputs, inputs, arguments, active)


def _name_in(node: Node) -> str:
    """The name of the object that a node spells, if it does."""
    if isinstance(node, ScalarNode):
        return node.value if isinstance(node.value, str) else ""
    pairs = node.pairs if isinstance(node, MappingNode) else ()
    return next((pair.key for pair in pairs if pair.key not in SIBLING_WORDS), "")


def _call(resolver: "Resolver", node: Node, place: Place) -> Value | Rejected:
    """What is built: a layer, one of our words, or a block."""
    name = _name_in(node)
    if name in resolver.expansion.blocks.refused:
        return REJECTED
    row = lookup.find("layer_word", name)
    is_repeat = row is not None and row.target == REPEAT
    block = None if row else resolver.expansion.blocks.find(name)
    if not is_repeat and block is None:
        return resolver.resolve(node, LAYER_ITEM, place)
    written = parse_object(node, SIBLING_WORDS, resolver.problems)
    if written is None:
        return REJECTED
    below = place.below(name, written.name_span)
    if block is not None:
        return resolve_block(resolver, block, written, below)
    return resolve_repeat(resolver, written, row, below) if row else REJECTED


def _skipped(resolver: "Resolver", node: Node, place: Place) -> Call:
    """A layer that `when` skips: its slips are told, except in values that variables decided."""
    within = replace(resolver, problems=[])
    call = _call(within, node, place.of_item(node.span))
    decided = {scalar.span for scalar in _expressions_in(node)}
    resolver.problems += [
        problem
        for problem in within.problems
        if decided.isdisjoint(_way_of(problem)) or isinstance(problem, UnknownVariable)
    ]
    return call if isinstance(call, Call) else Call("Identity", "keras.layers.Identity")


def _way_of(problem: Problem) -> tuple[Span, ...]:
    """Where a value that is refused was written, and where it was carried to."""
    return (problem.span, *problem.span.through) if problem.span else ()


def _expressions_in(node: Node) -> Iterator[ScalarNode]:
    if isinstance(node, MappingNode):
        for pair in node.pairs:
            yield from _expressions_in(pair.value)
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _expressions_in(item)
    elif isinstance(node.value, str) and "$" in node.value:
        yield node


def _class_of(resolver: "Resolver", call: Value | Rejected) -> str:
    """The class, operation or block that is called; of what is used again, that of the earlier layer."""
    if not isinstance(call, Call):
        return ""
    if call.target == REUSE:
        return resolver.expansion.classes.get(str(call.get("name")), "")
    function = call.get("function") if call.target == OP else None
    return function.name if isinstance(function, Call) else call.name


def _siblings(resolver: "Resolver", node: Node, place: Place) -> Mapping[str, Pair]:
    """What stands beside a layer, by its word; a word without a value is told."""
    beside = {}
    for pair in node.pairs if isinstance(node, MappingNode) else ():
        if pair.key not in SIBLING_WORDS:
            continue
        if is_nothing(pair.value):
            path = place.below(pair.key, pair.key_span).path
            nothing = NothingWritten(pair.key_span, path, EXPECTED_BESIDE[pair.key])
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
        expected = EXPECTED_BESIDE.get(pair.key, ONE_OR_MORE)
        refused = WrongValue(pair.value.span, below.path, expected, received)
        resolver.problems.append(refused)
        return ()
    names = [(resolver.resolve(node, OUTPUT_NAME, below), node) for node in nodes]
    return tuple(
        Reference(one, node.span, bool(node.overrode)) for one, node in names if isinstance(one, str)
    )


def _inputs(
    resolver: "Resolver", pair: Pair | None, layer: str, place: Place
) -> Mapping[str, References] | tuple[Reference, ...]:
    if pair is None or not isinstance(pair.value, MappingNode) or not pair.value.pairs:
        return _references(resolver, pair, place)
    below = place.below("from", pair.key_span)
    block = resolver.expansion.blocks.find(layer)
    known = block.inputs if block else lookup.tensors_of(layer)
    named = {}
    for inner in pair.value.pairs:
        if layer and not module_of(layer) and inner.key not in known:
            unknown = UnknownArgument(inner.key_span, below.path, inner.key, known)
            resolver.problems.append(unknown)
        names = _references(resolver, inner, below)
        if names:
            named[inner.key] = names if isinstance(inner.value, ListNode) else names[0]
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
        resolver.problems.append(WrongValue(pair.value.span, below.path, expected, received))
        return MappingProxyType({})
    row = ImportedRow(layer, "call", layer) if module_of(layer) else lookup.call_row(layer)
    return resolve_arguments(resolver, pair.value.pairs, row, below)
