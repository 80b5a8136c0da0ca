"""`repeat`: layers that are written once and stand for several turns.

They are resolved anew for each turn whose variables differ, so that every value is checked.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from recipe.catalog.calls import Argument, Call, Origin, Value
from recipe.catalog.expansion import Steps, resolved_with, tell_size, within_size
from recipe.catalog.fitting import is_nothing
from recipe.catalog.layer_words import MAX_LAYERS
from recipe.catalog.leaves import REJECTED, Rejected
from recipe.catalog.objects import resolve_arguments
from recipe.catalog.places import Place
from recipe.catalog.rows import Row
from recipe.catalog.values import names_in
from recipe.diagnostics import architectures
from recipe.diagnostics.conflicts import OneIsNeeded
from recipe.diagnostics.expressions import VariableName
from recipe.diagnostics.spans import Span
from recipe.diagnostics.templates import UnusedVariable
from recipe.language.grammar import can_name_a_variable, is_taken
from recipe.language.nodes import ListNode, MappingNode, Node, Pair
from recipe.language.objects import ObjectNode
from recipe.language.variables import NO_VARIABLES, Variables

if TYPE_CHECKING:
    from recipe.catalog.resolver import Resolver

REPEAT = "recipe:repeat"


def resolve_repeat(resolver: "Resolver", written: ObjectNode, row: Row, place: Place) -> Call | Rejected:
    """A Call with the `turns` of a `repeat`, each a list of Steps."""
    pairs = written.argument.pairs if isinstance(written.argument, MappingNode) else ()
    layers = next((pair for pair in pairs if pair.key == "layers"), None)
    if layers is None or is_nothing(layers.value):
        resolver.require(row, tuple(pair for pair in pairs if pair is not layers), place)
        return REJECTED
    header = replace(row, parameters=tuple(one for one in row.parameters if one.name != "layers"))
    others = tuple(pair for pair in pairs if pair is not layers)
    told = len(resolver.problems)
    arguments = resolve_arguments(resolver, others, header, place)
    if len(resolver.problems) > told or not all(_is_whole(pair, arguments) for pair in others):
        return REJECTED  # the layers would tell the same variables again
    bound = _bound(resolver, arguments, pairs, place)
    if bound is None:
        return REJECTED
    _tell_unused_index(resolver, arguments, layers.value)
    turns = _turns(resolver, layers, bound, place)
    origin = Origin(written.name_span)
    call = Call(row.name, row.target, {"turns": Argument(turns, origin)}, origin)
    return within_size(resolver, call, place.key_span)


def _is_whole(written: Pair, arguments: Mapping[str, Argument]) -> bool:
    """Whether a value became an argument with all in it; if not, a variable is wrong and was told."""
    if written.key not in arguments:
        return False
    return _has_all(written.value, arguments[written.key].value)


def _has_all(node: Node, value: Value) -> bool:
    if isinstance(node, ListNode):
        return isinstance(value, tuple) and len(value) == len(node.items)
    if isinstance(node, MappingNode):
        named = value if isinstance(value, Mapping) else {}
        return all(pair.key in named and _has_all(pair.value, named[pair.key]) for pair in node.pairs)
    return True


def _bound(
    resolver: "Resolver", arguments: Mapping[str, Argument], pairs: tuple[Pair, ...], place: Place
) -> tuple[Variables, ...] | None:
    """The variables of each turn; None after a problem was told."""
    each = arguments["each"].value if "each" in arguments else {}
    times = arguments["times"].value if "times" in arguments else None
    if times is None and not each:
        resolver.problems.append(OneIsNeeded(place.key_span, place.path, ("times", "each")))
        return None
    lists = {str(name): items for name, items in each.items()} if isinstance(each, Mapping) else {}
    index = str(arguments["index"].value)
    names = (*lists, *((index,) if any(pair.key == "index" for pair in pairs) else ()))
    for name in names:
        if not can_name_a_variable(name):
            span = arguments["each" if name in lists else "index"].origin.span or place.key_span
            resolver.problems.append(VariableName(span, name, is_taken(name)))
            return None
    lengths = tuple((name, len(items)) for name, items in lists.items() if isinstance(items, tuple))
    counted = lengths + ((("times", times),) if isinstance(times, int) else ())
    if len({length for _, length in counted}) > 1:
        span = arguments["each"].origin.span or place.key_span
        resolver.problems.append(architectures.EachDiffers(span, counted))
        return None
    given = _given(resolver, pairs)
    return tuple(
        Variables({index: turn, **{name: items[turn] for name, items in lists.items()}}, given)  # type: ignore[index,misc]
        for turn in range(counted[0][1])
    )


def _given(resolver: "Resolver", pairs: tuple[Pair, ...]) -> Mapping[str, Span]:
    """Where the lists of `each` were written that variables bring from outside."""
    each = next((pair.value for pair in pairs if pair.key == "each"), None)
    lists = each.pairs if isinstance(each, MappingNode) else ()
    places = {pair.key: resolver.evaluator.variables.origin(pair.value) for pair in lists}
    return {name: place for name, place in places.items() if place.through}


def _turns(
    resolver: "Resolver", layers: Pair, bound: tuple[Variables, ...], place: Place
) -> tuple[Steps, ...]:
    """The layers of each turn; turns that use no variable of their own share one list."""
    used = names_in(layers.value)
    _tell_unused(resolver, bound, used, layers)
    if bound and not used & set(bound[0].values):
        return (_body(resolver, layers.value, NO_VARIABLES, place),) * len(bound)
    turns = []
    for variables in bound:
        if resolver.expansion.num_resolved > MAX_LAYERS:
            tell_size(resolver, place.key_span)
            return ()
        turns.append(_body(resolver, layers.value, variables, place))
    return tuple(turns)


def _tell_unused_index(resolver: "Resolver", arguments: Mapping[str, Argument], layers: Node) -> None:
    """Tell an index that was given a name for nothing: no layer reads it, or `each` hides it."""
    index, each = arguments["index"], arguments["each"].value if "each" in arguments else {}
    is_hidden = isinstance(each, Mapping) and index.value in each
    if index.origin.span is not None and (is_hidden or index.value not in names_in(layers)):
        resolver.problems.append(UnusedVariable(index.origin.span, str(index.value), ()))


def _tell_unused(resolver: "Resolver", bound: tuple[Variables, ...], used: set[str], layers: Pair) -> None:
    names = tuple(bound[0].values) if bound else ()
    for name in names[1:]:  # the first is the index, which nobody has to use
        if name not in used:
            resolver.problems.append(UnusedVariable(layers.key_span, name, ()))


def _body(resolver: "Resolver", layers: Node, variables: Variables, place: Place) -> Steps:
    """The Steps of a list of layers that may use some variables more."""
    within = replace(resolver, evaluator=resolver.evaluator.within(variables), problems=[])
    return resolved_with(resolver, within, layers, place)
