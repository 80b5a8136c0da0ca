"""What the layer table says of costs: operations and kept bytes of the call that gave some tensors."""

from dataclasses import dataclass
from typing import Any

import keras

from recipe.compiler.activations import kept_bytes
from recipe.compiler.flops import forward_flops
from recipe.compiler.layer_calls import LayerCall, layer_call


@dataclass(frozen=True, slots=True)
class Cost:
    """What one example costs in one call of a layer.

    Args:
        flops: operations of the pass forward, as `recipe.compiler.flops` counts; None where not known.
        kept_bytes: kept for the pass back, an estimate; None where not known.
    """

    flops: int | None
    kept_bytes: int | None


def cost_of(outputs: Any) -> Cost:
    """The cost of the call that gave symbolic tensors.

    Args:
        outputs: all that one call gave.
    """
    history = keras.tree.flatten(outputs)[0]._keras_history
    node = history.operation._inbound_nodes[history.node_index]
    return _cost(layer_call(node.operation, node.arguments.args, node.arguments.kwargs, node.outputs))


def cost_of_model(model: Any) -> Cost:
    """The cost of a functional model, called with what it was built for."""
    inputs = model.inputs[0] if len(model.inputs) == 1 else model.inputs
    return _cost(layer_call(model, [inputs], {}, model.outputs))


def _cost(call: LayerCall | None) -> Cost:
    return Cost(forward_flops(call), kept_bytes(call))
