"""Calls of layers as shapes: what a layer is fed, what it gives, and what it calls itself."""

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, TypeVar

import keras
from keras import layers
from keras.src.models.functional import Functional

Shape = tuple[int, ...]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class LayerCall:
    """One call of a layer, for one example: every shape is without the batch.

    Args:
        layer: a built Keras layer, or an operation of `keras.ops`.
        inputs: shapes of the tensors that it is fed, in order.
        named: those of them that are an argument by themselves, by its name.
        outputs: shapes of what it gives.
        times: how often it is called so.
    """

    layer: Any
    inputs: tuple[Shape, ...]
    named: Mapping[str, Shape]
    outputs: tuple[Shape, ...]
    times: int = 1


def layer_call(layer: Any, args: Sequence[Any], kwargs: Mapping[str, Any], outputs: Any) -> LayerCall | None:
    """The call of a layer with symbolic tensors.

    Args:
        layer: that was called.
        args: its positional arguments; a tensor, or a list of tensors, or anything else.
        kwargs: its named arguments.
        outputs: what it gave, in any structure.

    Returns:
        None where a size other than the batch is not known.
    """
    fed = [
        _example(tensor) for tensor in keras.tree.flatten((list(args), dict(kwargs))) if _is_tensor(tensor)
    ]
    given = [_example(tensor) for tensor in keras.tree.flatten(outputs) if _is_tensor(tensor)]
    arguments = {**dict(zip(inspect.signature(layer.call).parameters, args, strict=False)), **kwargs}
    named = {name: _example(tensor) for name, tensor in arguments.items() if _is_tensor(tensor)}
    if any(size is None for shape in (*fed, *given) for size in shape):
        return None
    return LayerCall(layer, tuple(fed), MappingProxyType(named), tuple(given))


def leaves(call: LayerCall) -> tuple[LayerCall, ...] | None:
    """The calls that a call consists of, nested models and wrappers opened.

    Returns:
        None where a size inside a nested model is not known.
    """
    expand = row_of(EXPANSIONS, call.layer)
    if expand is None:
        return (call,)
    found: list[LayerCall] = []
    for inner in expand(call):
        below = None if inner is None else leaves(replace(inner, times=inner.times * call.times))
        if below is None:
            return None
        found += below
    return tuple(found)


def row_of(table: Mapping[type, Row], layer: Any) -> Row | None:
    """The row of a layer's class, else that of the nearest class it inherits from."""
    return next((table[base] for base in type(layer).__mro__ if base in table), None)


def num_elements(shapes: Sequence[Shape]) -> int:
    """How many numbers lie in arrays of these shapes together."""
    return sum(math.prod(shape) for shape in shapes)


def _is_tensor(value: Any) -> bool:
    return isinstance(value, keras.KerasTensor)


def _example(tensor: Any) -> tuple[Any, ...]:
    """The shape of a tensor's part of one example; a tensor without a batch is the same for all."""
    shape = tuple(tensor.shape)
    return shape[1:] if shape and shape[0] is None else shape


def _of_functional(call: LayerCall) -> list[LayerCall | None]:
    """The calls inside a functional model, at the shapes that it is called with."""
    model: Any = call.layer
    inputs = [
        keras.KerasTensor((None, *shape), dtype=tensor.dtype)
        for shape, tensor in zip(call.inputs, model.inputs, strict=True)
    ]
    found: list[LayerCall | None] = []

    def recording(operation: Any) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            outputs = operation.compute_output_spec(*args, **kwargs)
            found.append(layer_call(operation, args, kwargs, outputs))
            return outputs

        return run

    with keras.StatelessScope(initialize_variables=False):
        model._run_through_graph(inputs, operation_fn=recording)
    return found


def _of_sequential(call: LayerCall) -> list[LayerCall | None]:
    return [replace(call, layer=call.layer._functional)]


def _of_bidirectional(call: LayerCall) -> list[LayerCall | None]:
    return [replace(call, layer=call.layer.forward_layer), replace(call, layer=call.layer.backward_layer)]


def _of_time_distributed(call: LayerCall) -> list[LayerCall | None]:
    (length, *features), outputs = call.inputs[0], tuple(shape[1:] for shape in call.outputs)
    return [LayerCall(call.layer.layer, (tuple(features),), MappingProxyType({}), outputs, length)]


def _of_wrapper(call: LayerCall) -> list[LayerCall | None]:
    return [replace(call, layer=call.layer.layer)]


EXPANSIONS: Mapping[type, Callable[[LayerCall], list[LayerCall | None]]] = MappingProxyType(
    {
        Functional: _of_functional,
        keras.Sequential: _of_sequential,
        layers.Bidirectional: _of_bidirectional,
        layers.TimeDistributed: _of_time_distributed,
        layers.SpectralNormalization: _of_wrapper,
    }
)
