"""`vars`: values with names, which may use each other in any order."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from recipe.diagnostics.expressions import CyclicVariables, VariableKind, VariableName
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.values import FactNotAllowedHere
from recipe.language.evaluation import Names, evaluate
from recipe.language.expressions import INVALID, Expression, Invalid, Plain, facts_of, names_of, parse
from recipe.language.grammar import can_name_a_variable, is_taken, variables_in
from recipe.language.nodes import ListNode, MappingNode, Node
from recipe.language.operations import size_problem

_Draft = Plain | Expression | Invalid | list["_Draft"]
"""A variable before its expressions are evaluated; a list is still a list."""


def resolve_vars(
    variables: Mapping[str, Node], problems: list[Problem], outer: Names = MappingProxyType({})
) -> Mapping[str, Plain | Invalid]:
    """The values of variables.

    Args:
        variables: by name, in the order they were written.
        problems: collects R150 to R167, and R212 for facts of the data, on which no variable may hang.
        outer: variables of the place around, which these may use and hide.

    Returns:
        A value for each of `variables`, in their order; `INVALID` for one whose Problem was told.
    """
    drafts = {name: _checked_draft(name, node, problems) for name, node in variables.items()}
    needs = {name: _needed(draft, drafts) for name, draft in drafts.items()}
    values: dict[str, Plain | Invalid] = dict(outer)
    for name in drafts:
        values.pop(name, None)
    for name in _order(needs):
        values[name] = _value(drafts[name], variables[name].span, values, problems)
    stuck = {name: needed for name, needed in needs.items() if name not in values}
    for cycle in _cycles(stuck):
        places = tuple(variables[name].span for name in cycle)
        problems.append(CyclicVariables(places[0], (*cycle, cycle[0]), places))
    return {name: values.get(name, INVALID) for name in drafts}


def bind(expression: Expression, names: Names, problems: list[Problem]) -> Expression | Invalid:
    """The expression together with the values of its variables, so that it hangs on facts alone.

    Args:
        expression: what to bind.
        names: the variables it may use.
        problems: collects R158.
    """
    bound = dict(expression.bound)
    for node in variables_in(expression.tree):
        if node.id not in bound:
            value = names.get(node.id, INVALID)
            if isinstance(value, Invalid):  # told here, when it is unknown
                value = evaluate(replace(expression, tree=node), names, {}, problems)
            if isinstance(value, Invalid):
                return INVALID
            bound[node.id] = value
    return replace(expression, bound=tuple(bound.items()))


def _checked_draft(name: str, node: Node, problems: list[Problem]) -> _Draft:
    if not can_name_a_variable(name):
        problems.append(VariableName(node.span, name, is_taken(name)))
        return INVALID
    return _draft(name, node, problems)


def _draft(name: str, node: Node, problems: list[Problem]) -> _Draft:
    if isinstance(node, ListNode):
        return [_draft(name, item, problems) for item in node.items]
    if isinstance(node, MappingNode):
        problems.append(VariableKind(node.span, name))
        return INVALID
    parsed = parse(node.value, node.span, problems) if isinstance(node.value, str) else None
    if parsed is None:
        return node.value
    if isinstance(parsed, Expression) and (facts := facts_of(parsed)):
        problems.append(FactNotAllowedHere(parsed.span, f"vars.{name}", facts))
        return INVALID
    return parsed


def _expressions(draft: _Draft) -> Iterator[Expression]:
    if isinstance(draft, Expression):
        yield draft
    elif isinstance(draft, list):
        for item in draft:
            yield from _expressions(item)


def _needed(draft: _Draft, drafts: Mapping[str, _Draft]) -> tuple[str, ...]:
    """The variables of the same `vars` that a draft uses."""
    used = (name for expression in _expressions(draft) for name in names_of(expression))
    return tuple(dict.fromkeys(name for name in used if name in drafts))


def _order(needs: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Names after all that they need; those that hang on a cycle are left out."""
    missing = {name: len(needed) for name, needed in needs.items()}
    users: dict[str, list[str]] = {}
    for name, needed in needs.items():
        for other in needed:
            users.setdefault(other, []).append(name)
    ready = deque(name for name, count in missing.items() if count == 0)
    while ready:
        name = ready.popleft()
        yield name
        for user in users.get(name, ()):
            missing[user] -= 1
            if missing[user] == 0:
                ready.append(user)


def _cycles(stuck: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The cycles met when each stuck name is followed to the first stuck name that it needs."""
    seen: set[str] = set()
    for start in stuck:
        path: dict[str, None] = {}
        name = start
        while name not in seen:
            seen.add(name)
            path[name] = None
            name = next(needed for needed in stuck[name] if needed in stuck)
        if name in path:
            names = tuple(path)
            yield names[names.index(name) :]


def _value(draft: _Draft, span: Span, values: Names, problems: list[Problem]) -> Plain | Invalid:
    if isinstance(draft, Expression):
        return evaluate(draft, values, {}, problems)
    if not isinstance(draft, list):
        return draft
    items: list[Plain] = []
    is_whole = True
    for part in draft:
        item = _value(part, span, values, problems)
        if isinstance(item, Invalid):
            is_whole = False
        else:
            items.append(item)
    problem = size_problem(tuple(items), span)
    if problem:
        problems.append(problem)
    return tuple(items) if is_whole and not problem else INVALID
