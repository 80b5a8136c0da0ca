"""One layer of the graph as what is called: a layer of Keras, an application, or an operation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras

from recipe.compiler.constructing import class_of, construct, plain
from recipe.program.programs import Layer, Wire

OPERATIONS = "keras.ops."
APPLICATIONS = "keras.applications."


def build_layer(layer: Layer, tensors: Mapping[Wire, Any]) -> Any:
    """What a layer of the graph calls.

    Args:
        layer: settled.
        tensors: what it may be fed, by wire.

    Raises:
        RecipeError: R402, when the constructor refuses.
    """
    if layer.call.target.startswith(OPERATIONS):
        arguments = {name: plain(argument.value) for name, argument in layer.call.arguments.items()}
        return NamedOperation(layer.name, class_of(layer.call.target), arguments)
    if layer.call.target.startswith(APPLICATIONS):  # values come when all variables have been made
        shape = tuple(tensors[layer.wires[0]].shape)[1:]
        return construct(layer.call.without("weights"), weights=None, name=layer.name, input_shape=shape)
    return construct(layer.call, name=layer.name)


@dataclass(frozen=True, slots=True)
class NamedOperation:
    """A function of `keras.ops` that gives its node in the graph a name of ours; Keras would count.

    Args:
        name: of the node.
        function: of `keras.ops`.
        arguments: beside the tensors.
    """

    name: str
    function: Callable[..., Any]
    arguments: Mapping[str, Any]

    def __call__(self, *tensors: Any, **named: Any) -> Any:
        """The outputs of the function on symbolic tensors."""
        outputs = self.function(*tensors, **named, **self.arguments)
        first = keras.tree.flatten(outputs)[0]
        first._keras_history.operation.name = self.name
        return outputs
