"""Nodes as values: variables put in, expressions evaluated."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from recipe.catalog.calls import Value
from recipe.catalog.constraints import REJECTED, Rejected
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.values import RequiredVariable, WrongValue
from recipe.language.evaluation import evaluate
from recipe.language.expressions import INVALID, Expression, Invalid, Plain, facts_of, parse
from recipe.language.nodes import ListNode, MappingNode, Node, Pair, Scalar, ScalarNode
from recipe.language.variables import bind, resolve_vars

REQUIRED_WORD = "required"


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Knows what expressions may use.

    Args:
        names: values of the variables.
        facts: of the data, by the name behind `data.`; empty while the data is not read.
    """

    names: Mapping[str, Plain | Invalid] = field(default_factory=dict)
    facts: Mapping[str, Scalar] = field(default_factory=dict)

    @classmethod
    def of(cls, written: Pair | None, problems: list[Problem]) -> "Evaluator":
        """The evaluator for the section `vars` of a spec."""
        if written is None:
            return cls()
        if not isinstance(written.value, MappingNode):
            span = written.value.span
            problems.append(WrongValue(span, "vars", "a mapping from names to values", "another value"))
            return cls()
        given: dict[str, Node] = {}
        for pair in written.value.pairs:
            if isinstance(pair.value, ScalarNode) and pair.value.value == REQUIRED_WORD:
                problems.append(RequiredVariable(pair.key_span, pair.key))
            given[pair.key] = pair.value
        return cls(resolve_vars(given, problems))

    def evaluate(self, node: Node, problems: list[Problem]) -> Node | Expression | Rejected:
        """A node without expressions; an `Expression` when it hangs on facts alone."""
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
            return node
        expression = parse(node.value, node.span, problems)
        if expression is None:
            return node
        bound = INVALID if expression is INVALID else bind(expression, self.names, problems)
        if isinstance(bound, Invalid):
            return REJECTED
        if facts_of(bound) and not self.facts:
            return bound
        value = evaluate(bound, {}, self.facts, problems)
        if isinstance(value, Invalid):
            return REJECTED
        return _overriding(as_node(value, node.span), node)


def _overriding(node: Node, written: ScalarNode) -> Node:
    return replace(node, overrode=written.overrode)


def as_node(value: Plain, span: Span) -> Node:
    """A value as the node that would spell it, at the place of the expression that gave it."""
    if isinstance(value, tuple):
        return ListNode(tuple(as_node(item, span) for item in value), span)
    return ScalarNode(value, span, text=str(value))


def as_value(node: Node) -> Value:
    """What a node spells, unchecked; lists as tuples."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return tuple(as_value(item) for item in node.items)
    return {pair.key: as_value(pair.value) for pair in node.pairs}
