"""The network: the Program's graph as a plain functional `keras.Model`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import keras

from recipe.compiler import receipts
from recipe.compiler.backbones import call_backbone
from recipe.compiler.constructing import first_sentence, plain
from recipe.compiler.costs import cost_of
from recipe.compiler.groups import NO_GROUPS, Groups, check_exclusions, freeze, settle_groups
from recipe.compiler.ids import Ids
from recipe.compiler.layers import build_layer
from recipe.compiler.settling import Settling
from recipe.diagnostics.architectures import TooManyNames
from recipe.diagnostics.problems import Problem, RecipeError, errors
from recipe.diagnostics.shape_causes import written
from recipe.diagnostics.shapes import LayerRefused, NothingTrainable
from recipe.diagnostics.spans import Span
from recipe.program.calling import BACKBONE, arrange
from recipe.program.facts import InputFact
from recipe.program.graphs import Graph, Layer, Tensors, Wire
from recipe.program.programs import Program


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One line of the layer table.

    Args:
        name: of the layer.
        kind: its class.
        shape: of its output, without the batch; several joined by `and`.
        parameters: how many weights it has.
        trainable: how many of them learn.
        weights: paths of its weights.
        span: the row of the spec.
        flops: operations of a pass forward for one example; None where they are not known.
        kept_bytes: what one example keeps for the pass back, an estimate; None where it is not known.
    """

    name: str
    kind: str
    shape: str
    parameters: int
    trainable: int
    weights: tuple[str, ...]
    span: Span | None
    flops: int | None = None
    kept_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Network:
    """A functional model, its layer table, its graph with all settled that hangs on shapes, its groups."""

    model: Any
    table: tuple[LayerRow, ...]
    graph: Graph
    groups: Groups = NO_GROUPS


def build_network(program: Program, inputs: Mapping[str, InputFact]) -> Network:
    """The network of a Program; its variables get values as the scope of the caller says.

    Args:
        program: with facts.
        inputs: shapes by input name.

    Raises:
        RecipeError: R401 to R403 at the row of the spec that Keras refuses, R405, R406.
    """
    problems: list[Problem] = []
    tensors: dict[Wire, Any] = {
        Wire(name): keras.Input(fact.shape, name=name, dtype=fact.encoded_dtype)
        for name, fact in inputs.items()
    }
    starts = {wire.layer: tensor for wire, tensor in tensors.items()}
    table: list[LayerRow] = []
    objects: dict[str, Any] = {}
    settling = Settling(tensors)
    ids = Ids.of(program.facts) if program.facts else Ids()
    for unsettled in program.graph.layers:
        layer = settling.settle(unsettled)
        if layer is None:
            continue
        built = objects[layer.shares] if layer.shares else build_layer(layer, tensors)
        outputs = _call(built, layer, tensors)
        _check_names(layer, program.graph, outputs, problems)
        ids.follow(layer, tensors, problems)
        tensors |= {Wire(layer.name, index): output for index, output in enumerate(outputs)}
        if not layer.shares and isinstance(built, keras.Layer):
            receipts.compare(layer.call, built, problems)
        objects[layer.name] = built
        table.append(_row(built, layer, outputs))
    graph = settling.graph(program.graph)
    ends = {name: tensors[wire] for name, wire in graph.outputs.items()}
    model = keras.Model(_one(starts), _one(ends), name="network")
    if not model.trainable_variables:
        problems.append(NothingTrainable(program.spec.span_of("architecture")))
    groups = settle_groups(program, model, problems)
    check_exclusions(program, model, problems)
    if errors(problems):
        raise RecipeError(problems)
    freeze(model, groups)
    rows = (_still_trained(row, objects[row.name]) for row in table)
    return Network(model, tuple(rows), graph, groups)


def _still_trained(row: LayerRow, built: Any) -> LayerRow:
    """A row after groups of weights are frozen."""
    weights = built.weights if row.weights else []
    return replace(row, trainable=sum(_size(variable) for variable in weights if variable.trainable))


def _check_names(layer: Layer, graph: Graph, outputs: tuple[Any, ...], problems: list[Problem]) -> None:
    """Refuse a layer of which an output is named, or read, that it does not give."""
    wires = [wire for follower in graph.followers.get(layer.name, ()) for wire in follower.wires]
    read = (wire.index for wire in (*wires, *graph.outputs.values()) if wire.layer == layer.name)
    wanted = max(layer.named, 1 + max(read, default=0))
    if wanted > len(outputs):
        problem = TooManyNames(layer.span, layer.call.name, len(outputs), wanted)
        raise RecipeError([*problems, problem])


def _one(named: Mapping[str, Any]) -> Any:
    """The one tensor, or several by name."""
    return next(iter(named.values())) if len(named) == 1 else dict(named)


def _call(built: Any, layer: Layer, tensors: Mapping[Wire, Any]) -> tuple[Any, ...]:
    fed = [tensors[wire] for wire in layer.wires]
    further = {name: plain(argument.value) for name, argument in layer.call_arguments.items()}
    arranged = arrange(layer)
    positional = [_one_or_list(wire, tensors) for wire in arranged.positional]
    named = {name: _one_or_list(wire, tensors) for name, wire in arranged.named.items()}
    try:
        if layer.call.target == BACKBONE:
            output = call_backbone(built, layer, named)
        else:
            output = built(*positional, **named, **further)
    except RecipeError:
        raise
    except Exception as refused:  # whatever Keras or the backend raises on shapes, said at the row
        shapes = tuple(tuple(tensor.shape)[1:] for tensor in fed)
        rows = tuple((wire.layer, _shape(tensor)) for wire, tensor in tensors.items())
        problem = LayerRefused(layer.span, layer.call.name, shapes, first_sentence(refused), rows)
        raise RecipeError([problem]) from refused
    return tuple(output) if isinstance(output, list | tuple) else (output,)


def _one_or_list(wire: Tensors, tensors: Mapping[Wire, Any]) -> Any:
    return tensors[wire] if isinstance(wire, Wire) else [tensors[each] for each in wire]


def _row(built: Any, layer: Layer, outputs: tuple[Any, ...]) -> LayerRow:
    cost = cost_of(outputs)
    weights = built.weights if isinstance(built, keras.Layer) and not layer.shares else []
    return LayerRow(
        name=layer.name,
        kind=layer.call.name,
        shape=" and ".join(_shape(output) for output in outputs),
        parameters=sum(map(_size, weights)),
        trainable=sum(_size(variable) for variable in weights if variable.trainable),
        weights=tuple(variable.path for variable in weights),
        span=layer.span,
        flops=cost.flops,
        kept_bytes=cost.kept_bytes,
    )


def _size(variable: Any) -> int:
    size = 1
    for dimension in variable.shape:
        size *= dimension
    return size


def _shape(tensor: Any) -> str:
    return written(tuple(tensor.shape)[1:])
