"""Weights that an application was trained to: fetched by Keras, and copied into the network."""

from typing import Any

from recipe.compiler.constructing import construct
from recipe.compiler.layers import APPLICATIONS
from recipe.diagnostics.machine import MachineError, WeightsNotFetched
from recipe.program.programs import Graph, Layer

WEIGHTS = "weights"


def load_pretrained(model: Any, graph: Graph) -> None:
    """Give every application of a network the weights that its spec asks for; Keras's default is ImageNet's.

    Args:
        model: built, with values.
        graph: settled.

    Raises:
        MachineError: R619, when they cannot be fetched.
    """
    for layer in graph.layers:
        if layer.call.target.startswith(APPLICATIONS) and _asks(layer):
            target = model.get_layer(layer.name)
            source = _fetched(layer, tuple(target.input_shape)[1:])
            for variable, value in zip(target.variables, source.variables, strict=True):
                variable.assign(value)


def _asks(layer: Layer) -> bool:
    return not layer.shares and (WEIGHTS not in layer.call or layer.call[WEIGHTS] is not None)


def _fetched(layer: Layer, shape: tuple[int, ...]) -> Any:
    try:
        return construct(layer.call, name=layer.name, input_shape=shape)
    except Exception as failed:  # Keras raises a bare Exception when a download fails
        raise MachineError([WeightsNotFetched(layer.span, layer.call.name, str(failed))]) from failed
