"""Layers inside layers (`Bidirectional: {LSTM: 32}`): named and given their dtype like any other."""

from collections.abc import Callable
from dataclasses import replace

from recipe.catalog import lookup, overlay
from recipe.catalog.calls import Call, Origin, Value
from recipe.catalog.imported import module_of
from recipe.program.graphs import Graph, Layer
from recipe.program.names import Namer, snake_case

LAYERS = "keras.layers."
# Precisions that are dtype policies of layers.
POLICIES = frozenset({"mixed_bfloat16", "mixed_float16"})


def name_nested(graph: Graph) -> Graph:
    """The graph with a name in every inner layer, where Keras's own would hang on a counter."""
    return _each_call(graph, _with_names)


def set_precision(graph: Graph, precision: str) -> Graph:
    """The graph with a precision that is a dtype policy in every layer without one; heads bring float32."""
    if precision not in POLICIES:
        return graph

    origin = Origin(None, f"runtime.precision: {precision}")

    def with_dtype(call: Call) -> Call:
        row = lookup.find("layer", call.name)
        within = inside(call, with_dtype)
        if row is None or row.parameter("dtype") is None or "dtype" in call:
            return within
        return within.with_argument("dtype", precision, origin)

    return _each_call(graph, with_dtype)


def _with_names(call: Call) -> Call:
    """A Call in which every inner layer has a name; equals are numbered."""
    namer = Namer()

    def named(inner: Call) -> Call:
        within = _with_names(inner)
        if "name" in inner:
            return within
        name = namer.automatic(snake_case(inner.name))
        return within.with_argument("name", name, Origin(None, "the class's name"))

    return inside(call, named)


def inside(call: Call, change: Callable[[Call], Call]) -> Call:
    """A Call whose arguments that are layers, or lists of these, are changed."""
    inner = {
        name: replace(argument, value=changed)
        for name, argument in call.arguments.items()
        if (changed := _changed(argument.value, change, _takes_layers(call, name))) is not argument.value
    }
    return replace(call, arguments={**call.arguments, **inner}) if inner else call


def _takes_layers(call: Call, argument: str) -> bool:
    """Whether an argument of a layer of Keras is a layer, or a list of these."""
    row = lookup.find("layer", call.name)
    parameter = row.parameter(argument) if row else None
    return parameter is not None and parameter.holds in (overlay.HOLDS["layer"], overlay.HOLDS["layers"])


def _changed(value: Value, change: Callable[[Call], Call], takes_layers: bool) -> Value:
    if isinstance(value, Call):
        is_layer = value.target.startswith(LAYERS) or (takes_layers and bool(module_of(value.name)))
        return change(value) if is_layer else value
    if isinstance(value, tuple) and any(isinstance(item, Call) for item in value):
        return tuple(_changed(item, change, takes_layers) for item in value)
    return value


def _each_call(graph: Graph, change: Callable[[Call], Call]) -> Graph:
    def changed(layer: Layer) -> Layer:
        call = change(layer.call)
        return layer if call is layer.call else layer.with_call(call)

    return replace(graph, layers=tuple(changed(layer) for layer in graph.layers))
