"""`init.residual`: how residual branches begin, so that a deep network begins as a shallow one.

`zero`: the last scale or projection of each branch is zero, and each `residual` begins as its shortcut
(Goyal et al., arXiv 1706.02677, section 5.1; Zhang et al., arXiv 1901.09321). `scaled`: it is divided by the
square root of the number of branches, so that the variance of their sum does not grow with the depth (Radford
et al. 2019, section 2.3, GPT-2).
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Origin
from recipe.diagnostics.initialization import NoLastWeights
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.graphs import Graph, Layer, Residual

# Of an attention, one argument initializes query, key, value and output alike; only the output is last.
ATTENTIONS = frozenset({"MultiHeadAttention", "GroupQueryAttention"})
ATTENTION_OUTPUT = "attention_output/kernel"
# The last scale or projection of a layer, by the argument that initializes it; the first that is there.
LAST_SLOTS = ("gamma_initializer", "pointwise_initializer", "kernel_initializer", "depthwise_initializer")
RECURRENT = "recurrent_initializer"
NO_MULTIPLE = "STFT"  # the one initializer whose values have no scale
PRODUCT = "Multiply"  # zero where one factor is
PASSING = frozenset(
    """
    Identity Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianDropout Activation ReLU
    LeakyReLU PReLU ELU Flatten Reshape Permute ZeroPadding1D ZeroPadding2D ZeroPadding3D Cropping1D
    Cropping2D Cropping3D AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling1D MaxPooling2D
    MaxPooling3D UpSampling1D UpSampling2D UpSampling3D Add Concatenate Multiply
    """.split()
)


def start_residuals(graph: Graph, how: str, span: Span | None, problems: list[Problem]) -> Graph:
    """The graph with the last weights of every residual branch begun as `init.residual` says.

    Args:
        graph: with an initializer in every kernel slot.
        how: `zero` or `scaled`.
        span: where that was written.
        problems: R337 for branches whose last weights are not known.
    """
    ends = {one.name: tuple(_last_layers(graph, one)) for one in graph.residuals}
    unknown = tuple(name for name, layers in ends.items() if not layers)
    if unknown or not ends:
        problems.append(NoLastWeights(span, unknown, len(ends), graph.residuals[0].name if ends else ""))
        return graph
    factor = 0.0 if how == "zero" else 1 / math.sqrt(len(ends))
    origin = Origin(span, f"init.residual: {how} ({len(ends)} branches)")
    last = {layer.name for layers in ends.values() for layer in layers}
    layers = (_started(one, factor, origin) if one.name in last else one for one in graph.layers)
    return replace(graph, layers=tuple(layers))


def _last_layers(graph: Graph, residual: Residual) -> Iterator[Layer]:
    """The layers with weights that a branch ends in; none where one of its ends has none that are known."""
    inside, found = f"{residual.name}.body.", []
    waiting, seen = [residual.body.layer], {residual.body.layer}
    while waiting:
        layer = graph.by_name.get(waiting.pop())
        if layer is None or not layer.name.startswith(inside):
            return  # an end that reaches the input of the branch
        if _last_slot(layer.call):
            found.append(layer)
            continue
        if layer.call.name not in PASSING or layer.shares:
            return
        wires = layer.wires[:1] if layer.call.name == PRODUCT else layer.wires
        waiting += [wire.layer for wire in wires if wire.layer not in seen]
        seen |= set(waiting)
    yield from found


def _last_slot(call: Call) -> str:
    """The argument that initializes the last scale or projection of a layer; empty where there is none."""
    row = lookup.find("layer", call.name)
    if row is None or row.target != call.target or row.parameter(RECURRENT):
        return ""
    slot = next((name for name in LAST_SLOTS if row.parameter(name)), "")
    written = call.get(slot)
    no_multiple = isinstance(written, Call) and written.name == NO_MULTIPLE
    return "" if no_multiple or (slot == LAST_SLOTS[0] and call.get("scale") is False) else slot


def _started(layer: Layer, factor: float, origin: Origin) -> Layer:
    """A layer whose last weights begin at a multiple of what they would; what it writes itself stays."""
    call, slot = layer.call, _last_slot(layer.call)
    if slot in call and not call.arguments[slot].origin.reason:
        return layer
    default = "Ones" if slot == LAST_SLOTS[0] else "GlorotUniform"
    before = call.get(slot)
    named = before if isinstance(before, Call) else Call(default, f"keras.initializers.{default}")
    after = replace(scaled(named, factor), origin=origin)
    if call.name in ATTENTIONS:
        return replace(layer, starts={**layer.starts, ATTENTION_OUTPUT: after})
    return layer.with_call(call.with_argument(slot, after, origin))


# -- multiples of initializers ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Variance:
    """An initializer that is `VarianceScaling` under another name.

    Args:
        scale: the variance times the fan.
        mode: which fan.
        distribution: of the values.
    """

    scale: float
    mode: str
    distribution: str


_VARIANCES: Mapping[str, _Variance] = MappingProxyType(
    {
        f"{name}{suffix}": _Variance(scale, mode, distribution)
        for name, scale, mode in (("He", 2.0, "fan_in"), ("Lecun", 1.0, "fan_in"), ("Glorot", 1.0, "fan_avg"))
        for suffix, distribution in (("Normal", "truncated_normal"), ("Uniform", "uniform"))
    }
)
# Arguments that the values of an initializer grow with, each with Keras's default and its power.
_PROPORTIONAL: Mapping[str, tuple[tuple[str, float, int], ...]] = MappingProxyType(
    {
        "RandomNormal": (("stddev", 0.05, 1),),
        "TruncatedNormal": (("stddev", 0.05, 1),),
        "RandomUniform": (("minval", -0.05, 1), ("maxval", 0.05, 1)),
        "VarianceScaling": (("scale", 1.0, 2),),
        "Orthogonal": (("gain", 1.0, 1),),
        "Identity": (("gain", 1.0, 1),),
        "Constant": (("value", 0.0, 1),),
    }
)


def scaled(initializer: Call, factor: float) -> Call:
    """An initializer whose values are a multiple of another's; one of Keras's own.

    Args:
        initializer: a class of `keras.initializers`.
        factor: from 0 to 1.
    """
    if factor == 0 or initializer.name == "Zeros":
        return _named("Zeros", {})
    if initializer.name == "Ones":
        return _named("Constant", {"value": factor})
    variance = _VARIANCES.get(initializer.name)
    if variance is not None:
        settings: dict[str, float | str] = {
            "scale": variance.scale * factor**2,
            "mode": variance.mode,
            "distribution": variance.distribution,
        }
        return _named("VarianceScaling", settings, initializer.arguments)
    changed = initializer
    for name, default, power in _PROPORTIONAL[initializer.name]:
        before = initializer.get(name)
        value = before if isinstance(before, int | float) else default
        changed = changed.with_argument(name, value * factor**power, Origin(None, "init.residual"))
    return changed


def _named(
    name: str, settings: Mapping[str, float | str], kept: Mapping[str, Argument] = MappingProxyType({})
) -> Call:
    arguments = {key: Argument(value, Origin(None, "init.residual")) for key, value in settings.items()}
    return Call(name, f"keras.initializers.{name}", {**kept, **arguments})
