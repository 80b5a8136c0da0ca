"""Presets of KerasHub as layers: what each is fed beside the one input that a spec names.

A network of tokens takes `token_ids`, `padding_mask` and mostly `segment_ids`; a network of images takes
these in the range of the preset's image converter.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from recipe.catalog.calls import Argument, Call, Origin, Value
from recipe.diagnostics.names import UnknownArgument
from recipe.diagnostics.problems import Problem
from recipe.program.calling import BACKBONE
from recipe.program.graphs import Graph, Inputs, Layer, Tensors, Wire
from recipe.program.nested import POLICIES
from recipe.program.presets import FOUND

TOKENS = "token_ids"


@dataclass(frozen=True, slots=True)
class Found:
    """What a preset turned out to be.

    Args:
        kind: its class, such as `BertBackbone`.
        config: from which the class builds it; what the spec decides, name, dtype and freezing, is left out.
        inputs: names of what it is fed.
        outputs: names of what it gives; empty for one output without a name.
        fingerprint: sha256 over its weights; of an address itself, and empty where they are not loaded.
        padding: the id that fills up texts.
        scale: of its image converter, for images from 0 to 255; None where it has none.
        offset: likewise.
    """

    kind: str
    config: Mapping[str, Value]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    fingerprint: str
    padding: int = 0
    scale: float | tuple[float, ...] | None = None
    offset: float | tuple[float, ...] | None = None


def held(found: Found) -> Mapping[str, Value]:
    """What was found as the value of an argument."""
    return {name: getattr(found, name) for name in found.__dataclass_fields__}


def found_in(call: Call) -> Found | None:
    """What was found in the preset of a Call; None before it is read."""
    values = call.get(FOUND)
    return Found(**values) if isinstance(values, Mapping) else None  # type: ignore[arg-type]


def feed_backbones(graph: Graph, precision: str, problems: list[Problem]) -> Graph:
    """The graph with the layers that give each backbone what it takes; those not read yet stay as they are.

    Args:
        graph: wired.
        precision: of layers, which replaces the one that a preset was saved with.
        problems: where names go that a preset does not take.
    """
    if not any(layer.call.target == BACKBONE for layer in graph.layers):
        return graph
    return replace(
        graph, layers=tuple(one for layer in graph.layers for one in _fed(layer, precision, problems))
    )


def _fed(layer: Layer, precision: str, problems: list[Problem]) -> Iterator[Layer]:
    """A backbone behind the layers that feed it; any other layer alone."""
    found = found_in(layer.call) if layer.call.target == BACKBONE else None
    if found is None:
        yield layer
        return
    first = TOKENS if TOKENS in found.inputs else found.inputs[0]
    given = layer.inputs if isinstance(layer.inputs, Mapping) else {first: layer.inputs[0]}
    unknown = (name for name in given if name not in found.inputs)
    problems += (UnknownArgument(layer.span, f"{found.kind}.from", name, found.inputs) for name in unknown)
    inputs: dict[str, Tensors] = dict(given)
    for before, name in _before(layer, found, given):
        yield before
        inputs[name] = Wire(before.name)
    dtype = precision if precision in POLICIES else "float32"
    call = replace(layer.call, name=found.kind).with_argument(
        "dtype", dtype, Origin(None, f"runtime.precision: {precision}")
    )
    yield replace(layer, call=call, inputs=inputs)


def _before(layer: Layer, found: Found, given: Mapping[str, Tensors]) -> Iterator[tuple[Layer, str]]:
    """The layers before a backbone, each with the input that it gives."""
    fed = given.get(TOKENS)
    for name, (function, constants, why) in _OF_TOKENS.items():
        if isinstance(fed, Wire) and name in found.inputs and name not in given:
            values: dict[str, Value] = {argument: found.padding for argument in constants}
            yield _layer(layer, function, f"keras.ops.{function}", values, why, (fed,)), name
    name, images = next(iter(given.items()))
    if TOKENS not in found.inputs and found.scale is not None and isinstance(images, Wire):
        scaled: dict[str, Value] = {"scale": _times(found.scale, 255.0), "offset": found.offset or 0.0}
        why = "images lie in [0, 1], and the image converter of the preset has another range"
        yield _layer(layer, "rescaling", "keras.layers.Rescaling", scaled, why, (images,)), name


# What follows from the ids of a text: a function of them, its argument that is the padding's id, and why.
_OF_TOKENS: Mapping[str, tuple[str, tuple[str, ...], str]] = MappingProxyType(
    {
        "padding_mask": ("not_equal", ("x2",), "what fills a text up is not looked at"),
        "segment_ids": ("zeros_like", (), "a text is one segment"),
    }
)


def _times(scale: float | tuple[float, ...], factor: float) -> Value:
    return tuple(one * factor for one in scale) if isinstance(scale, tuple) else scale * factor


def _layer(
    of: Layer, name: str, target: str, arguments: Mapping[str, Value], why: str, inputs: Inputs
) -> Layer:
    origin = Origin(None, why)
    written = {key: Argument(value, origin) for key, value in arguments.items()}
    call = Call(target.rpartition(".")[2], target, written, origin)
    return Layer(f"{of.name}.{name}", call, inputs, span=of.span)
