"""From an architecture to a flat graph: names and wires."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from recipe.catalog.calls import Reference, Step
from recipe.diagnostics.conflicts import (
    NameTaken,
    NoOutput,
    NothingToTrain,
    UnknownOutput,
    UnknownTarget,
)
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.names import Namer, snake_case
from recipe.program.programs import Graph, Layer, Wire

INPUT = "input"
HEAD = "recipe:head"
MOST_SUGGESTED = 200  # names that are compared with an unknown one


@dataclass(slots=True)
class _Scope:
    """What is known while one list of layers is wired.

    Args:
        namer: names its layers.
        previous: what the next layer is fed unless it says otherwise.
        outputs: wires by the names of `as`, and where each was given.
    """

    namer: Namer
    previous: Wire
    outputs: dict[str, tuple[Wire, Span | None]] = field(default_factory=dict)


def wire(
    steps: tuple[Step, ...], targets: tuple[str, ...], span: Span | None, problems: list[Problem]
) -> Graph:
    """The flat graph of an architecture.

    Args:
        steps: the architecture, in order.
        targets: names of the targets, empty while they are not known.
        span: of the architecture, for what is missing.
        problems: where problems go.
    """
    scope = _Scope(Namer(given=_given(steps)), Wire(INPUT))
    scope.outputs[INPUT] = (Wire(INPUT), None)
    layers = tuple(layer for step in steps for layer in _wire_step(step, scope, problems))
    if not layers:
        problems.append(NothingToTrain(span))
    return Graph((INPUT,), layers, _outputs(layers, targets, span, problems))


def _given(steps: tuple[Step, ...]) -> frozenset[str]:
    return frozenset(reference.name for step in steps for reference in step.outputs)


def _wire_step(step: Step, scope: _Scope, problems: list[Problem]) -> tuple[Layer, ...]:
    inputs = _inputs(step, scope, problems)
    if not step.active:
        passed_on = next(iter(inputs.values() if isinstance(inputs, Mapping) else inputs), scope.previous)
        _remember(step.outputs, (passed_on,) * len(step.outputs), scope, problems)
        scope.previous = passed_on
        return ()
    name = _name(step, scope)
    layer = Layer(name, step.call, inputs, step.call_arguments, step.call.origin.span)
    wires = tuple(Wire(name, index) for index in range(max(1, len(step.outputs))))
    _remember(step.outputs, wires, scope, problems)
    scope.previous = wires[0]
    return (layer,)


def _name(step: Step, scope: _Scope) -> str:
    """The name that `as` gives, else one of the class; a name that is taken would tie a knot in the graph."""
    if len(step.outputs) == 1 and step.outputs[0].name not in scope.outputs:
        return scope.namer.within(step.outputs[0].name)
    return scope.namer.automatic(snake_case(step.call.name))


def _inputs(step: Step, scope: _Scope, problems: list[Problem]) -> Mapping[str, Wire] | tuple[Wire, ...]:
    if isinstance(step.inputs, Mapping):
        return {key: _find(reference, scope, problems) for key, reference in step.inputs.items()}
    return tuple(_find(reference, scope, problems) for reference in step.inputs) or (scope.previous,)


def _find(reference: Reference, scope: _Scope, problems: list[Problem]) -> Wire:
    found = scope.outputs.get(reference.name)
    if found is None:
        known = tuple(scope.outputs)[-MOST_SUGGESTED:]
        problems.append(UnknownOutput(reference.span, reference.name, known))
        return scope.previous
    return found[0]


def _remember(
    references: tuple[Reference, ...], wires: tuple[Wire, ...], scope: _Scope, problems: list[Problem]
) -> None:
    for reference, found in zip(references, wires, strict=False):
        if reference.name in scope.outputs:
            other = scope.outputs[reference.name][1]
            owner = "" if other else "the network's input"
            problems.append(NameTaken(reference.span, reference.name, other, owner))
        scope.outputs[reference.name] = (found, reference.span)


def _outputs(
    layers: tuple[Layer, ...], targets: tuple[str, ...], span: Span | None, problems: list[Problem]
) -> Mapping[str, Wire]:
    """The wire of each target: of its head, or of the last layer when there is one target and no head."""
    if not layers:
        return {}
    heads = [layer for layer in layers if layer.call.target == HEAD]
    ends = heads or [layers[-1]]
    if targets and len(ends) != len(targets):
        surplus = ends[len(targets)].span if len(ends) > len(targets) else span
        problems.append(NoOutput(surplus, targets, len(heads)))
    written = {str(name): layer for layer in heads if (name := layer.call.get("target")) is not None}
    if targets:
        unknown = (name for name in written if name not in targets)
        problems += [UnknownTarget(written[name].call.span_of("target"), name, targets) for name in unknown]
    open_names = [name for name in targets or _names_of(ends) if name not in written]
    open_ends = [layer for layer in ends if layer not in written.values()]
    outputs = written | dict(zip(open_names, open_ends, strict=False))
    return {name: Wire(layer.name) for name, layer in outputs.items()}


def _names_of(layers: list[Layer]) -> tuple[str, ...]:
    return tuple(layer.name for layer in layers)
