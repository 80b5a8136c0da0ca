"""What an architecture unfolds into: the state that all layers of one spec share while they are resolved."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from recipe.catalog.blocks import Blocks
from recipe.catalog.calls import Call, Step, Value
from recipe.catalog.constraints import Layers
from recipe.catalog.layer_words import MAX_LAYERS
from recipe.catalog.leaves import REJECTED, Rejected
from recipe.catalog.places import Place
from recipe.diagnostics.architectures import TooManyLayers
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.language.nodes import Node
from recipe.language.variables import NO_VARIABLES, Variables

if TYPE_CHECKING:
    from recipe.catalog.resolver import Resolver

Steps = tuple[Step, ...]
Use = tuple[str, tuple[tuple[str, str, Span | None], ...]]
"""A block and its arguments, each with its value as text: 1, 1.0 and true are different values."""


@dataclass(slots=True)
class Expansion:
    """What all layers of one spec share while they are resolved.

    Args:
        blocks: that may be used.
        open_blocks: those that are being resolved, outermost first.
        resolved: the layers of each use of a block; uses with equal arguments share them.
        told: the first problem of each code and place inside turns and blocks: it alone is told.
        sizes: how many layers each list unfolds into, by identity; kept with the list, so that it stays its.
        variables: of the spec, which its blocks see.
        classes: of the layers named with `as`, by name.
        num_resolved: layers so far; an unfolded architecture has at least as many.
        is_too_large: whether it was told that there are too many layers.
        depth: of the list that is being resolved.
    """

    blocks: Blocks = field(default_factory=Blocks)
    open_blocks: tuple[str, ...] = ()
    resolved: dict[Use, Steps | Rejected] = field(default_factory=dict)
    told: dict[tuple[str, Span | None], Problem] = field(default_factory=dict)
    sizes: dict[int, tuple[Steps, int]] = field(default_factory=dict)
    variables: Variables = NO_VARIABLES
    classes: dict[str, str] = field(default_factory=dict)
    num_resolved: int = 0
    is_too_large: bool = False
    depth: int = 0

    def size(self, steps: Steps) -> int:
        """How many layers a list unfolds into."""
        if id(steps) not in self.sizes:
            self.sizes[id(steps)] = (steps, sum(1 + self.size_inside(step.call) for step in steps))
        return self.sizes[id(steps)][1]

    def size_inside(self, call: Call) -> int:
        """How many layers the lists in a Call unfold into."""
        lists = (found for argument in call.arguments.values() for found in _lists(argument.value))
        return sum(times * self.size(steps) for steps, times in lists)


def _lists(value: Value) -> Iterator[tuple[Steps, int]]:
    """The lists of layers in a value, each with how often it stands there in a row."""
    if isinstance(value, Call):
        for argument in value.arguments.values():
            yield from _lists(argument.value)
    elif isinstance(value, tuple) and value and isinstance(value[0], Step):
        yield value, 1  # type: ignore[misc]
    elif isinstance(value, tuple):
        for _, equal in groupby(value, id):  # turns that use no variable share one list
            item, *others = equal
            yield from ((steps, times * (1 + len(others))) for steps, times in _lists(item))


def within_size(resolver: "Resolver", call: Call, span: Span) -> Call | Rejected:
    """A Call, unless its layers unfold into more than a network can have; then that is told once."""
    if resolver.expansion.size_inside(call) <= MAX_LAYERS:
        return call
    tell_size(resolver, span)
    return REJECTED


def tell_size(resolver: "Resolver", span: Span) -> None:
    """Tell, once, that there are more layers than a network can have."""
    if not resolver.expansion.is_too_large:
        resolver.expansion.is_too_large = True
        resolver.problems.append(TooManyLayers(span, MAX_LAYERS))


def resolved_with(resolver: "Resolver", within: "Resolver", layers: Node, place: Place) -> Steps:
    """The Steps of a list of layers, resolved with other variables; a slip in it is told the first time."""
    found = within.resolve(layers, Layers(), place)
    for problem in within.problems:
        first = resolver.expansion.told.setdefault((problem.code, problem.span), problem)
        if problem is first:
            resolver.problems.append(problem)
    return found if isinstance(found, tuple) else ()  # type: ignore[return-value]  # Layers() gives Steps
