"""One layer of the graph as what is called: a layer of Keras, an application, or an operation."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras
from keras.src.backend.common import global_state

from recipe.compiler.backbones import build_backbone
from recipe.compiler.constructing import class_of, construct, plain
from recipe.program.calling import BACKBONE
from recipe.program.graphs import Layer, Wire

OPERATIONS = "keras.ops."
APPLICATIONS = "keras.applications."
COUNTERS = "object_name_uids"  # from which Keras names what has no name


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
    if layer.call.target == BACKBONE:
        with _alone(layer.name):
            return build_backbone(layer)
    if layer.call.target.startswith(APPLICATIONS):  # values come when all variables have been made
        shape = tuple(tensors[layer.wires[0]].shape)[1:]
        with _alone(layer.name):
            return construct(layer.call.without("weights"), weights=None, name=layer.name, input_shape=shape)
    return construct(layer.call, name=layer.name)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Let a network be built whose weights have paths below its name, and whose layers are counted from 0.

    Two of one class would else share their paths, and names would hang on what was built before.
    """
    before = global_state.get_global_attribute(COUNTERS)
    global_state.set_global_attribute(COUNTERS, defaultdict(int))
    try:
        with keras.name_scope(name):
            yield
    finally:
        global_state.set_global_attribute(COUNTERS, before)


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
