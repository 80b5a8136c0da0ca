"""Nodes as values: variables put in, expressions evaluated."""

import ast
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from recipe.catalog.calls import Value
from recipe.catalog.constraints import Constraint, OneOf
from recipe.catalog.fitting import accepts, is_nothing
from recipe.catalog.leaves import REJECTED, Rejected
from recipe.catalog.places import Place
from recipe.catalog.spelling import spelled
from recipe.diagnostics.expressions import UnknownVariable, VariableName
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.templates import RequiredVariable, UnusedVariable
from recipe.diagnostics.values import NothingWritten, WrongValue
from recipe.language.evaluation import evaluate
from recipe.language.expressions import INVALID, Expression, Invalid, Plain, facts_of, parse, with_given
from recipe.language.grammar import can_name_a_variable, is_taken
from recipe.language.nodes import ListNode, MappingNode, Node, Pair, Scalar, ScalarNode
from recipe.language.variables import NO_VARIABLES, Variables, bind, expression_meant, resolve_vars

REQUIRED_WORD = "required"
MOST_SUGGESTED = 200  # variables that are compared with an unused one
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Knows what expressions may use.

    Args:
        variables: with their values.
        facts: of the data, by the name behind `data.`; empty while the data is not read.
    """

    variables: Variables = NO_VARIABLES
    facts: Mapping[str, Scalar] = field(default_factory=dict)

    @classmethod
    def of(cls, written: Pair | None, problems: list[Problem], extends: Pair | None = None) -> "Evaluator":
        """The evaluator for the section `vars` of a spec, and of what it extends."""
        if written is None:
            return cls()
        if not isinstance(written.value, MappingNode):
            problems.append(_no_variables(written))
            return cls(Variables(_Untold()))
        refused: dict[str, Plain | Invalid] = {}
        right: dict[str, Node] = {}
        for pair in written.value.pairs:
            problem = no_variable(pair, "vars") or _required(pair, extends)
            if problem is None:
                right[pair.key] = pair.value
            else:
                problems.append(problem)
                refused[pair.key] = INVALID
        outer = Variables(refused)
        return cls(resolve_vars(right, problems, outer).over(outer))

    def evaluate(self, node: Node, problems: list[Problem]) -> Node | Expression | Rejected:
        """A node without expressions; an `Expression` when it hangs on facts alone."""
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
            return node
        expression = parse(node.value, node.span, problems)
        if expression is None:
            return node
        if isinstance(expression, Invalid):
            return REJECTED
        expression = with_given(expression, self.variables.given)
        if facts_of(expression) and not self.facts:
            bound = bind(expression, self.variables.values, problems)
            return REJECTED if isinstance(bound, Invalid) else bound
        value = evaluate(expression, self.variables.values, self.facts, problems)
        if isinstance(value, Invalid):
            return REJECTED
        return _overriding(as_node(value, expression.origin, node.value), node)

    def spelling_meant(self, node: Node, holds: Constraint, place: Place) -> str:
        """How to write the expression that a refused text was meant to be; empty when it was none."""
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
            return ""
        found = expression_meant(node.text if "$" in node.text else node.value, self.variables)
        if found is None or not (self._is_admitted(found, holds) or (place.facts and facts_of(found))):
            return ""
        return f"${found.text}" if isinstance(found.tree, ast.Name) else f'"${{{found.text}}}"'

    def _is_admitted(self, expression: Expression, holds: Constraint) -> bool:
        value = evaluate(expression, self.variables.values, self.facts, [])
        options = holds.options if isinstance(holds, OneOf) else (holds,)
        return not isinstance(value, Invalid) and any(
            accepts(as_node(value, expression.span), option) for option in options
        )

    def within(self, variables: Variables) -> "Evaluator":
        """This evaluator in a place that has variables of its own."""
        return replace(self, variables=variables.over(self.variables))


class _Untold(dict[str, Plain | Invalid]):
    """The variables of a section that cannot be read: whatever is asked for was told already."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Invalid:
        return INVALID


def _no_variables(written: Pair) -> Problem:
    expected = "a mapping from names to values"
    if is_nothing(written.value):
        return NothingWritten(written.key_span, "vars", expected)
    return WrongValue(written.value.span, "vars", expected, spelled(as_value(written.value)))


def no_variable(pair: Pair, path: str) -> Problem | None:
    """What is wrong with a variable whatever its value means.

    Args:
        pair: the variable.
        path: of the section that holds it.
    """
    if not can_name_a_variable(pair.key):
        return VariableName(pair.key_span, pair.key, is_taken(pair.key))
    if is_nothing(pair.value):
        return NothingWritten(pair.key_span, f"{path}.{pair.key}", "a single value or a list")
    return None


def _required(pair: Pair, extends: Pair | None) -> Problem | None:
    if not isinstance(pair.value, ScalarNode) or pair.value.value != REQUIRED_WORD:
        return None
    if extends is None or extends.key_span.source == pair.key_span.source:
        return RequiredVariable(pair.key_span, pair.key)
    return RequiredVariable(extends.value.span, pair.key, pair.key_span)


def tell_unused_variables(
    written: Sequence[MappingNode], sources: Container[str], problems: list[Problem]
) -> None:
    """Tell each variable that was written in some sources and that nothing uses.

    Args:
        written: the whole spec, and others in which a use counts too.
        sources: the texts whose variables must be used; a template may offer more than a spec takes.
        problems: where problems go; a variable that an earlier one suggests is not told again.
    """
    variables = written[0].get("vars")
    pairs = variables.value.pairs if variables and isinstance(variables.value, MappingNode) else ()
    used = {name for root in written for name in names_in(root)}
    used |= {problem.suggestion for problem in problems if isinstance(problem, UnknownVariable)}
    slips = (problem.slip for problem in problems if isinstance(problem, WrongValue) and "$" in problem.slip)
    used |= {name for slip in slips for name in _WORD.findall(slip)}
    known = tuple(pair.key for pair in pairs[:MOST_SUGGESTED])
    for pair in pairs:
        is_unused = pair.key not in used and can_name_a_variable(pair.key)
        if is_unused and pair.key_span.source in sources and not _is_told(pair, problems):
            others = tuple(name for name in known if name != pair.key)
            problems.append(UnusedVariable(pair.key_span, pair.key, others))


def _is_told(pair: Pair, problems: Sequence[Problem]) -> bool:
    """Whether something is wrong with the value of a variable: one message is enough."""
    written = pair.value.span
    places = (problem.span for problem in problems if problem.span and problem.span.source == written.source)
    first, last = (written.line, written.column), (written.end_line, written.end_column)
    return any(first <= (place.line, place.column) < last for place in places)


def _texts(node: Node) -> Iterator[str]:
    """Every text with a dollar sign."""
    if isinstance(node, MappingNode):
        for pair in node.pairs:
            yield from (pair.key,) if "$" in pair.key else ()
            yield from _texts(pair.value)
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _texts(item)
    elif isinstance(node.value, str) and "$" in node.value:
        yield node.value


def names_in(node: Node) -> set[str]:
    """The words of all expressions in a node; more than their variables do no harm."""
    return {name for text in _texts(node) for name in _WORD.findall(text)}


def _overriding(node: Node, written: ScalarNode) -> Node:
    return replace(node, overrode=written.overrode) if written.overrode else node


def as_node(value: Plain, span: Span, text: str = "") -> Node:
    """A value as the node that would spell it, at the place of the expression that gave it.

    Args:
        value: of the expression.
        span: its place.
        text: what stands there, where it is a text around expressions.
    """
    if isinstance(value, tuple):
        return ListNode(tuple(as_node(item, span) for item in value), span)
    return ScalarNode(value, span, text=text if isinstance(value, str) and text else str(value))


def written_as(node: Node) -> str:
    """The expression that a node holds, as a reason for its value; empty when it holds none."""
    text = node.value if isinstance(node, ScalarNode) else None
    return text if isinstance(text, str) and "$" in text else ""


def as_value(node: Node) -> Value:
    """What a node spells, unchecked; lists as tuples."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return tuple(as_value(item) for item in node.items)
    return {pair.key: as_value(pair.value) for pair in node.pairs}
