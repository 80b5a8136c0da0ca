"""Objects: a name, its arguments and its siblings, checked against the row of the name."""

import re
from typing import TYPE_CHECKING

from recipe.catalog import lookup, overlay, words
from recipe.catalog.calls import Argument, Call, Origin, Value
from recipe.catalog.constraints import ObjectOf
from recipe.catalog.fitting import is_lone_object, is_nothing, refusal
from recipe.catalog.imported import ImportedRow, imported_row
from recipe.catalog.leaves import REJECTED, Rejected
from recipe.catalog.places import Place
from recipe.catalog.rows import Row, Unset
from recipe.catalog.sections import OUTPUT_NAME, SIBLING_WORDS
from recipe.catalog.spelling import spelled
from recipe.catalog.update_sections import GROUPS
from recipe.catalog.values import as_value
from recipe.diagnostics.imports import UncheckedClass
from recipe.diagnostics.names import CarriesCode, NameLeftOut, UnknownArgument, UnknownName
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.suggestions import meant
from recipe.diagnostics.templates import PathRefused
from recipe.diagnostics.values import OnePlacePerThing, WrongValue
from recipe.language.nodes import ListNode, MappingNode, Node, Pair, ScalarNode
from recipe.language.objects import ObjectNode, is_camel_case, parse_object

if TYPE_CHECKING:
    from recipe.catalog.resolver import Resolver

_ELSEWHERE = {
    (argument, family): instead for argument, families, instead in words.ELSEWHERE for family in families
}
_IMPLIED = dict.fromkeys(
    ("Input", "InputLayer", "input_shape", "batch_input_shape", "batch_shape", "input_dim", "input_length"),
    "leave it out: the data say the shape, and `architecture.inputs` can fix one",
)
_DIMENSIONS = re.compile("[123]D")
REUSE = "recipe:reuse"
FACTS_ADMITTED_IN = frozenset({"layer", "layer_word", "application", "op", "loss"})


def resolve_object(resolver: "Resolver", node: Node, holds: ObjectOf, place: Place) -> Value | Rejected:
    """The Call of an object: its name found in the families, its arguments checked against its row."""
    if (problem := _no_object(node, holds, place)) is not None:
        resolver.problems.append(problem)
        return REJECTED
    written = parse_object(node, holds.siblings, resolver.problems)
    if written is None:
        return REJECTED
    row = _row(resolver, written, holds, place)
    if row is None:
        return REJECTED
    facts = place.facts or row.family in FACTS_ADMITTED_IN
    here = Place(f"{place.path}.{row.name}", written.name_span, facts)
    arguments = _arguments(resolver, written.argument, row, here)
    if row.family == "layer_word" and not arguments.keys() >= _always_there(row):
        return REJECTED
    for sibling in written.siblings:
        if sibling.key not in SIBLING_WORDS or "layer" not in holds.families:
            arguments |= _sibling(resolver, sibling, here)
    return Call(row.name, row.target, arguments, Origin(written.name_span, overrode=node.overrode))


def _no_object(node: Node, holds: ObjectOf, place: Place) -> Problem | None:
    """What is wrong with a value that cannot be an object: a number, a list, arguments without a name."""
    if isinstance(node, ScalarNode):
        is_name = isinstance(node.value, str)
        return None if is_name else refusal(node, node.value, holds, place)
    if isinstance(node, ListNode) or not node.pairs:
        return refusal(node, as_value(node), holds, place)
    keys = [pair for pair in node.pairs if pair.key not in holds.siblings]
    named = [pair for pair in keys if is_camel_case(pair.key) or _find(pair.key, holds)]
    if named or not keys or not lookup.is_argument(keys[0].key, holds.families):
        return None
    value = as_value(keys[0].value)
    named_so = value if isinstance(value, str) and keys[0].key == "name" and is_camel_case(value) else ""
    return NameLeftOut(keys[0].key_span, place.path, holds.what, keys[0].key, named_so)


def _find(name: str, holds: ObjectOf) -> Row | None:
    return next((row for family in holds.families if (row := lookup.find(family, name))), None)


def _row(resolver: "Resolver", written: ObjectNode, holds: ObjectOf, place: Place) -> Row | None:
    row = _find(written.name, holds) or imported_row(written.name, holds.families, resolver.imports)
    if isinstance(row, ImportedRow):
        resolver.problems.append(UncheckedClass(written.name_span, written.name))
    if row is None:
        resolver.problems.append(_unknown_name(written, holds, place, resolver.expansion.blocks.names))
    return row


def _unknown_name(written: ObjectNode, holds: ObjectOf, place: Place, blocks: tuple[str, ...]) -> Problem:
    name, span = written.name, written.name_span
    if name in overlay.CARRY_CODE:
        return CarriesCode(span, name)
    if name in overlay.WRITE_FILES:
        return PathRefused(span, f"{place.path}.{name}")
    known = tuple(known for family in holds.families for known in lookup.writable(family))
    known += blocks if "layer_word" in holds.families else ()
    if not is_camel_case(name) and meant(name, known) is None:
        known = tuple(word for word in known if not is_camel_case(word)) or known
    families = tuple(family.removeprefix("keras_") for family in lookup.families_of(name))
    alias = lookup.alias_of(name) or name.rpartition(".")[2]  # `keras.layers.Dense` is `Dense` here
    suggestion = alias if alias in known else ""
    instead = _IMPLIED.get(name, "") if "layer" in holds.families else ""
    instead = instead or _with_dimensions(name, known)
    return UnknownName(span, place.path, holds.what, name, known, families, suggestion, instead)


def _with_dimensions(name: str, known: tuple[str, ...]) -> str:
    """The advice for a class without its number of dimensions, such as `Conv`; empty for every other name."""
    word = name.replace("_", "").lower()
    found = [f"`{one}`" for one in known if _DIMENSIONS.sub("", one).lower() == word]
    return f"write {', '.join(found[:-1])} or {found[-1]}" if len(found) > 1 else ""


def _arguments(resolver: "Resolver", node: Node | None, row: Row, place: Place) -> dict[str, Argument]:
    if isinstance(row, ImportedRow) and not isinstance(node, MappingNode | None):
        expected = "a mapping from its arguments to values"
        received = spelled(as_value(node))
        resolver.problems.append(WrongValue(node.span, place.path, expected, received))
        return {}
    if node is None or is_nothing(node):
        pairs: tuple[Pair, ...] = ()
    elif isinstance(node, MappingNode) and not _stands_for_the_first(node, row):
        pairs = node.pairs
    elif not row.parameters:
        pairs = (Pair("value", node.span, node),)
    else:
        pairs = (Pair(row.parameters[0].name, node.span, node),)
    return resolve_arguments(resolver, pairs, row, place)


def _stands_for_the_first(node: MappingNode, row: Row) -> bool:
    """Whether a mapping is an object for the first argument, not the arguments themselves."""
    first = row.parameters[0].holds if row.parameters else None
    if not isinstance(first, ObjectOf) or first.families != ("op",):  # the others are CamelCase
        return is_lone_object(node)
    is_lone = len(node.pairs) == 1 and row.parameter(node.pairs[0].key) is None
    return is_lone or any(_find(pair.key, first) for pair in node.pairs)


def resolve_arguments(
    resolver: "Resolver", pairs: tuple[Pair, ...], row: Row, place: Place
) -> dict[str, Argument]:
    """The checked arguments of an object, defaults of our own words included."""
    arguments: dict[str, Argument] = {}
    for pair in pairs:
        arguments |= _one_argument(resolver, pair, row, place)
    resolver.require(row, pairs, place)
    return arguments | resolver.defaults(row, {pair.key for pair in pairs})


def _one_argument(resolver: "Resolver", pair: Pair, row: Row, place: Place) -> dict[str, Argument]:
    instead = _ELSEWHERE.get((pair.key, row.family))
    if instead is not None:
        resolver.problems.append(OnePlacePerThing(pair.key_span, place.path, pair.key, instead))
        return {}
    if schedule := _schedule_in(pair, row):
        instead = f"`schedule: {{{schedule}: ...}}`"
        resolver.problems.append(OnePlacePerThing(pair.value.span, place.path, schedule, instead))
        return {}
    parameter = row.parameter(pair.key)
    if parameter is None:
        resolver.problems.append(_unknown_argument(pair, row, place))
        return {}
    if lookup.opens_file(row, parameter):
        resolver.problems.append(PathRefused(pair.value.span, f"{place.path}.{pair.key}"))
        return {}
    argument = resolver.argument(pair, parameter, place)
    return {} if argument is None else {pair.key: argument}


def _schedule_in(pair: Pair, row: Row) -> str:
    """The name of a schedule that is written as an argument of the optimizer; empty when there is none."""
    if row.family != "optimizer" or not isinstance(pair.value, MappingNode) or not is_lone_object(pair.value):
        return ""
    name = pair.value.pairs[0].key
    return name if lookup.find("keras_schedule", name) else ""


def _unknown_argument(pair: Pair, row: Row, place: Place) -> Problem:
    key = pair.key
    homes = [home for home in lookup.sections_with(key) if home]
    elsewhere = f"`{key}` belongs in `{homes[0]}`" if homes else ""
    if key in SIBLING_WORDS and row.family.startswith("layer"):
        elsewhere = f"`{key}` stands beside the layer, not inside it"
    if is_camel_case(key) and row.parameters and isinstance(row.parameters[0].holds, ObjectOf):
        elsewhere = f"write `{row.parameters[0].name}: {{{key}: ...}}`"
    elif row.target == REUSE:
        elsewhere = f"a layer that is reused keeps its arguments: write `reuse: {key}`"
    elif key in _IMPLIED and row.family == "layer":
        elsewhere = _IMPLIED[key]
    known = tuple(name for name in row.known if name != "name" or row.family == "source")
    return UnknownArgument(pair.key_span, place.path, key, known, elsewhere)


def _always_there(row: Row) -> set[str]:
    """The arguments that a word of ours has, unless one was wrong; perhaps told elsewhere, in `vars`."""
    return {parameter.name for parameter in row.parameters if not isinstance(parameter.default, Unset)}


def _sibling(resolver: "Resolver", pair: Pair, place: Place) -> dict[str, Argument]:
    if pair.key == "as":
        value = resolver.resolve(pair.value, OUTPUT_NAME, place.below("as", pair.key_span))
        return {} if isinstance(value, Rejected) else {"name": Argument(value, Origin(pair.value.span))}
    if pair.key == "weight":
        value = resolver.resolve(pair.value, words.WEIGHT, place.below("weight", pair.key_span))
        return {} if isinstance(value, Rejected) else {"weight": Argument(value, Origin(pair.value.span))}
    value = resolver.resolve(pair.value, GROUPS, place.below("groups", pair.key_span))
    return {} if isinstance(value, Rejected) else {"groups": Argument(value, Origin(pair.key_span))}
