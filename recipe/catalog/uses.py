"""Uses of blocks: the layers of a block with the arguments of a use.

They are resolved anew for each use whose arguments differ, so that every value is checked.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from recipe.catalog.blocks import Block
from recipe.catalog.calls import Argument, Call, Origin, Value
from recipe.catalog.expansion import Steps, resolved_with, tell_size, within_size
from recipe.catalog.fitting import is_lone_object, is_nothing
from recipe.catalog.layer_words import MAX_LAYERS
from recipe.catalog.leaves import REJECTED, Rejected
from recipe.catalog.places import Place
from recipe.catalog.values import REQUIRED_WORD, as_value
from recipe.diagnostics import architectures
from recipe.diagnostics.names import UnknownArgument
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.values import FactNotAllowedHere, Missing, NothingWritten
from recipe.language.expressions import Expression, Invalid, Plain, facts_of
from recipe.language.nodes import ListNode, MappingNode, Node, Pair, ScalarNode
from recipe.language.objects import ObjectNode
from recipe.language.variables import NO_VARIABLES, Variables, resolve_vars

if TYPE_CHECKING:
    from recipe.catalog.resolver import Resolver

BLOCK = "recipe:block"
PLAIN = "a single value or a list"


def resolve_block(resolver: "Resolver", block: Block, written: ObjectNode, place: Place) -> Call | Rejected:
    """A Call with the `layers` of one use of a block, and the names of its inputs and outputs."""
    expansion = resolver.expansion
    if block.name in expansion.open_blocks:
        chain = (*expansion.open_blocks[expansion.open_blocks.index(block.name) :], block.name)
        resolver.problems.append(architectures.BlockInItself(written.name_span, chain))
        return REJECTED
    given = _given(resolver, block, written, place)
    if given is None:
        return REJECTED
    use = (block.name, tuple((name, repr(value), span) for name, (value, span) in sorted(given.items())))
    if use not in expansion.resolved and expansion.num_resolved > MAX_LAYERS:
        tell_size(resolver, written.name_span)
        return REJECTED
    if use not in expansion.resolved:
        expansion.resolved[use] = _used(resolver, block, given, place)
    steps = expansion.resolved[use]
    if isinstance(steps, Rejected):
        return REJECTED
    origin = Origin(written.name_span)
    parts: dict[str, Value] = {
        "layers": steps,
        "inputs": block.inputs,
        "outputs": tuple(pair.key for pair in block.outputs),
    }
    call = Call(block.name, BLOCK, {name: Argument(part, origin) for name, part in parts.items()}, origin)
    return within_size(resolver, call, written.name_span)


_Given = Mapping[str, tuple[Plain, Span]]


def _given(resolver: "Resolver", block: Block, written: ObjectNode, place: Place) -> _Given | None:
    """The arguments of a use; None after a problem was told."""
    pairs = _pairs(block, written)
    found = {pair.key: given for pair in pairs if (given := _given_value(resolver, block, pair, place))}
    if len(found) < len(pairs):
        return None
    required = (name for name, node in block.variables.items() if _is_required(node))
    missing = tuple(name for name in required if name not in found)
    if missing:
        expected = (PLAIN,) * len(missing)
        resolver.problems.append(Missing(written.name_span, place.path, missing, expected))
        return None
    return found


def _given_value(resolver: "Resolver", block: Block, pair: Pair, place: Place) -> tuple[Plain, Span] | None:
    """One argument and where it was written; None after a problem was told."""
    below = place.below(pair.key, pair.key_span)
    if pair.key not in block.variables:
        known = tuple(block.variables)
        resolver.problems.append(UnknownArgument(pair.key_span, place.path, pair.key, known))
        return None
    if is_nothing(pair.value):
        resolver.problems.append(NothingWritten(pair.key_span, below.path, PLAIN))
        return None
    value = _plain(resolver, pair.value, below.path)
    return None if isinstance(value, Invalid) else (value, resolver.evaluator.variables.origin(pair.value))


def _pairs(block: Block, written: ObjectNode) -> tuple[Pair, ...]:
    """The written arguments; a lone value is given to the first variable."""
    node = written.argument
    if node is None:
        return ()
    if isinstance(node, MappingNode) and not is_lone_object(node):
        return node.pairs
    first = next(iter(block.variables), "value")
    return (Pair(first, node.span, node),)


def _is_required(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value == REQUIRED_WORD


def _plain(resolver: "Resolver", node: Node, path: str) -> Plain | Invalid:
    """The value of an argument, expressions evaluated where it is written."""
    if isinstance(node, MappingNode):
        resolver.problems.append(architectures.NoBlockValue(node.span, path))
        return Invalid.INVALID
    if isinstance(node, ListNode):
        items = [_plain(resolver, item, path) for item in node.items]
        kept = tuple(item for item in items if not isinstance(item, Invalid))
        return kept if len(kept) == len(items) else Invalid.INVALID
    found = resolver.evaluator.evaluate(node, resolver.problems)
    if isinstance(found, Expression):
        resolver.problems.append(FactNotAllowedHere(found.span, path, facts_of(found)))
        return Invalid.INVALID
    return Invalid.INVALID if isinstance(found, Rejected) else as_value(found)  # type: ignore[return-value]


def _used(resolver: "Resolver", block: Block, given: _Given, place: Place) -> Steps | Rejected:
    """The Steps of a block with some arguments; it sees its own variables and those of the spec."""
    expansion = resolver.expansion
    around = NO_VARIABLES if block.is_shipped else expansion.variables.carried_to(place.key_span)
    values = {name: value for name, (value, _) in given.items()}
    arguments = Variables(values, {name: span for name, (_, span) in given.items()}).over(around)
    defaults = {name: node for name, node in block.variables.items() if name not in given}
    problems: list[Problem] = []
    variables = resolve_vars(defaults, problems, arguments).over(arguments)
    evaluator = replace(resolver.evaluator, variables=variables)
    within = replace(resolver, evaluator=evaluator, problems=problems)
    expansion.open_blocks = (*expansion.open_blocks, block.name)
    steps = resolved_with(resolver, within, block.layers, replace(place, path=block.name))
    expansion.open_blocks = expansion.open_blocks[:-1]
    return REJECTED if problems else steps
