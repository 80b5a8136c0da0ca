"""From Nodes to Calls: every value evaluated, checked against its row, and given its origin.

All problems are collected; what is wrong is left out, and the rest is resolved.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Origin, Value, Written
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
from recipe.catalog.expansion import Expansion
from recipe.catalog.fitting import (
    OFF_WORD,
    accepts,
    fits,
    fits_null,
    is_lone_object,
    is_nothing,
    is_removed,
    refusal,
)
from recipe.catalog.leaves import REJECTED, Anything, PathText, PresetText, Rejected
from recipe.catalog.objects import resolve_object
from recipe.catalog.places import Place
from recipe.catalog.rows import Parameter, Required, Row, Unset
from recipe.catalog.section_leaves import OFF
from recipe.catalog.steps import resolve_layers
from recipe.catalog.values import Evaluator, as_value, written_as
from recipe.diagnostics.names import MisplacedObject, ReservedWord, UnknownKey
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.suggestions import meant
from recipe.diagnostics.values import EqualValues, FactNotAllowedHere, Missing, NothingWritten
from recipe.language.expressions import Expression, facts_of
from recipe.language.nodes import ListNode, MappingNode, Node, Pair, ScalarNode
from recipe.language.objects import is_camel_case
from recipe.language.overrides import is_override


@dataclass(slots=True)
class Resolver:
    """Turns the nodes of one merged spec into Calls.

    Args:
        evaluator: knows the variables.
        problems: where problems go.
        whole: whether all files that the spec extends were read; what is missing is not told otherwise.
        broken: collects the sections in which a problem was told, or whose value hangs on a wrong variable.
        expansion: the blocks, and what was made of them.
        imports: the modules that the spec imports.
    """

    evaluator: Evaluator
    problems: list[Problem] = field(default_factory=list)
    whole: bool = True
    broken: set[str] = field(default_factory=set)
    expansion: Expansion = field(default_factory=Expansion)
    imports: tuple[str, ...] = ()

    def resolve(self, node: Node, holds: Constraint, place: Place) -> Value | Rejected:
        """The value of a node under a constraint, or `REJECTED` after a problem was told."""
        evaluated = self.evaluator.evaluate(node, self.problems)
        if isinstance(evaluated, Rejected):  # of a variable it was perhaps told where that was written
            self.broken.add(place.section)
            return REJECTED
        if isinstance(evaluated, Expression):
            return self._fact(evaluated, place)
        return self._dispatch(evaluated, holds, place)

    def _dispatch(self, node: Node, holds: Constraint, place: Place) -> Value | Rejected:
        walk = _STRUCTURES.get(type(holds))
        if walk is None:
            return self._leaf(node, holds, place)  # type: ignore[arg-type]  # what is no structure is a leaf
        return walk(self, node, holds, place)

    def _fact(self, expression: Expression, place: Place) -> Value | Rejected:
        if place.facts:
            return expression
        facts = facts_of(expression)
        self.problems.append(FactNotAllowedHere(expression.span, place.path, facts))
        return REJECTED

    # -- single values ---------------------------------------------------------------------------

    def _leaf(self, node: Node, holds: LeafConstraint, place: Place) -> Value | Rejected:
        value = as_value(node)
        accepted = holds.accept(value) if isinstance(node, ScalarNode) else REJECTED
        if isinstance(accepted, Rejected):
            expression = self.evaluator.spelling_meant(node, holds, place)
            self.problems.append(refusal(node, value, holds, place, expression))
            return REJECTED
        if isinstance(holds, PathText):
            return str(_beside(node.span.used_at.source, str(accepted)))
        if isinstance(holds, PresetText) and holds.is_path(str(accepted)):
            path = _beside(node.span.used_at.source, str(accepted))
            return str(path) if path.is_absolute() else f"./{path}"
        return accepted

    def _anything(self, node: Node, _holds: Anything, place: Place) -> Value | Rejected:
        if isinstance(node, ScalarNode):
            return node.value
        if isinstance(node, MappingNode) and is_lone_object(node):
            families = lookup.families_of(node.pairs[0].key)
            known = replace(self, imports=())  # what an imported class gets could not be named by its place
            return resolve_object(known, node, ObjectOf(families or ("layer",)), place)
        if isinstance(node, MappingNode):
            return self._mapping(node, MappingOf(Anything()), place)
        return self._list(node, ListOf(Anything()), place)

    def reserved(self, node: Node, holds: Reserved, place: Place) -> Rejected:
        """Refuse a word that is kept for a later version of the language."""
        self.problems.append(ReservedWord(place.key_span, place.path, place.path.rsplit(".", 1)[-1]))
        return REJECTED

    # -- structures ------------------------------------------------------------------------------

    def _one_of(self, node: Node, holds: OneOf, place: Place) -> Value | Rejected:
        admitting = (option for option in holds.options if accepts(node, option))
        resembling = (option for option in holds.options if fits(node, option))
        chosen = next(admitting, None) or next(resembling, None)
        if chosen is not None:
            return self._dispatch(node, chosen, place)
        if len(holds.options) == 2 and fits_null(holds.options[0]):
            return self._dispatch(node, holds.options[1], place)
        objects = [option for option in holds.options if isinstance(option, ObjectOf)]
        if objects and isinstance(node, MappingNode):
            return self._dispatch(node, objects[0], place)
        expression = self.evaluator.spelling_meant(node, holds, place)
        self.problems.append(refusal(node, as_value(node), holds, place, expression))
        return REJECTED

    def _list(self, node: Node, holds: ListOf, place: Place) -> Value | Rejected:
        if not isinstance(node, ListNode):
            if holds.lone:
                item = self.resolve(node, holds.item, place)
                return item if isinstance(item, Rejected) else (item,)
            self.problems.append(refusal(node, as_value(node), holds, place))
            return REJECTED
        if not holds.has_room_for(len(node.items)):
            self.problems.append(refusal(node, as_value(node), holds, place))
            return REJECTED
        items = [self.resolve(item, holds.item, place.of_item(item.span)) for item in node.items]
        return tuple(item for item in items if not isinstance(item, Rejected))

    def _mapping(self, node: Node, holds: MappingOf, place: Place) -> Value | Rejected:
        if not isinstance(node, MappingNode):
            self.problems.append(refusal(node, as_value(node), holds, place))
            return REJECTED
        found = {}
        for pair in node.pairs:
            below = place.below(pair.key, pair.key_span)
            if is_nothing(pair.value):
                expected = holds.item.describe()
                self.problems.append(NothingWritten(pair.key_span, below.path, expected))
            elif not is_removed(pair.value, holds.item):
                found[pair.key] = self.resolve(pair.value, holds.item, below)
        if holds.distinct:
            self.problems += _equal_values(node.pairs, found, place.path)
        right = {key: value for key, value in found.items() if not isinstance(value, Rejected)}
        return Written(right, {pair.key: pair.key_span for pair in node.pairs})

    def _fields(self, node: Node, holds: Fields, place: Place) -> Value | Rejected:
        row = holds.row
        origin = Origin(place.key_span, overrode=node.overrode)
        if isinstance(node, MappingNode):
            return Call(row.name, row.target, self._keys(node.pairs, row, place), origin)
        if holds.shorthand and not is_nothing(node):
            first = row.parameters[0]
            value = self.resolve(node, first.holds, place)
            if isinstance(value, Rejected):
                return REJECTED
            written = {first.name: Argument(value, Origin(node.span, overrode=node.overrode))}
            return Call(row.name, row.target, written | self.defaults(row, set(written)), origin)
        self.problems.append(refusal(node, as_value(node), holds, place))
        return REJECTED

    def _keys(self, pairs: tuple[Pair, ...], row: Row, place: Place) -> dict[str, Argument]:
        """The arguments of a section; keys it does not know are told."""
        arguments = {}
        for pair in pairs:
            parameter = row.parameter(pair.key)
            if parameter is None:
                self.problems.append(_unknown_key(pair, row, place))
                continue
            told = len(self.problems)
            argument = self.argument(pair, parameter, place)
            if argument is not None:
                arguments[pair.key] = argument
            if len(self.problems) > told and not place.path:
                self.broken.add(pair.key)
        self.require(row, pairs, place)
        return arguments | self.defaults(row, {pair.key for pair in pairs})

    def argument(self, pair: Pair, parameter: Parameter, place: Place) -> Argument | None:
        """One checked argument; None when it is removed, or after a problem was told."""
        below, holds = place.below(pair.key, pair.key_span), parameter.holds
        if is_nothing(pair.value):
            self.problems.append(NothingWritten(pair.key_span, below.path, holds.describe()))
            return None
        span, overrode, reason = pair.value.span, pair.value.overrode, written_as(pair.value)
        if is_removed(pair.value, holds) and not isinstance(parameter.default, Required):
            removed = Origin(span, OFF_WORD, overrode)
            is_unset = isinstance(parameter.default, Unset)
            return None if is_unset else Argument(default_value(parameter), removed)
        value = self.resolve(pair.value, holds, below)
        if isinstance(value, Rejected):
            return None
        if value == OFF_WORD and isinstance(holds, OneOf) and OFF in holds.options:
            return Argument(None, Origin(span, OFF_WORD, overrode))
        return Argument(value, Origin(span, reason, overrode))

    def require(self, row: Row, pairs: Sequence[Pair], place: Place) -> None:
        """Tell which required parameters of a row were not written, unless another problem explains it."""
        explained = {name for pair in pairs for name in _stands_for(pair, row)}
        missing = [parameter for parameter in row.required if parameter.name not in explained]
        if not place.path:
            self.broken |= {parameter.name for parameter in missing} | (
                explained - {pair.key for pair in pairs}
            )
        if missing and (self.whole or place.path):
            names = tuple(parameter.name for parameter in missing)
            expected = tuple(parameter.holds.describe() for parameter in missing)
            self.problems.append(Missing(place.key_span, place.path, names, expected))

    def defaults(self, row: Row, written: set[str]) -> dict[str, Argument]:
        """The arguments of a row that nobody wrote and that have a default."""
        return {
            parameter.name: Argument(default_value(parameter), Origin(None, "default"))
            for parameter in row.defaulted
            if parameter.name not in written
        }


# How the structures are walked; every other constraint is a leaf.
_STRUCTURES: Mapping[type, Callable[[Resolver, Node, Any, Place], Value | Rejected]] = MappingProxyType(
    {
        OneOf: Resolver._one_of,
        Fields: Resolver._fields,
        ObjectOf: resolve_object,
        ListOf: Resolver._list,
        MappingOf: Resolver._mapping,
        Layers: resolve_layers,
        Reserved: Resolver.reserved,
        Anything: Resolver._anything,
    }
)


def _equal_values(pairs: Sequence[Pair], found: Mapping[str, Value | Rejected], path: str) -> list[Problem]:
    """Names of a mapping whose value is that of a name before it."""
    first: dict[Value, Pair] = {}
    told: list[Problem] = []
    for pair in pairs:
        value = found.get(pair.key, REJECTED)
        if isinstance(value, Rejected):
            continue
        before = first.setdefault(value, pair)
        if before is not pair:
            told.append(EqualValues(pair.value.span, path, before.key, before.value.span, pair.key))
    return told


# Keys that other tools have and this language has not, by their section.
NEEDLESS = {
    ("", "compile"): "write `optimizer`, `loss` and `metrics` at the top of the spec",
    ("data.split", "train"): "leave it out: what is not set aside is trained on",
    ("training", "validation_data"): "write the source as `data: {validation: ...}`",
    ("training", "validation_split"): "write `data: {split: {validation: ...}}`",
    ("training", "verbose"): "leave it out: `-q` and `-v` say how much is told",
}


def _unknown_key(pair: Pair, row: Row, place: Place) -> Problem:
    families = lookup.families_of(pair.key)
    if families and is_camel_case(pair.key):
        home = lookup.HOMES[families[0]]
        family = families[0].removeprefix("keras_")
        return MisplacedObject(pair.key_span, place.path, pair.key, family, home)
    elsewhere = NEEDLESS.get((place.path, pair.key)) or _elsewhere(pair.key)
    return UnknownKey(pair.key_span, place.path, pair.key, row.known, elsewhere)


def _elsewhere(key: str) -> str:
    """Where a key is valid, in words; nothing when nowhere."""
    if lookup.find("source", key):
        return f"`{key}` is a source of data: write `source: {{{key}: ...}}`"
    homes = lookup.sections_with(key)
    if homes:
        return f"`{key}` belongs in `{homes[0]}`" if homes[0] else f"`{key}` belongs at the top of the spec"
    is_argument = lookup.is_argument(key, ("optimizer",))
    return f"`{key}` belongs inside the optimizer, `Name: {{{key}: ...}}`" if is_argument else ""


def _stands_for(pair: Pair, row: Row) -> Iterator[str]:
    """The parameters that somebody had in mind who wrote a key."""
    if row.parameter(pair.key) is not None:
        yield pair.key
    elif is_camel_case(pair.key):
        yield from (lookup.HOMES[family].partition(".")[0] for family in lookup.families_of(pair.key))
        yield from (parameter.name for parameter in row.parameters if isinstance(parameter.holds, ObjectOf))
    elif (name := meant(pair.key, row.known)) is not None:
        yield name
    elif len(row.parameters) == 1:
        yield row.parameters[0].name


def _beside(source: str, path: str) -> Path:
    """A path as its file meant it: relative to the folder of the text that wrote it."""
    folder = Path() if is_override(source) or source.startswith("<") else Path(source).parent
    try:
        return folder / Path(path).expanduser()
    except RuntimeError:  # nobody here is called so
        return folder / path


def default_value(parameter: Parameter) -> Value:
    """The default of a parameter; a section that nobody wrote has the defaults of its keys."""
    default = parameter.default
    holds = parameter.holds
    if default is None and isinstance(holds, Fields):
        row = holds.row
        arguments = {
            below.name: Argument(default_value(below), Origin(None, "default")) for below in row.defaulted
        }
        return Call(row.name, row.target, arguments, Origin(None, "default"))
    if isinstance(default, Required | Unset):
        raise TypeError(f"`{parameter.name}` has no default")
    return default
