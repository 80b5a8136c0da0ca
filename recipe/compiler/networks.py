"""The network: the Program's graph as a plain functional `keras.Model`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from recipe.compiler import receipts
from recipe.compiler.constructing import construct, first_sentence, plain
from recipe.diagnostics.problems import Problem, RecipeError, errors
from recipe.diagnostics.shapes import LayerRefused, NothingTrainable
from recipe.diagnostics.spans import Span
from recipe.program.calling import arrange
from recipe.program.facts import InputFact
from recipe.program.programs import Layer, Program, Wire


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
    """

    name: str
    kind: str
    shape: str
    parameters: int
    trainable: int
    weights: tuple[str, ...]
    span: Span | None


@dataclass(frozen=True, slots=True)
class Network:
    """A functional model and its layer table."""

    model: Any
    table: tuple[LayerRow, ...]


def build_network(program: Program, inputs: Mapping[str, InputFact]) -> Network:
    """The network of a Program; its variables get values as the scope of the caller says.

    Args:
        program: with facts.
        inputs: shapes by input name.

    Raises:
        RecipeError: R401 to R403 at the row of the spec that Keras refuses.
    """
    problems: list[Problem] = []
    tensors: dict[Wire, Any] = {
        Wire(name): keras.Input(fact.shape, name=name, dtype="float32") for name, fact in inputs.items()
    }
    starts = list(tensors.values())
    table: list[LayerRow] = []
    for layer in program.graph.layers:
        built = construct(layer.call, name=layer.name)
        outputs = _call(built, layer, tensors, table)
        tensors |= {Wire(layer.name, index): output for index, output in enumerate(outputs)}
        receipts.compare(layer.call, built, problems)
        table.append(_row(built, layer, outputs))
    ends = [tensors[wire] for wire in program.graph.outputs.values()]
    model = keras.Model(_one(starts), _one(ends), name="network")
    if not model.trainable_variables:
        problems.append(NothingTrainable(program.spec.span_of("architecture")))
    if errors(problems):
        raise RecipeError(problems)
    return Network(model, tuple(table))


def _one(items: list[Any]) -> Any:
    return items[0] if len(items) == 1 else items


def _call(built: Any, layer: Layer, tensors: Mapping[Wire, Any], table: list[LayerRow]) -> tuple[Any, ...]:
    fed = [tensors[wire] for wire in layer.wires]
    further = {name: plain(argument.value) for name, argument in layer.call_arguments.items()}
    arranged = arrange(layer)
    positional = [_one_or_list(wire, tensors) for wire in arranged.positional]
    named = {name: tensors[wire] for name, wire in arranged.named.items()}
    try:
        output = built(*positional, **named, **further)
    except Exception as refused:  # whatever Keras or the backend raises on shapes, said at the row
        received = " and ".join(_shape(tensor) for tensor in fed)
        rows = tuple(f"{row.name:<28} {row.shape}" for row in table)
        problem = LayerRefused(layer.span, layer.call.name, received, first_sentence(refused), rows)
        raise RecipeError([problem]) from refused
    return tuple(output) if isinstance(output, list | tuple) else (output,)


def _one_or_list(wire: Wire | tuple[Wire, ...], tensors: Mapping[Wire, Any]) -> Any:
    return tensors[wire] if isinstance(wire, Wire) else [tensors[each] for each in wire]


def _row(built: Any, layer: Layer, outputs: tuple[Any, ...]) -> LayerRow:
    return LayerRow(
        name=layer.name,
        kind=layer.call.name,
        shape=" and ".join(_shape(output) for output in outputs),
        parameters=sum(_size(variable) for variable in built.weights),
        trainable=sum(_size(variable) for variable in built.trainable_weights),
        weights=tuple(variable.path for variable in built.weights),
        span=layer.span,
    )


def _size(variable: Any) -> int:
    size = 1
    for dimension in variable.shape:
        size *= dimension
    return size


def _shape(tensor: Any) -> str:
    sizes = ["?" if size is None else str(size) for size in tuple(tensor.shape)[1:]]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"
