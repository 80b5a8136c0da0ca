"""From an architecture to a flat graph: names and wires."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain, repeat

from recipe.catalog import lookup
from recipe.catalog.calls import Call, Reference, References, Step
from recipe.diagnostics.architectures import NoSuchOutput, TooManyNames
from recipe.diagnostics.conflicts import NameTaken, NoOutput, UnknownOutput, UnknownTarget
from recipe.diagnostics.conflicts_runs import NothingToTrain
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.graphs import Graph, Inputs, Layer, Tensors, Wire
from recipe.program.names import Namer, snake_case
from recipe.program.scopes import Named, Scope
from recipe.program.sections import steps_of, tuple_of
from recipe.program.structures import STRUCTURES, Wirer, called, original_of

HEAD = "recipe:head"
INPUT = "input"
MOST_SUGGESTED = 200  # names that are compared with an unknown one


def wire(
    architecture: Call,
    inputs: tuple[str, ...],
    targets: tuple[str, ...],
    span: Span | None,
    problems: list[Problem],
) -> Graph:
    """The flat graph of an architecture.

    Args:
        architecture: its section.
        inputs: names of the data's arrays; empty while they are not known.
        targets: names of the targets, empty while they are not known.
        span: of the architecture, for what is missing.
        problems: where problems go.
    """
    steps = steps_of(architecture["layers"])
    names = _input_names(architecture, inputs)
    scope = Scope(Namer(given=given_names(steps) | set(names)), Wire(names[0]))
    scope.outputs |= {name: Named(Wire(name)) for name in names}
    wirer = Wirer(problems, wire_steps)
    wire_steps(steps, scope, wirer)
    layers = tuple(wirer.layers.values())
    if not layers:
        problems.append(NothingToTrain(span))
    written = _written_outputs(architecture, scope, targets, problems)
    outputs = written or _outputs(layers, scope.previous, targets, span, problems)
    return Graph(names, layers, outputs, tuple(wirer.residuals))


def _input_names(architecture: Call, inputs: tuple[str, ...]) -> tuple[str, ...]:
    written = architecture.get("inputs")
    return (tuple(written) if isinstance(written, Mapping) else ()) or inputs or (INPUT,)


def given_names(steps: tuple[Step, ...]) -> frozenset[str]:
    """The names that `as` gives in one list of layers."""
    return frozenset(reference.name for step in steps for reference in step.outputs)


def wire_steps(steps: tuple[Step, ...], scope: Scope, wirer: Wirer) -> None:
    """Add the layers of a list, each fed by the one before unless it says otherwise."""
    for step in steps:
        _wire_step(step, scope, wirer)


def _wire_step(step: Step, scope: Scope, wirer: Wirer) -> None:
    original, home = original_of(step, scope)
    inputs = _inputs(step, called(original), scope, wirer.problems)
    if not step.active:
        passed_on = next(iter(_wires_of(inputs)), scope.previous)
        _remember(step, Named(passed_on, step=step), (passed_on,) * len(step.outputs), scope, wirer.problems)
        scope.previous = passed_on
        return
    structure = STRUCTURES.get(step.call.target)
    name = _name(step, scope, structure.base if structure else "")
    before = len(wirer.layers)
    wires = structure.expand(step, name, inputs, scope, wirer) if structure else None
    if wires is None:
        wires = _add_layer(step, name, inputs, scope, wirer)
    size = len(wirer.layers) - before
    named = Named(wires[0], step=original, name=name, scope=home, size=size)
    _remember(step, named, wires, scope, wirer.problems)
    scope.previous = wires[0]


def _wires_of(inputs: Inputs) -> tuple[Wire, ...]:
    return Layer("", Call("", ""), inputs).wires


def _add_layer(step: Step, name: str, inputs: Inputs, scope: Scope, wirer: Wirer) -> tuple[Wire, ...]:
    call, shares = called(step), ""
    arguments = step.call_arguments
    if call.target == HEAD and call.get("tied_to") is not None:
        shares = wirer.tied(call, scope)
    named = len(step.outputs)
    wirer.add(Layer(name, call, inputs, arguments, call.origin.span, shares, named=named))
    return tuple(Wire(name, index) for index in range(max(1, named)))


def _name(step: Step, scope: Scope, base: str) -> str:
    """The name that `as` gives, else one of the class; a name that is taken would tie a knot in the graph."""
    if len(step.outputs) == 1 and step.outputs[0].name not in scope.outputs:
        return scope.namer.within(step.outputs[0].name)
    return scope.namer.automatic(base or snake_case(called(step).name))


def _inputs(step: Step, call: Call, scope: Scope, problems: list[Problem]) -> Inputs:
    """What a layer is fed; a required input that is not named is the layer before."""
    if isinstance(step.inputs, Mapping):
        found = {key: _find_all(references, scope, problems) for key, references in step.inputs.items()}
        required = (name for name in lookup.inputs_of(call.name)[0] if name not in call)
        return {name: found.get(name, scope.previous) for name in required} | found
    return tuple(_find(reference, scope, problems) for reference in step.inputs) or (scope.previous,)


def _find_all(references: References, scope: Scope, problems: list[Problem]) -> Tensors:
    if isinstance(references, tuple):
        return tuple(_find(reference, scope, problems) for reference in references)
    return _find(references, scope, problems)


def _find(reference: Reference, scope: Scope, problems: list[Problem]) -> Wire:
    found = scope.find(reference.name)
    if found is None:
        problems.append(UnknownOutput(reference.span, reference.name, scope.known[-MOST_SUGGESTED:]))
        return scope.previous
    return found.wire


def _remember(
    step: Step, named: Named, wires: tuple[Wire, ...], scope: Scope, problems: list[Problem]
) -> None:
    if len(step.outputs) > len(wires):
        surplus = step.outputs[len(wires)]
        problems.append(TooManyNames(surplus.span, step.call.name, len(wires), len(step.outputs)))
    for reference, found in zip(step.outputs, chain(wires, repeat(named.wire)), strict=False):
        before = scope.outputs.get(reference.name)
        if before and reference.follows:  # used again is still what had the name first
            scope.outputs[reference.name] = replace(before, wire=found)
            continue
        if before:
            other = before.span
            owner = "" if other else "the network's input"
            problems.append(NameTaken(reference.span, reference.name, other, owner))
        scope.outputs[reference.name] = replace(named, wire=found, span=reference.span)


# -- outputs -------------------------------------------------------------------------------------


def _written_outputs(
    architecture: Call, scope: Scope, targets: tuple[str, ...], problems: list[Problem]
) -> Mapping[str, Wire]:
    """The outputs that the architecture names, by target; none when it leaves them to the heads."""
    written, span = architecture.get("outputs"), architecture.span_of("outputs")
    if isinstance(written, Mapping):
        names = {str(target): str(name) for target, name in written.items()}
        unknown = [target for target in names if targets and target not in targets]
        problems += [UnknownTarget(span, target, targets) for target in unknown]
    else:
        listed = [str(name) for name in tuple_of(written)]
        names = dict(zip(targets if len(targets) == len(listed) else listed, listed, strict=True))
    if names and targets and len(names) != len(targets):
        problems.append(NoOutput(span, targets, len(names)))
    found = {}
    for target, name in names.items():
        output = scope.outputs.get(name)
        if output is None or output.step is None:
            given = tuple(one for one, known in scope.outputs.items() if known.step is not None)
            problems.append(NoSuchOutput(span, name, given))
        else:
            found[target] = output.wire
    return {target: found[target] for target in targets if target in found} or found


def _outputs(
    layers: tuple[Layer, ...],
    last: Wire,
    targets: tuple[str, ...],
    span: Span | None,
    problems: list[Problem],
) -> Mapping[str, Wire]:
    """The wire of each target: of its head, or of the last layer when there is one target and no head."""
    heads = [layer for layer in layers if layer.call.target == HEAD]
    ends = heads or [layer for layer in layers if layer.name == last.layer]
    if not ends:
        problems += [NoSuchOutput(span, last.layer, ())] if layers else []
        return {}
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
    in_order = [name for name in targets if name in outputs] or list(outputs)
    return {name: Wire(outputs[name].name) if heads else last for name in in_order}


def _names_of(layers: list[Layer]) -> tuple[str, ...]:
    return tuple(layer.name for layer in layers)
