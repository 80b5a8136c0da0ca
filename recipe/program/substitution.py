"""The second pass over Calls: expressions over facts become values once the data is read."""

from collections.abc import Mapping
from dataclasses import replace

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Origin, Step, Unknown, Value
from recipe.catalog.constraints import Anything, Constraint, Rejected
from recipe.catalog.places import Place
from recipe.catalog.resolver import Resolver
from recipe.catalog.values import Evaluator, as_node
from recipe.diagnostics.problems import Problem
from recipe.language.evaluation import evaluate
from recipe.language.expressions import Expression, Invalid, facts_of
from recipe.program.facts import Facts


def fact_values(facts: Facts) -> Mapping[str, int]:
    """The facts that expressions may use, by the name behind `data.`."""
    shape = next(iter(facts.inputs.values())).shape
    return {
        "classes": len(facts.targets[0].classes) if facts.targets else 0,
        "features": shape[-1] if shape else 0,
        "length": shape[0] if shape else 0,
        "examples": facts.examples["train"],
    }


def substitute(value: Value, facts: Facts | None, problems: list[Problem]) -> Value:
    """A value without expressions: evaluated, or `Unknown` while there are no facts."""
    if isinstance(value, Expression):
        return _evaluated(value, facts, Anything(), problems)
    if isinstance(value, Call):
        return substitute_call(value, facts, problems)
    if isinstance(value, Step):
        call = substitute_call(value.call, facts, problems)
        arguments = {
            name: _argument(one, None, facts, problems) for name, one in value.call_arguments.items()
        }
        return replace(value, call=call, call_arguments=arguments)
    if isinstance(value, tuple):
        return tuple(substitute(item, facts, problems) for item in value)
    if isinstance(value, Mapping):
        return {key: substitute(item, facts, problems) for key, item in value.items()}
    return value


def substitute_call(call: Call, facts: Facts | None, problems: list[Problem]) -> Call:
    """A Call whose arguments hold no expression any more."""
    arguments = {
        name: _argument(argument, _holds(call, name), facts, problems)
        for name, argument in call.arguments.items()
    }
    return replace(call, arguments=arguments)


def _holds(call: Call, argument: str) -> Constraint | None:
    for family in ("layer", "loss"):
        row = lookup.find(family, call.name)
        parameter = row.parameter(argument) if row and row.target == call.target else None
        if parameter is not None:
            return parameter.holds
    return None


def _argument(
    argument: Argument, holds: Constraint | None, facts: Facts | None, problems: list[Problem]
) -> Argument:
    if not isinstance(argument.value, Expression):
        return replace(argument, value=substitute(argument.value, facts, problems))
    value = _evaluated(argument.value, facts, holds or Anything(), problems)
    origin = Origin(argument.origin.span, f"${{{argument.value.text}}}", argument.origin.overrode)
    return Argument(value, origin)


def _evaluated(
    expression: Expression, facts: Facts | None, holds: Constraint, problems: list[Problem]
) -> Value:
    if facts is None:
        return Unknown(facts_of(expression))
    plain = evaluate(expression, {}, fact_values(facts), problems)
    if isinstance(plain, Invalid):
        return None
    node = as_node(plain, expression.span)
    value = Resolver(Evaluator(), problems).resolve(node, holds, Place(expression.text, expression.span))
    return None if isinstance(value, Rejected) else value
