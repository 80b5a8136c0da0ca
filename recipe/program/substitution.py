"""The second pass over Calls: expressions over facts become values once the data is read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from operator import is_not

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Origin, Step, Unknown, Value, with_items
from recipe.catalog.constraints import Constraint, ListOf, OneOf
from recipe.catalog.leaves import Anything, Rejected
from recipe.catalog.places import Place
from recipe.catalog.resolver import Resolver
from recipe.catalog.values import Evaluator, as_node
from recipe.diagnostics.problems import Problem
from recipe.language.evaluation import evaluate
from recipe.language.expressions import Expression, Invalid, facts_of
from recipe.program.facts import IDS, Facts

# Families of the objects whose arguments may hang on facts of the data.
MAY_USE_FACTS = ("layer", "loss", "initializer", "regularizer", "constraint")


def fact_values(facts: Facts) -> Mapping[str, int]:
    """The facts that expressions may use, by the name behind `data.`; of the first input and target."""
    shape = next(iter(facts.shapes.values()))
    sequences = (one.shape for one in facts.inputs.values() if one.dtype == IDS and one.shape)
    # An embedded category brings its table along; what a spec asks for is that of a text.
    asked = (column.statistics for column in facts.columns if "embedding" not in column.statistics)
    vocabularies = (statistics.get("vocabulary") for statistics in asked)
    vocabulary = next((size for size in vocabularies if isinstance(size, int)), None)
    known = {} if vocabulary is None else {"vocabulary": vocabulary}
    return known | {
        "classes": len(facts.targets[0].classes) if facts.targets else 0,
        "features": shape[-1] if shape else 0,
        "length": (next(sequences, shape) or (0,))[0],
        "examples": facts.examples["train"],
    }


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a value stands: how messages call it, and what it may be."""

    path: str
    holds: Constraint

    def item(self) -> "_Slot":
        """The slot of an item, where a list stands."""
        options = self.holds.options if isinstance(self.holds, OneOf) else (self.holds,)
        items = (option.item for option in options if isinstance(option, ListOf))
        return _Slot(self.path, next(items, Anything()))


def substitute_call(call: Call, facts: Facts | None, problems: list[Problem]) -> Call:
    """A Call whose arguments hold no expression: they are evaluated, or `Unknown` without facts."""
    if not call.arguments:
        return call
    arguments = {
        name: argument
        if isinstance(argument.value, str | int | float | None)
        else _argument(argument, _slot(call, name), facts, problems)
        for name, argument in call.arguments.items()
    }
    changed = any(argument is not call.arguments[name] for name, argument in arguments.items())
    return replace(call, arguments=arguments) if changed else call


def _slot(call: Call, argument: str) -> _Slot:
    path = f"{call.name}.{argument}"
    for family in MAY_USE_FACTS:
        row = lookup.find(family, call.name)
        parameter = row.parameter(argument) if row and row.target == call.target else None
        if parameter is not None:
            return _Slot(path, parameter.holds)
    return _Slot(path, Anything())


def _argument(argument: Argument, slot: _Slot, facts: Facts | None, problems: list[Problem]) -> Argument:
    value = _substituted(argument.value, slot, facts, problems)
    if value is argument.value:
        return argument
    if not isinstance(argument.value, Expression):
        return replace(argument, value=value)
    origin = Origin(argument.origin.span, f"${{{argument.value.text}}}", argument.origin.overrode)
    return Argument(value, origin)


def _substituted(value: Value, slot: _Slot, facts: Facts | None, problems: list[Problem]) -> Value:
    if isinstance(value, Expression):
        return _evaluated(value, slot, facts, problems)
    if isinstance(value, Call):
        return substitute_call(value, facts, problems)
    if isinstance(value, Step):
        if not value.active:  # a fact may be absent because it is not needed
            return replace(value, call=replace(value.call, arguments={}))
        call = substitute_call(value.call, facts, problems)
        return value if call is value.call else replace(value, call=call)
    if isinstance(value, tuple):
        items = tuple(_substituted(item, slot.item(), facts, problems) for item in value)
        return items if any(map(is_not, items, value)) else value
    if isinstance(value, Mapping):
        free = _Slot(slot.path, Anything())
        found = {key: _substituted(item, free, facts, problems) for key, item in value.items()}
        return with_items(value, found)
    return value


def _evaluated(expression: Expression, slot: _Slot, facts: Facts | None, problems: list[Problem]) -> Value:
    if facts is None:
        return Unknown(facts_of(expression))
    plain = evaluate(expression, {}, fact_values(facts), problems)
    if isinstance(plain, Invalid):
        return None
    node = as_node(plain, expression.origin)
    place = Place(slot.path, expression.span)
    value = Resolver(Evaluator(), problems).resolve(node, slot.holds, place)
    return None if isinstance(value, Rejected) else value
