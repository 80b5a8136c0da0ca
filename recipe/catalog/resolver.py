"""From Nodes to Calls: every value evaluated, checked against its row, and given its origin.

All problems are collected; what is wrong is left out, and the rest is resolved.
"""

from dataclasses import dataclass, field
from pathlib import Path

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Origin, Value
from recipe.catalog.constraints import (
    REJECTED,
    Anything,
    Constraint,
    Fields,
    Layers,
    LeafConstraint,
    ListOf,
    MappingOf,
    NotBuilt,
    ObjectOf,
    OneOf,
    PathText,
    Rejected,
)
from recipe.catalog.fitting import accepts, fits, fits_null, is_nothing, refusal
from recipe.catalog.objects import resolve_object
from recipe.catalog.places import Place
from recipe.catalog.rows import Parameter, Required, Row, Unset
from recipe.catalog.steps import resolve_layers
from recipe.catalog.values import Evaluator, as_value
from recipe.diagnostics import values as problems_of
from recipe.diagnostics.problems import Problem
from recipe.language.expressions import Expression, facts_of
from recipe.language.nodes import ListNode, MappingNode, Node, Pair, ScalarNode
from recipe.language.objects import is_camel_case


@dataclass(slots=True)
class Resolver:
    """Turns the nodes of one merged spec into Calls.

    Args:
        evaluator: knows the variables.
        problems: where problems go.
    """

    evaluator: Evaluator
    problems: list[Problem] = field(default_factory=list)

    def resolve(self, node: Node, holds: Constraint, place: Place) -> Value | Rejected:
        """The value of a node under a constraint, or `REJECTED` after a problem was told."""
        evaluated = self.evaluator.evaluate(node, self.problems)
        if isinstance(evaluated, Rejected):
            return REJECTED
        if isinstance(evaluated, Expression):
            return self._fact(evaluated, place)
        return self._dispatch(evaluated, holds, place)

    def _dispatch(self, node: Node, holds: Constraint, place: Place) -> Value | Rejected:
        match holds:
            case OneOf():
                return self._one_of(node, holds, place)
            case Fields():
                return self._fields(node, holds, place)
            case ObjectOf():
                return resolve_object(self, node, holds, place)
            case ListOf():
                return self._list(node, holds, place)
            case MappingOf():
                return self._mapping(node, holds, place)
            case Layers():
                return resolve_layers(self, node, place)
            case NotBuilt():
                return self.not_built(holds, place)
            case Anything():
                return self._anything(node, place)
            case _:
                return self._leaf(node, holds, place)

    def _fact(self, expression: Expression, place: Place) -> Value | Rejected:
        if place.facts:
            return expression
        facts = facts_of(expression)
        self.problems.append(problems_of.FactNotAllowedHere(expression.span, place.path, facts))
        return REJECTED

    # -- single values ---------------------------------------------------------------------------

    def _leaf(self, node: Node, holds: LeafConstraint, place: Place) -> Value | Rejected:
        value = as_value(node)
        accepted = holds.accept(value) if isinstance(node, ScalarNode) else REJECTED
        if isinstance(accepted, Rejected):
            self.problems.append(refusal(node, value, holds, place.path))
            return REJECTED
        if isinstance(holds, PathText):
            return str(_beside(node.span.source, str(accepted)))
        return accepted

    def _anything(self, node: Node, place: Place) -> Value | Rejected:
        if isinstance(node, MappingNode) and len(node.pairs) == 1 and is_camel_case(node.pairs[0].key):
            families = lookup.families_of(node.pairs[0].key)
            return resolve_object(self, node, ObjectOf(families or ("layer",)), place)
        if isinstance(node, ListNode):
            items = [self.resolve(item, Anything(), place) for item in node.items]
            return REJECTED if any(isinstance(item, Rejected) for item in items) else tuple(items)  # type: ignore[arg-type]
        return as_value(node)

    def not_built(self, holds: NotBuilt, place: Place) -> Rejected:
        """Refuse a word of the language that this version does not have."""
        word = place.path.rsplit(".", 1)[-1]
        kind = problems_of.ReservedWord if holds.reserved else problems_of.NotBuiltYet
        self.problems.append(kind(place.key_span, place.path, word))
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
        self.problems.append(refusal(node, as_value(node), holds, place.path))
        return REJECTED

    def _list(self, node: Node, holds: ListOf, place: Place) -> Value | Rejected:
        if not isinstance(node, ListNode):
            if holds.lone:
                item = self.resolve(node, holds.item, place)
                return item if isinstance(item, Rejected) else (item,)
            self.problems.append(refusal(node, as_value(node), holds, place.path))
            return REJECTED
        items = [
            self.resolve(item, holds.item, Place(place.path, item.span, place.facts)) for item in node.items
        ]
        return tuple(item for item in items if not isinstance(item, Rejected))

    def _mapping(self, node: Node, holds: MappingOf, place: Place) -> Value | Rejected:
        if not isinstance(node, MappingNode):
            self.problems.append(refusal(node, as_value(node), holds, place.path))
            return REJECTED
        found = {
            pair.key: self.resolve(pair.value, holds.item, place.below(pair.key, pair.key_span))
            for pair in node.pairs
        }
        return {key: value for key, value in found.items() if not isinstance(value, Rejected)}

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
        self.problems.append(refusal(node, as_value(node), holds, place.path))
        return REJECTED

    def _keys(self, pairs: tuple[Pair, ...], row: Row, place: Place) -> dict[str, Argument]:
        """The arguments of a section; keys it does not know are told."""
        arguments = {}
        for pair in pairs:
            parameter = row.parameter(pair.key)
            if parameter is None:
                self.problems.append(self._unknown_key(pair, row, place))
                continue
            argument = self.argument(pair, parameter, place)
            if argument is not None:
                arguments[pair.key] = argument
        self.require(row, {pair.key for pair in pairs}, place)
        return arguments | self.defaults(row, {pair.key for pair in pairs})

    def argument(self, pair: Pair, parameter: Parameter, place: Place) -> Argument | None:
        """One checked argument; None after a problem was told."""
        below = place.below(pair.key, pair.key_span)
        if is_nothing(pair.value):
            expected = parameter.holds.describe()
            self.problems.append(problems_of.NothingWritten(pair.key_span, below.path, expected))
            return None
        value = self.resolve(pair.value, parameter.holds, below)
        if isinstance(value, Rejected):
            return None
        origin = Origin(pair.value.span, overrode=pair.value.overrode)
        if value == "off":
            return Argument(None, Origin(origin.span, "off", origin.overrode))
        return Argument(value, origin)

    def _unknown_key(self, pair: Pair, row: Row, place: Place) -> Problem:
        families = lookup.families_of(pair.key)
        if families and is_camel_case(pair.key):
            home = lookup.HOMES[families[0]]
            return problems_of.MisplacedObject(pair.key_span, place.path, pair.key, families[0], home)
        homes = lookup.sections_with(pair.key)
        elsewhere = f"`{pair.key}` belongs in `{homes[0] or 'the top of the spec'}`" if homes else ""
        return problems_of.UnknownKey(pair.key_span, place.path, pair.key, row.known, elsewhere)

    def require(self, row: Row, written: set[str], place: Place) -> None:
        """Tell which required parameters of a row were not written."""
        for parameter in row.parameters:
            if isinstance(parameter.default, Required) and parameter.name not in written:
                expected = parameter.holds.describe()
                self.problems.append(
                    problems_of.Missing(place.key_span, place.path, parameter.name, expected)
                )

    def defaults(self, row: Row, written: set[str]) -> dict[str, Argument]:
        """The arguments of a row that nobody wrote and that have a default."""
        return {
            parameter.name: Argument(_default(parameter), Origin(None, "default"))
            for parameter in row.parameters
            if parameter.name not in written and not isinstance(parameter.default, Required | Unset)
        }


def _beside(source: str, path: str) -> Path:
    """A path as its file meant it: relative to the folder of the text that wrote it."""
    folder = Path() if source.startswith(("--set", "<")) else Path(source).parent
    return folder / Path(path).expanduser()


def _default(parameter: Parameter) -> Value:
    """The default of a parameter; a section that nobody wrote has the defaults of its keys."""
    default = parameter.default
    holds = parameter.holds
    if default is None and isinstance(holds, Fields):
        row = holds.row
        arguments = {
            below.name: Argument(_default(below), Origin(None, "default"))
            for below in row.parameters
            if not isinstance(below.default, Required | Unset)
        }
        return Call(row.name, row.target, arguments, Origin(None, "default"))
    if isinstance(default, Required | Unset):
        raise TypeError(f"`{parameter.name}` has no default")
    return default
