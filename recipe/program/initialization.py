"""`init`: an initializer for every weight slot, chosen by the nonlinearity that follows.

He et al. (arXiv 1502.01852, equation 10) for the ReLU family, LeCun et al. 1998 for SELU (arXiv 1706.02515),
Glorot and Bengio 2010 (equation 16) for the rest.
"""

import fnmatch
from collections.abc import Iterator
from dataclasses import replace

from recipe.catalog import lookup
from recipe.catalog.calls import Call, Origin
from recipe.diagnostics.conflicts import SlotPatternMatchesNothing
from recipe.diagnostics.problems import Problem
from recipe.program.programs import Graph, Layer

BY_ACTIVATION = {
    **dict.fromkeys(("relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "swish", "mish"), "HeNormal"),
    "selu": "LecunNormal",
}
BY_LAYER = dict.fromkeys(("ReLU", "LeakyReLU", "PReLU", "ELU"), "HeNormal")
# Layers that leave the question to the next one: linear in what passes through them.
LINEAR = frozenset(
    """
    Identity Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianDropout GaussianNoise
    AlphaDropout BatchNormalization LayerNormalization GroupNormalization RMSNormalization
    UnitNormalization Flatten Reshape Permute RepeatVector Cropping1D Cropping2D Cropping3D
    ZeroPadding1D ZeroPadding2D ZeroPadding3D UpSampling1D UpSampling2D UpSampling3D Add Subtract
    Average Concatenate Maximum Minimum AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling1D
    MaxPooling2D MaxPooling3D GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D
    GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
    """.split()
)
KERNEL_SLOTS = ("kernel_initializer", "depthwise_initializer", "pointwise_initializer")
# A layer with one of these arguments is recurrent, an attention or an embedding: Keras's own default stays.
OWN_DEFAULT = ("recurrent_initializer", "num_heads", "embeddings_initializer")
OTHERWISE = "GlorotUniform"


def initialize(graph: Graph, init: Call | None, problems: list[Problem]) -> Graph:
    """The graph with an initializer in every kernel slot.

    Args:
        graph: the network; a head must be settled already.
        init: an initializer for all, a Call of `init` with `default` and `match`, or None for `auto`.
        problems: where problems go.
    """
    default, match = _parts(init)
    layers = tuple(_initialized(layer, graph, default) for layer in graph.layers)
    if match:
        layers = _matched(layers, match, problems)
    return replace(graph, layers=layers)


def _parts(init: Call | None) -> tuple[Call | None, Call | None]:
    if init is None or init.target != "recipe:init":
        return init, None
    default = init.get("default")
    return default if isinstance(default, Call) else None, init if "match" in init else None


def slots(layer: Layer) -> tuple[str, ...]:
    """The `*_initializer` arguments of a layer."""
    row = lookup.find("layer", layer.call.name)
    known = row.known if row is not None and row.target == layer.call.target else ()
    return tuple(name for name in known if name.endswith("_initializer"))


def _initialized(layer: Layer, graph: Graph, default: Call | None) -> Layer:
    row = lookup.find("layer", layer.call.name)
    if row is None or any(row.parameter(name) for name in OWN_DEFAULT):
        return layer
    call = layer.call
    for slot in KERNEL_SLOTS:
        if row.parameter(slot) and slot not in call:
            initializer, reason = (default, "init.default") if default else _automatic(layer, graph)
            call = call.with_argument(slot, initializer, Origin(None, reason))
    return replace(layer, call=call)


def _automatic(layer: Layer, graph: Graph) -> tuple[Call, str]:
    found = sorted(set(_consumers(layer, graph, own=True)))
    names = {name for name, _ in found}
    if len(names) != 1:
        listed = ", ".join(because for _, because in found)
        return _call(OTHERWISE), f"init: auto, for consumers that differ ({listed})"
    name, because = found[0]
    return _call(name), f"init: auto, for {because}"


def _consumers(layer: Layer, graph: Graph, *, own: bool = False) -> Iterator[tuple[str, str]]:
    """What each nonlinearity that a layer's output reaches asks for, and its words."""
    activation = layer.call.get("activation") if own else None
    if isinstance(activation, str) and activation != "linear":
        yield BY_ACTIVATION.get(activation, OTHERWISE), f"its activation {activation}"
        return
    followers = [
        follower for follower in graph.layers if any(wire.layer == layer.name for wire in follower.wires)
    ]
    if not followers:
        yield OTHERWISE, "a linear output"
    for follower in followers:
        yield from _asked_by(follower, graph)


def _asked_by(follower: Layer, graph: Graph) -> Iterator[tuple[str, str]]:
    name = follower.call.name
    if name == "Activation":
        activation = str(follower.call.get("activation"))
        yield BY_ACTIVATION.get(activation, OTHERWISE), f"{follower.name} ({activation})"
    elif name in BY_LAYER:
        yield BY_LAYER[name], follower.name
    elif name in LINEAR:
        yield from _consumers(follower, graph)
    else:
        yield OTHERWISE, f"{follower.name}, which is not a nonlinearity"


def _call(name: str) -> Call:
    return Call(name, f"keras.initializers.{name}", origin=Origin(None, "init: auto"))


def _matched(layers: tuple[Layer, ...], init: Call, problems: list[Problem]) -> tuple[Layer, ...]:
    """Initializers of `init.match`, by patterns over `layer/slot` (`kernel` for `kernel_initializer`)."""
    patterns = init["match"]
    written = dict(patterns) if isinstance(patterns, dict) else {}
    places = [(index, slot) for index, layer in enumerate(layers) for slot in slots(layer)]
    spelled = {place: f"{layers[place[0]].name}/{place[1].removesuffix('_initializer')}" for place in places}
    changed = list(layers)
    for pattern, call in written.items():
        hits = [place for place, text in spelled.items() if fnmatch.fnmatchcase(text, pattern)]
        if not hits:
            problems.append(
                SlotPatternMatchesNothing(init.span_of("match"), pattern, tuple(spelled.values()))
            )
        for index, slot in hits:
            layer = changed[index]
            if layer.call.span_of(slot) != layer.call.origin.span:
                continue  # the layer's own initializer was written, and is nearer
            origin = Origin(init.span_of("match"), f"init.match {pattern} ({len(hits)} slots)")
            changed[index] = replace(layer, call=layer.call.with_argument(slot, call, origin))
    return tuple(changed)
