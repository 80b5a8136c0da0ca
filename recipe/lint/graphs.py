"""Reading a graph: what feeds a layer, what it is fed to, and what its activation is."""

from collections.abc import Iterator, Mapping

from recipe.catalog import lookup
from recipe.catalog.calls import Call
from recipe.program.graphs import Graph, Layer

LINEAR = "linear"
SQUASHING = frozenset({"softmax", "sigmoid"})
RELU_FAMILY = frozenset("relu relu6 leaky_relu elu gelu silu swish mish".split())
DROPOUTS = frozenset(
    "Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianDropout AlphaDropout".split()
)
CONVOLUTIONS = frozenset("Conv1D Conv2D Conv3D".split())
NORMS = frozenset(
    "BatchNormalization LayerNormalization GroupNormalization RMSNormalization UnitNormalization".split()
)
BATCH_NORM = "BatchNormalization"

# Layers that are an activation and nothing else, and what they are in Keras's words.
_ACTIVATION_LAYERS = {
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "leaky_relu",
    "ELU": "elu",
    "Softmax": "softmax",
}


def outputs_of(graph: Graph) -> tuple[Layer, ...]:
    """The layers in which the network ends."""
    layers = graph.by_name
    return tuple(layers[wire.layer] for wire in graph.outputs.values() if wire.layer in layers)


def lone_feeder(layer: Layer, layers: Mapping[str, Layer]) -> Layer | None:
    """The one layer that feeds a layer; None when there are several, or an input does."""
    wires = layer.wires
    return layers.get(wires[0].layer) if len(wires) == 1 else None


def is_activation(layer: Layer) -> bool:
    """Whether a layer is an activation and nothing else."""
    return layer.call.name == "Activation" or layer.call.name in _ACTIVATION_LAYERS


def activation_of(layer: Layer) -> str:
    """What a layer's output went through last, in Keras's words; `linear` when nothing."""
    name = layer.call.name
    if name in _ACTIVATION_LAYERS:
        return _ACTIVATION_LAYERS[name]
    written = layer.call.get("activation")
    found = written if "activation" in layer.call else lookup.keras_default("layer", name, "activation")
    return found if isinstance(found, str) else LINEAR


def width_of(layer: Layer) -> int | None:
    """Units or filters; None when the layer has none, or they are not known."""
    for argument in ("units", "filters"):
        width = layer.call.get(argument)
        if isinstance(width, int):
            return width
    return None


def takes(call: Call, argument: str) -> bool:
    """Whether a Keras layer has an argument."""
    row = lookup.find("layer", call.name)
    return row is not None and row.target == call.target and row.parameter(argument) is not None


def regularized(layer: Layer) -> Iterator[Call]:
    """The L2 penalties on the kernels of a layer, and of layers inside it."""
    for call in layer.call.calls():
        penalty = call.get("kernel_regularizer")
        if isinstance(penalty, Call) and (penalty.name == "L2" or penalty.get("l2")):
            yield penalty
