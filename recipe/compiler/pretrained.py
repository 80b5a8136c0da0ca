"""Weights that a network was trained to elsewhere: fetched by Keras or KerasHub, and copied into ours."""

from typing import Any

from recipe.compiler.constructing import construct
from recipe.compiler.layers import APPLICATIONS
from recipe.compiler.presets import load_weights
from recipe.diagnostics.machine import MachineError, WeightsNotFetched
from recipe.program.calling import BACKBONE
from recipe.program.graphs import Graph, Layer

WEIGHTS = "weights"


def load_pretrained(model: Any, graph: Graph) -> None:
    """Give every application and backbone of a network the weights that its spec asks for.

    Keras's default of an application is ImageNet's, that of a backbone is its preset's.

    Args:
        model: built, with values.
        graph: settled.

    Raises:
        MachineError: R619, when they cannot be fetched.
        RecipeError: R683 or R684 for a preset.
    """
    for layer in graph.layers:
        if layer.shares:
            continue
        if layer.call.target == BACKBONE and layer.call["load_weights"]:
            load_weights(layer.call, model.get_layer(layer.name))
        if layer.call.target.startswith(APPLICATIONS) and _asks(layer):
            target = model.get_layer(layer.name)
            source = _fetched(layer, tuple(target.input_shape)[1:])
            for weight, value in zip(target.weights, source.weights, strict=True):  # seeds stay ours
                weight.assign(value)


def _asks(layer: Layer) -> bool:
    return WEIGHTS not in layer.call or layer.call[WEIGHTS] is not None


def _fetched(layer: Layer, shape: tuple[int, ...]) -> Any:
    try:
        return construct(layer.call, name=layer.name, input_shape=shape)
    except Exception as failed:  # Keras raises a bare Exception when a download fails
        raise MachineError([WeightsNotFetched(layer.span, layer.call.name, str(failed))]) from failed
