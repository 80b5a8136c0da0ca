"""`vars`: values with names, which may use each other in any order."""

import ast
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from recipe.diagnostics.expressions import CyclicVariables, VariableKind, VariableName
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.values import FactNotAllowedHere
from recipe.language.evaluation import Names, evaluate
from recipe.language.expressions import (
    INVALID,
    Expression,
    Invalid,
    Plain,
    facts_of,
    names_of,
    parse,
    with_given,
)
from recipe.language.grammar import can_name_a_variable, is_taken, variables_in
from recipe.language.nodes import ListNode, MappingNode, Node, ScalarNode
from recipe.language.operations import size_problem

_Draft = Plain | Expression | Invalid | list["_Draft"]
"""A variable before its expressions are evaluated; a list is still a list."""


_DOLLARS = re.compile(r"\$\{(?P<braced>[\w.]+)\}|\$(?P<bare>\w+)")
_NOWHERE = Span("", 1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Variables:
    """Variables that expressions may use.

    Args:
        values: by name.
        given: where those were written whose value came from outside of the text that uses them: arguments of
            a block, and what a spec sets of a template.
    """

    values: Names = field(default_factory=dict)
    given: Mapping[str, Span] = field(default_factory=dict)

    def over(self, outer: "Variables") -> "Variables":
        """These and those of the place around, which they hide."""
        shown = {name: place for name, place in outer.given.items() if name not in self.values}
        return Variables({**outer.values, **self.values}, {**shown, **self.given})

    def carried_to(self, place: Span) -> "Variables":
        """These in a text that is used at a place."""
        return replace(self, given={name: span.carried_to(place) for name, span in self.given.items()})

    def origin(self, node: Node) -> Span:
        """Where the value of a node was written: a variable that brings it from outside, else the node."""
        expressions = (with_given(one, self.given) for one in _expressions_in(node)) if self.given else ()
        places = [one.given for one in expressions if one.given]
        return max(places, key=lambda one: len(one.through)).carried_to(node.span) if places else node.span


NO_VARIABLES = Variables()


def resolve_vars(
    variables: Mapping[str, Node], problems: list[Problem], outer: Variables = NO_VARIABLES
) -> Variables:
    """Variables with their values.

    Args:
        variables: by name, in the order they were written.
        problems: collects R150 to R168, and R212 for facts of the data, on which no variable may hang.
        outer: variables of the place around, which these may use and hide.

    Returns:
        A value for each of `variables`, in their order; `INVALID` for one whose Problem was told. Given are
        those that hang on what was given outside.
    """
    drafts = {name: _checked_draft(name, node, problems) for name, node in variables.items()}
    needs = {name: _needed(draft, drafts) for name, draft in drafts.items()}
    values: dict[str, Plain | Invalid] = {
        name: outer.values[name] for name in outer.values if name not in drafts
    }
    given = {name: place for name, place in outer.given.items() if name not in drafts}
    for name in _order(needs):
        node, known = variables[name], Variables(values, given)
        place = node.span if node.overrode else known.origin(node)
        values[name] = _value(drafts[name], node.span, known, problems)
        if node.overrode or place.through:
            given[name] = place
    stuck = {name: needed for name, needed in needs.items() if name not in values}
    for cycle in _cycles(stuck):
        places = tuple(variables[name].span for name in cycle)
        problems.append(CyclicVariables(places[0], (*cycle, cycle[0]), places))
    return Variables(
        {name: values.get(name, INVALID) for name in drafts},
        {name: given[name] for name in drafts if name in given},
    )


def expression_meant(text: str, variables: Variables) -> Expression | None:
    """The expression that a text would be between `${` and `}`; None when it would be none.

    >>> expression_meant("$width * 2", Variables({"width": 16})).text
    'width * 2'
    """
    inside = _DOLLARS.sub(lambda found: found["braced"] or found["bare"], text.strip())
    found = parse(f"${{{inside}}}", _NOWHERE, [])
    if not isinstance(found, Expression) or isinstance(found.tree, ast.Constant | ast.JoinedStr):
        return None
    return found if all(name in variables.values for name in names_of(found)) else None


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


def _expressions_in(node: Node) -> Iterator[Expression]:
    if isinstance(node, ListNode):
        for item in node.items:
            yield from _expressions_in(item)
    elif isinstance(node, ScalarNode) and isinstance(node.value, str):
        parsed = parse(node.value, node.span, [])
        if isinstance(parsed, Expression):
            yield parsed


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


def _value(draft: _Draft, span: Span, known: Variables, problems: list[Problem]) -> Plain | Invalid:
    if isinstance(draft, Expression):
        return evaluate(with_given(draft, known.given), known.values, {}, problems)
    if not isinstance(draft, list):
        return draft
    items: list[Plain] = []
    is_whole = True
    for part in draft:
        item = _value(part, span, known, problems)
        if isinstance(item, Invalid):
            is_whole = False
        else:
            items.append(item)
    problem = size_problem(tuple(items), span)
    if problem:
        problems.append(problem)
    return tuple(items) if is_whole and not problem else INVALID
