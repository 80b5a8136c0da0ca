"""Objects: a name, its arguments and its siblings, checked against the row of the name."""

from typing import TYPE_CHECKING

from recipe.catalog import lookup, overlay, words
from recipe.catalog.calls import Argument, Call, Origin, Value
from recipe.catalog.constraints import REJECTED, NotBuilt, ObjectOf, PathText, Rejected
from recipe.catalog.fitting import is_lone_object, is_nothing, refusal
from recipe.catalog.places import Place
from recipe.catalog.rows import Row
from recipe.catalog.sections import SIBLING_WORDS
from recipe.catalog.values import as_value
from recipe.diagnostics import values as problems_of
from recipe.diagnostics.problems import Problem
from recipe.language.nodes import MappingNode, Node, Pair
from recipe.language.objects import ObjectNode, parse_object

if TYPE_CHECKING:
    from recipe.catalog.resolver import Resolver

FACTS_ADMITTED_IN = frozenset({"layer", "layer_word", "loss"})


def resolve_object(resolver: "Resolver", node: Node, holds: ObjectOf, place: Place) -> Value | Rejected:
    """The Call of an object: its name found in the families, its arguments checked against its row."""
    written = parse_object(node, holds.siblings, resolver.problems)
    if written is None:
        return REJECTED
    row = _row(resolver, written, holds, place)
    if row is None:
        return REJECTED
    here = Place(f"{place.path}.{row.name}", written.name_span, row.family in FACTS_ADMITTED_IN)
    arguments = _arguments(resolver, written.argument, row, here)
    for sibling in written.siblings:
        if sibling.key not in SIBLING_WORDS or "layer" not in holds.families:
            arguments |= _sibling(resolver, sibling, here)
    return Call(row.name, row.target, arguments, Origin(written.name_span, overrode=node.overrode))


def _row(resolver: "Resolver", written: ObjectNode, holds: ObjectOf, place: Place) -> Row | None:
    for family in holds.families:
        row = lookup.find(family, written.name)
        if row is not None:
            return row
    resolver.problems.append(_unknown_name(resolver, written, holds, place))
    return None


def _unknown_name(resolver: "Resolver", written: ObjectNode, holds: ObjectOf, place: Place) -> Problem:
    name, span = written.name, written.name_span
    if name in overlay.CARRY_CODE:
        return problems_of.CarriesCode(span, name)
    if any(name in lookup.LATER_WORDS.get(family, ()) for family in holds.families):
        return problems_of.NotBuiltYet(span, f"{place.path}.{name}", name)
    known = tuple(known for family in holds.families for known in lookup.names(family))
    family = "layer" if "layer" in holds.families else holds.families[0]
    return problems_of.UnknownName(span, place.path, family, name, known, lookup.families_of(name))


def _arguments(resolver: "Resolver", node: Node | None, row: Row, place: Place) -> dict[str, Argument]:
    if node is None or is_nothing(node):
        pairs: tuple[Pair, ...] = ()
    elif isinstance(node, MappingNode) and not is_lone_object(node):
        pairs = node.pairs
    elif not row.parameters:
        pairs = (Pair("value", node.span, node),)
    else:
        pairs = (Pair(row.parameters[0].name, node.span, node),)
    arguments: dict[str, Argument] = {}
    for pair in pairs:
        arguments |= _one_argument(resolver, pair, row, place)
    resolver.require(row, {pair.key for pair in pairs}, place)
    return arguments | resolver.defaults(row, {pair.key for pair in pairs})


def _one_argument(resolver: "Resolver", pair: Pair, row: Row, place: Place) -> dict[str, Argument]:
    below = place.below(pair.key, pair.key_span)
    for elsewhere, families, instead in words.ELSEWHERE:
        if pair.key == elsewhere and row.family in families:
            resolver.problems.append(
                problems_of.OnePlacePerThing(pair.key_span, place.path, elsewhere, instead)
            )
            return {}
    parameter = row.parameter(pair.key)
    if parameter is None:
        homes = lookup.sections_with(pair.key)
        elsewhere = f"`{pair.key}` belongs in `{homes[0]}`" if homes and homes[0] else ""
        if pair.key in SIBLING_WORDS and row.family.startswith("layer"):
            elsewhere = f"`{pair.key}` stands beside the layer, not inside it"
        problem = problems_of.UnknownArgument(pair.key_span, place.path, pair.key, row.known, elsewhere)
        resolver.problems.append(problem)
        return {}
    reads_files = isinstance(parameter.holds, PathText) and row.target.startswith("keras.")
    if reads_files and f"{row.family}.{row.name}.{pair.key}" not in overlay.PATHS_ADMITTED:
        resolver.problems.append(refusal(pair.value, as_value(pair.value), NotBuilt(), below.path))
        return {}
    argument = resolver.argument(pair, parameter, below)
    return {} if argument is None else {pair.key: argument}


def _sibling(resolver: "Resolver", pair: Pair, place: Place) -> dict[str, Argument]:
    if pair.key == "as":
        value = resolver.resolve(pair.value, words.ARRAY, place.below("as", pair.key_span))
        return {} if isinstance(value, Rejected) else {"name": Argument(value, Origin(pair.value.span))}
    resolver.not_built(NotBuilt(), place.below(pair.key, pair.key_span))
    return {}
