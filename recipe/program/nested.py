"""Layers inside layers (`Bidirectional: {LSTM: 32}`): named and given their dtype like any other."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeGuard

from recipe.catalog import lookup
from recipe.catalog.calls import Call, Origin, Value
from recipe.program.names import snake_case
from recipe.program.programs import Graph, Layer

LAYERS = "keras.layers."


def name_nested(graph: Graph) -> Graph:
    """The graph with a name in every inner layer, where Keras's own would hang on a counter."""
    return _each_call(graph, lambda call: _inside(call, _named))


def set_precision(graph: Graph, precision: str) -> Graph:
    """The graph with the dtype policy in every layer that has none of its own; heads bring float32."""
    if precision == "float32":
        return graph

    origin = Origin(None, f"runtime.precision: {precision}")

    def with_dtype(call: Call) -> Call:
        row = lookup.find("layer", call.name)
        inside = _inside(call, with_dtype)
        if row is None or row.parameter("dtype") is None or "dtype" in call:
            return inside
        return inside.with_argument("dtype", precision, origin)

    return _each_call(graph, with_dtype)


def _named(call: Call) -> Call:
    inside = _inside(call, _named)
    if "name" in call:
        return inside
    return inside.with_argument("name", snake_case(call.name), Origin(None, "the class's name"))


def _inside(call: Call, change: Callable[[Call], Call]) -> Call:
    """A Call whose arguments that are layers are changed."""
    inner = {
        name: replace(argument, value=change(argument.value))
        for name, argument in call.arguments.items()
        if _is_layer(argument.value)
    }
    return replace(call, arguments={**call.arguments, **inner}) if inner else call


def _is_layer(value: Value) -> TypeGuard[Call]:
    return isinstance(value, Call) and value.target.startswith(LAYERS)


def _each_call(graph: Graph, change: Callable[[Call], Call]) -> Graph:
    def changed(layer: Layer) -> Layer:
        call = change(layer.call)
        return layer if call is layer.call else replace(layer, call=call)

    return replace(graph, layers=tuple(changed(layer) for layer in graph.layers))
