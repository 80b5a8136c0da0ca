"""The value of an expression: its checked tree, walked with the names and facts that are known."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from recipe.diagnostics.expressions import AbsentFact, UnknownVariable
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.language import operations
from recipe.language.expressions import INVALID, Expression, Invalid, Plain
from recipe.language.grammar import LITERALS
from recipe.language.nodes import Scalar
from recipe.language.operations import FailedOperation

Names = Mapping[str, Plain | Invalid]
"""The values of variables; `INVALID` for one whose Problem was told already."""

_MOST_SUGGESTED = 200  # variables that are compared with an unknown one


def evaluate(
    expression: Expression, names: Names, facts: Mapping[str, Scalar], problems: list[Problem]
) -> Plain | Invalid:
    """The value of an expression.

    Args:
        expression: what to compute.
        names: the variables it may use.
        facts: of the data, by the name behind `data.`; ask `facts_of` first whether they are needed.
        problems: collects R158 to R168, of an expression only the first.

    Returns:
        The value; lists are tuples. `INVALID` after a Problem, silently when a variable was invalid before.
    """
    known = {**names, **dict(expression.bound)} if expression.bound else names
    scope = _Scope(known, facts, expression)
    try:
        return scope.value(expression.tree)
    except FailedOperation as failed:
        if failed.problem:
            problems.append(failed.problem)
        return INVALID


@dataclass(frozen=True, slots=True)
class _Scope:
    names: Names
    facts: Mapping[str, Scalar]
    expression: Expression

    def at(self, node: ast.expr) -> Span:
        """The place to blame for the value of a node."""
        return self.expression.blamed(node)

    def value(self, node: ast.expr) -> Plain:
        return _RULES[type(node)](self, node)


def _constant(scope: _Scope, node: ast.Constant) -> Plain:
    return node.value  # type: ignore[return-value]  # only scalars pass the grammar


def _name(scope: _Scope, node: ast.Name) -> Plain:
    if node.id in LITERALS:
        return LITERALS[node.id]
    if node.id not in scope.names:
        known = tuple(scope.names) if len(scope.names) <= _MOST_SUGGESTED else ()
        raise FailedOperation(UnknownVariable(scope.expression.at(node), node.id, known))
    value = scope.names[node.id]
    if isinstance(value, Invalid):
        raise FailedOperation(None)
    return value


def _fact(scope: _Scope, node: ast.Attribute) -> Plain:
    if node.attr not in scope.facts:
        raise FailedOperation(AbsentFact(scope.expression.at(node), node.attr))
    return scope.facts[node.attr]


def _list(scope: _Scope, node: ast.List) -> Plain:
    return operations.sized(tuple(scope.value(item) for item in node.elts), scope.at(node))


def _text(scope: _Scope, node: ast.JoinedStr) -> Plain:
    text = ""
    for part in node.values:
        text += _spelled(scope, part) if isinstance(part, ast.FormattedValue) else str(scope.value(part))
        operations.sized(text, scope.at(node))
    return text


def _spelled(scope: _Scope, part: ast.FormattedValue) -> str:
    """A value inside a text, spelled as YAML would."""
    value = scope.value(part.value)
    if isinstance(value, tuple):
        raise operations.refused("$", "a single value inside a text", scope.at(part), value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def _arithmetic(scope: _Scope, node: ast.BinOp) -> Plain:
    left, right = scope.value(node.left), scope.value(node.right)
    return operations.arithmetic(_SYMBOLS[type(node.op)], left, right, scope.at(node))


def _unary(scope: _Scope, node: ast.UnaryOp) -> Plain:
    value = scope.value(node.operand)
    if isinstance(node.op, ast.Not):
        return not operations.condition("not", value, scope.at(node.operand))
    return operations.signed(_SYMBOLS[type(node.op)], value, scope.at(node))


def _logic(scope: _Scope, node: ast.BoolOp) -> Plain:
    stops_at = isinstance(node.op, ast.Or)
    operation = "or" if stops_at else "and"
    for operand in node.values:
        if operations.condition(operation, scope.value(operand), scope.at(operand)) is stops_at:
            return stops_at
    return not stops_at


def _choice(scope: _Scope, node: ast.IfExp) -> Plain:
    chosen = operations.condition("if", scope.value(node.test), scope.at(node.test))
    return scope.value(node.body if chosen else node.orelse)


def _comparison(scope: _Scope, node: ast.Compare) -> Plain:
    left = scope.value(node.left)
    for comparison, operand in zip(node.ops, node.comparators, strict=True):
        right = scope.value(operand)
        if not operations.compared(_SYMBOLS[type(comparison)], left, right, scope.at(node)):
            return False
        left = right
    return True


def _item(scope: _Scope, node: ast.Subscript) -> Plain:
    return operations.item(scope.value(node.value), scope.value(node.slice), scope.at(node))


def _call(scope: _Scope, node: ast.Call) -> Plain:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    return operations.called(name, tuple(scope.value(argument) for argument in node.args), scope.at(node))


_SYMBOLS: Mapping[type[ast.AST], str] = MappingProxyType(
    {
        ast.Add: "+",
        ast.Sub: "-",
        ast.Mult: "*",
        ast.Div: "/",
        ast.FloorDiv: "//",
        ast.Mod: "%",
        ast.Pow: "**",
        ast.UAdd: "+",
        ast.USub: "-",
        ast.Eq: "==",
        ast.NotEq: "!=",
        ast.Lt: "<",
        ast.LtE: "<=",
        ast.Gt: ">",
        ast.GtE: ">=",
    }
)

_RULES: Mapping[type[ast.expr], Callable[[_Scope, Any], Plain]] = MappingProxyType(
    {
        ast.Constant: _constant,
        ast.Name: _name,
        ast.Attribute: _fact,
        ast.List: _list,
        ast.JoinedStr: _text,
        ast.BinOp: _arithmetic,
        ast.UnaryOp: _unary,
        ast.BoolOp: _logic,
        ast.IfExp: _choice,
        ast.Compare: _comparison,
        ast.Subscript: _item,
        ast.Call: _call,
    }
)
