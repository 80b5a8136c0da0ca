"""The words of an architecture that stand for several layers, each a row: what it adds to the flat graph."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from recipe.catalog.blocks import SHIPPED
from recipe.catalog.calls import Argument, Call, Origin, Step
from recipe.catalog.layer_words import MAX_LAYERS
from recipe.diagnostics.architectures import (
    EmptyBody,
    NoSuchOutput,
    NotReusable,
    NotTied,
    TakesOneInput,
    TooManyLayers,
)
from recipe.diagnostics.conflicts import UnknownOutput
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.calling import OPERATIONS, misfed
from recipe.program.graphs import Inputs, Layer, Residual, Wire
from recipe.program.names import Namer, snake_case
from recipe.program.scopes import Named, Scope
from recipe.program.sections import steps_of, tuple_of

INPUT = "input"
OP = "recipe:op"
REUSE = "recipe:reuse"
# Settled by the compiler, which knows shapes.
PROJECT = "recipe:project"
CHOOSE = "recipe:choose"
SHORTCUTS = frozenset({PROJECT, CHOOSE})
DROP_PATH = "recipe:drop_path"
REVERSIBLE = "ReversibleEmbedding"


@dataclass(slots=True)
class Wirer:
    """Collects the layers of one graph.

    Args:
        problems: where problems go.
        wire_steps: adds the layers of a list.
        layers: so far, by name.
        shared: while a block is used again: the part of its layers' names that is new, and what it was.
        unless_equal: while the layers of a conditional shortcut are added: the wires that decide.
        residuals: so far.
        use: while the layers of a block that ships are added: where the spec names it.
    """

    problems: list[Problem]
    wire_steps: Callable[[tuple[Step, ...], Scope, "Wirer"], None]
    layers: dict[str, Layer] = field(default_factory=dict)
    shared: tuple[str, str] = ("", "")
    unless_equal: tuple[Wire, ...] = ()
    residuals: list[Residual] = field(default_factory=list)
    use: Span | None = None

    def add(self, layer: Layer) -> Wire:
        """Add a layer; what is told of one in a block that ships is told where the spec names the block."""
        layer = replace(layer, span=self.use or layer.span)
        takes = misfed(layer.call, layer.inputs)
        if takes is not None:
            is_operation = layer.call.target.startswith(OPERATIONS)
            misfit = TakesOneInput(layer.span, layer.call.name, takes, len(layer.inputs), is_operation)
            self.problems.append(misfit)
        new, old = self.shared
        if old and not layer.shares:
            layer = replace(layer, shares=self._root(old + layer.name.removeprefix(new)))
        if self.unless_equal:
            layer = replace(layer, unless_equal=self.unless_equal)
        self.layers[layer.name] = layer
        return Wire(layer.name)

    def _root(self, name: str) -> str:
        """The layer that has the weights, where several share them."""
        found = self.layers.get(name)
        return found.shares or name if found else name

    def body(
        self, steps: tuple[Step, ...], path: str, inputs: Mapping[str, Wire], around: Scope | None
    ) -> Scope:
        """Wire a list of layers in a scope of its own, and give the scope; its end is what it holds last."""
        given = frozenset(reference.name for step in steps for reference in step.outputs)
        scope = Scope(Namer(path, given), next(iter(inputs.values())), around=around)
        scope.outputs |= {name: Named(wire) for name, wire in inputs.items()}
        self.wire_steps(steps, scope, self)
        return scope

    def tied(self, head: Call, scope: Scope) -> str:
        """The name of the layer that a head is tied to; empty after a problem was told."""
        name = str(head["tied_to"])
        found = scope.find(name)
        span = head.span_of("tied_to")
        if found is None:
            if span is not None:
                self.problems.append(UnknownOutput(span, name, scope.known))
            return ""
        kind = _without_layers(found) or f"a `{found.step.call.name}`"  # type: ignore[union-attr]
        if kind != f"a `{REVERSIBLE}`":
            self.problems.append(NotTied(span, name, kind))
            return ""
        return self._root(found.name)


def called(step: Step) -> Call:
    """What a step calls: of `op`, the function."""
    function = step.call.get("function")
    return function if step.call.target == OP and isinstance(function, Call) else step.call


def original_of(step: Step, scope: Scope) -> tuple[Step, Scope]:
    """A step and its scope; of a `reuse`, those of what is used again, with its further arguments."""
    found = scope.find(str(step.call["name"])) if step.call.target == REUSE else None
    if found is None or found.step is None or found.scope is None:
        return step, scope
    arguments = {**found.step.call_arguments, **step.call_arguments}
    return replace(found.step, outputs=step.outputs, call_arguments=arguments), found.scope


def _without_layers(found: Named) -> str:
    """What a name stands for that has no layers, in words; empty when it has."""
    if found.step is None:
        return "an input"
    return "" if found.step.active else "a layer that `when` skips"


Expand = Callable[[Step, str, Inputs, Scope, Wirer], tuple[Wire, ...]]


@dataclass(frozen=True, slots=True)
class Structure:
    """A word that stands for several layers.

    Args:
        expand: adds them, and gives the outputs.
        base: of its automatic name; the word itself unless said.
    """

    expand: Expand
    base: str = ""


def _lone(step: Step, inputs: Inputs, scope: Scope, wirer: Wirer) -> Wire:
    """The one input of a word that takes one."""
    if isinstance(inputs, Mapping):
        return scope.previous  # the resolver has told its names
    if len(inputs) != 1:
        wirer.problems.append(TakesOneInput(step.call.origin.span, step.call.name, (), len(inputs)))
    return inputs[0]


def _residual(step: Step, name: str, inputs: Inputs, scope: Scope, wirer: Wirer) -> tuple[Wire, ...]:
    start = _lone(step, inputs, scope, wirer)
    steps = steps_of(step.call["body"])
    body = wirer.body(steps, f"{name}.body", {INPUT: start}, scope).previous
    if not any(one.active for one in steps):
        wirer.problems.append(EmptyBody(step.call.span_of("body"), "residual", "body"))
    wirer.residuals.append(Residual(name, body))
    if rate := step.call["drop_path"]:
        body = wirer.add(_drop_path(step, f"{name}.drop_path", rate, body))
    shortcut = _shortcut(step, name, start, body, scope, wirer)
    return (_merged(step, name, (shortcut, body), wirer),)


def _drop_path(step: Step, name: str, rate: object, body: Wire) -> Layer:
    origin = Origin(step.call.span_of("drop_path"))
    call = Call("Dropout", DROP_PATH, {"rate": Argument(rate, origin)}, origin)  # type: ignore[arg-type]
    return Layer(name, call, (body,), span=origin.span)


def _shortcut(step: Step, name: str, start: Wire, body: Wire, scope: Scope, wirer: Wirer) -> Wire:
    """What is added to the body: the input, layers of its own, or a projection where the shapes differ."""
    written = step.call["shortcut"]
    if written == "identity":
        return start
    path = f"{name}.shortcut"
    if written == "project":
        call = Call("Conv2D", PROJECT, origin=Origin(step.call.span_of("shortcut"), "shortcut: project"))
        return wirer.add(Layer(path, call, (start, body), span=call.origin.span))
    if not isinstance(written, Call):
        return wirer.body(steps_of(written), path, {INPUT: start}, scope).previous
    around, wirer.unless_equal = wirer.unless_equal, (start, body)
    projected = wirer.body(steps_of(written["project"]), path, {INPUT: start}, scope).previous
    wirer.unless_equal = around
    call = Call("project", CHOOSE, origin=written.origin)
    return wirer.add(Layer(path, call, (start, body, projected), span=written.origin.span))


def _merged(step: Step, name: str, wires: tuple[Wire, ...], wirer: Wirer) -> Wire:
    merge = step.call["merge"]
    if not isinstance(merge, Call):  # the default is a name
        merge = Call(str(merge), f"keras.layers.{merge}")
    span = merge.origin.span or step.call.origin.span
    return wirer.add(Layer(f"{name}.{snake_case(merge.name)}", merge, wires, span=span))


def _parallel(step: Step, name: str, inputs: Inputs, scope: Scope, wirer: Wirer) -> tuple[Wire, ...]:
    start = _lone(step, inputs, scope, wirer)
    namer = Namer(name)
    branches = tuple_of(step.call["branches"])
    if not branches:
        wirer.problems.append(EmptyBody(step.call.span_of("branches"), "parallel", "branches"))
        return (start,)
    ends = tuple(
        wirer.body(steps_of(branch), namer.automatic("branch"), {INPUT: start}, scope).previous
        for branch in branches
    )
    return (_merged(step, name, ends, wirer),)


def _repeat(step: Step, name: str, inputs: Inputs, scope: Scope, wirer: Wirer) -> tuple[Wire, ...]:
    wire = _lone(step, inputs, scope, wirer)
    for index, turn in enumerate(tuple_of(step.call["turns"])):
        wire = wirer.body(steps_of(turn), f"{name}.{index}", {INPUT: wire}, scope).previous
    return (wire,)


def _block(step: Step, name: str, inputs: Inputs, scope: Scope, wirer: Wirer) -> tuple[Wire, ...]:
    fed = _fed(step.call, inputs, scope, wirer.problems)
    steps, around = steps_of(step.call["layers"]), wirer.use
    wirer.use = around or (step.call.origin.span if _is_shipped(steps) else None)
    inside = wirer.body(steps, name, fed, None)
    wirer.use = around
    outputs = tuple(str(one) for one in tuple_of(step.call["outputs"]))
    for output in outputs:
        if output not in inside.outputs:
            wirer.problems.append(NoSuchOutput(step.call.origin.span, output, inside.known))
    found = tuple(inside.outputs[output].wire for output in outputs if output in inside.outputs)
    return found or (inside.previous,)


def _is_shipped(steps: tuple[Step, ...]) -> bool:
    """Whether the layers of a block stand in a file that ships with recipe."""
    span = steps[0].call.origin.span if steps else None
    return span is not None and Path(span.source).parent == SHIPPED


def _fed(block: Call, inputs: Inputs, scope: Scope, problems: list[Problem]) -> Mapping[str, Wire]:
    """What each input of a block is fed."""
    names = tuple(str(one) for one in tuple_of(block["inputs"]))
    span = block.origin.span
    if not isinstance(inputs, Mapping):
        if len(inputs) != len(names):
            problems.append(TakesOneInput(span, block.name, names, len(inputs)))
        return {one: inputs[min(index, len(inputs) - 1)] for index, one in enumerate(names)}
    found = {}
    for name in names:
        given = inputs.get(name, scope.previous)
        if isinstance(given, tuple):
            problems.append(TakesOneInput(span, name, (), len(given)))
        found[name] = given[0] if isinstance(given, tuple) else given
    return found


def _reuse(step: Step, name: str, inputs: Inputs, scope: Scope, wirer: Wirer) -> tuple[Wire, ...]:
    found = _reusable(step.call, scope, wirer)
    if found is None:
        return (scope.previous,) * max(1, len(step.outputs))
    again, home = original_of(step, scope)
    structure = STRUCTURES.get(again.call.target)
    around, wirer.shared = wirer.shared, (name, found.name)
    try:
        if structure:
            return structure.expand(again, name, inputs, replace(home, previous=scope.previous), wirer)
        arguments, named = again.call_arguments, len(step.outputs)
        wirer.add(Layer(name, called(again), inputs, arguments, step.call.origin.span, named=named))
    finally:
        wirer.shared = around
    return tuple(Wire(name, index) for index in range(max(1, len(step.outputs))))


def _reusable(reuse: Call, scope: Scope, wirer: Wirer) -> Named | None:
    """What is used again; None after a problem was told."""
    wanted, span = str(reuse["name"]), reuse.span_of("name")
    found = scope.find(wanted)
    if found is None:
        wirer.problems += [UnknownOutput(span, wanted, scope.known)] if span else []
        return None
    if what := _without_layers(found):
        wirer.problems.append(NotReusable(span, wanted, what))
        return None
    if len(wirer.layers) + found.size > MAX_LAYERS:  # all else was counted before it was unfolded
        is_told = any(isinstance(problem, TooManyLayers) for problem in wirer.problems)
        wirer.problems += [] if is_told else [TooManyLayers(span, MAX_LAYERS)]
        return None
    return found


STRUCTURES: Mapping[str, Structure] = MappingProxyType(
    {
        "recipe:residual": Structure(_residual),
        "recipe:parallel": Structure(_parallel),
        "recipe:repeat": Structure(_repeat),
        "recipe:block": Structure(_block),
        "recipe:reuse": Structure(_reuse),
    }
)
