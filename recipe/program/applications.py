"""`keras.applications` models as layers: images in [0, 1] converted to the range that each was trained on.

The ranges are those of `keras.applications.imagenet_utils.preprocess_input`, a row each.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from recipe.catalog.calls import Argument, Call, Origin, Value
from recipe.program.graphs import Graph, Inputs, Layer, Wire
from recipe.program.names import snake_case

APPLICATIONS = "keras.applications."
_OWN = "include_preprocessing"  # what converts by itself, unless this is false

_Conversion = tuple[tuple[str, str, Mapping[str, Value]], ...]
"""Layers as class, target and arguments, the first nearest to the input."""


def _layer(name: str, **arguments: Value) -> tuple[str, str, Mapping[str, Value]]:
    return name, f"keras.layers.{name}", arguments


FULL: _Conversion = (_layer("Rescaling", scale=255.0),)
SIGNED: _Conversion = (_layer("Rescaling", scale=2.0, offset=-1.0),)
STANDARDIZED: _Conversion = (
    _layer("Normalization", mean=(0.485, 0.456, 0.406), variance=(0.229**2, 0.224**2, 0.225**2)),
)
CENTERED: _Conversion = (
    ("flip", "keras.ops.flip", {"axis": -1}),
    _layer("Rescaling", scale=255.0, offset=(-103.939, -116.779, -123.68)),
)

# By the beginning of the name, the first that fits.
CONVERSIONS: Mapping[str, _Conversion] = MappingProxyType(
    {
        **dict.fromkeys(("ResNet50V2", "ResNet101V2", "ResNet152V2"), SIGNED),
        **dict.fromkeys(("ResNet", "VGG"), CENTERED),
        "DenseNet": STANDARDIZED,
        **dict.fromkeys(("EfficientNet", "MobileNetV3", "ConvNeXt"), FULL),
        **dict.fromkeys(("Inception", "MobileNet", "NASNet", "Xception"), SIGNED),
    }
)


def convert_ranges(graph: Graph) -> Graph:
    """The graph with the layers that give each application the range it expects."""
    if not any(layer.call.target.startswith(APPLICATIONS) for layer in graph.layers):
        return graph
    layers = (one for layer in graph.layers for one in (*_conversion(layer), layer))
    fed = {layer.name: _fed(layer) for layer in graph.layers}
    return replace(graph, layers=tuple(replace(one, inputs=fed.get(one.name, one.inputs)) for one in layers))


def _converted(layer: Layer) -> _Conversion:
    name = layer.call.name
    if not layer.call.target.startswith(APPLICATIONS) or layer.call.get(_OWN) is False:
        return ()
    return next((found for start, found in CONVERSIONS.items() if name.startswith(start)), ())


def _conversion(layer: Layer) -> tuple[Layer, ...]:
    """The layers before an application, each fed by the one before."""
    inputs, found = layer.inputs, []
    origin = Origin(None, f"images lie in [0, 1], and `{layer.call.name}` was trained on another range")
    for name, target, arguments in _converted(layer):
        call = Call(name, target, {key: Argument(value, origin) for key, value in arguments.items()}, origin)
        found.append(Layer(f"{layer.name}.{snake_case(name)}", call, inputs, span=layer.span))
        inputs = (Wire(found[-1].name),)
    return tuple(found)


def _fed(layer: Layer) -> Inputs:
    before = _conversion(layer)
    return (Wire(before[-1].name),) if before else layer.inputs
