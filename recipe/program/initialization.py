"""`init`: an initializer for every weight slot, chosen by the nonlinearity that follows.

He et al. (arXiv 1502.01852, equation 10) for the ReLU family, LeCun et al. 1998 for SELU (arXiv 1706.02515),
Glorot and Bengio 2010 (equation 16) for the rest.
"""

import fnmatch
import functools
from collections.abc import Mapping
from dataclasses import replace

from recipe.catalog import lookup
from recipe.catalog.calls import Call, Origin, Value
from recipe.diagnostics.conflicts_slots import SlotPatternMatchesNothing, TooManyPatterns
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.graphs import Graph, Layer
from recipe.program.structures import SHORTCUTS

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
MAX_COMPARISONS = 200_000  # of patterns with slots
MOST_SUGGESTED = 200  # slots that are compared with a pattern that fits none

Asked = Mapping[str, str]
"""The initializers that nonlinearities ask for, each with the first that asks, in words."""


def initialize(graph: Graph, init: Call | None, problems: list[Problem]) -> Graph:
    """The graph with an initializer in every kernel slot.

    Args:
        graph: the network; a head must be settled already.
        init: an initializer for all, a Call of `init` with `default` and `match`, or None for `auto`.
        problems: where problems go.
    """
    default, match = _parts(init)
    asked = _asked(graph)
    layers = tuple(_initialized(layer, asked[layer.name], default) for layer in graph.layers)
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


def _initialized(layer: Layer, asked: Asked, default: Call | None) -> Layer:
    call = layer.call
    for slot in _kernel_slots(call.name):
        if slot not in call:
            initializer, reason = (default, "init") if default else _automatic(layer, asked)
            call = call.with_argument(slot, initializer, Origin(None, reason))
    return layer if call is layer.call else layer.with_call(call)


@functools.cache
def _kernel_slots(name: str) -> tuple[str, ...]:
    """The initializers of a class of layers that this module chooses."""
    row = lookup.find("layer", name)
    if row is None or any(row.parameter(argument) for argument in OWN_DEFAULT):
        return ()
    return tuple(slot for slot in KERNEL_SLOTS if row.parameter(slot))


def _automatic(layer: Layer, asked: Asked) -> tuple[Call, str]:
    """The initializer that a layer's own activation asks for, else what follows it."""
    own = layer.call.get("activation")
    if isinstance(own, str) and own != "linear":
        asked = {BY_ACTIVATION.get(own, OTHERWISE): f"its activation {own}"}
    if len(asked) == 1:
        ((name, because),) = asked.items()
        return _call(name), f"init: auto, for {because}"
    listed = ", ".join(because for _, because in sorted(asked.items()))
    return _call(OTHERWISE), f"init: auto, for consumers that differ ({listed})"


def _asked(graph: Graph) -> Mapping[str, Asked]:
    """What is asked of each layer's output, from the last layer to the first: each is looked at once."""
    followers = graph.followers
    asked: dict[str, Asked] = {}
    for layer in reversed(graph.layers):
        found: dict[str, str] = {} if layer.name in followers else {OTHERWISE: "a linear output"}
        for follower in followers.get(layer.name, ()):
            found = dict(_asked_by(follower, layer.name, asked)) | found
        asked[layer.name] = found
    return asked


def _asked_by(follower: Layer, fed_by: str, asked: Mapping[str, Asked]) -> Asked:
    name = follower.call.name
    if follower.call.target in SHORTCUTS:  # the input passes through, of the body only the shape is read
        return {} if follower.wires[1].layer == fed_by else asked[follower.name]
    activation = str(follower.call.get("activation"))
    if name == "Activation" and activation != "linear":
        return {BY_ACTIVATION.get(activation, OTHERWISE): f"{follower.name} ({activation})"}
    if name in BY_LAYER:
        return {BY_LAYER[name]: follower.name}
    if name in LINEAR or name == "Activation":
        return asked[follower.name]
    return {OTHERWISE: f"{follower.name}, which is not a nonlinearity"}


def _call(name: str) -> Call:
    return Call(name, f"keras.initializers.{name}", origin=Origin(None, "init: auto"))


def _matched(layers: tuple[Layer, ...], init: Call, problems: list[Problem]) -> tuple[Layer, ...]:
    """Initializers of `init.match`, by patterns over `layer/slot` (`kernel` for `kernel_initializer`)."""
    patterns = init["match"]
    written = dict(patterns) if isinstance(patterns, dict) else {}
    places = [(index, slot) for index, layer in enumerate(layers) for slot in slots(layer)]
    spelled = {place: f"{layers[place[0]].name}/{place[1].removesuffix('_initializer')}" for place in places}
    if len(written) * len(places) > MAX_COMPARISONS:
        span = init.span_of("match")
        problems.append(TooManyPatterns(span, len(written), len(places), MAX_COMPARISONS))
        return layers
    known = tuple(spelled.values())[:MOST_SUGGESTED]
    changed = list(layers)
    for pattern, call in written.items():
        hits = [place for place, text in spelled.items() if fnmatch.fnmatchcase(text, pattern)]
        if not hits:
            problems.append(
                SlotPatternMatchesNothing(_span_of(call) or init.span_of("match"), pattern, known)
            )
        for index, slot in hits:
            layer = changed[index]
            if layer.call.span_of(slot) != layer.call.origin.span:
                continue  # the layer's own initializer was written, and is nearer
            origin = Origin(init.span_of("match"), f"init.match {pattern} ({len(hits)} slots)")
            changed[index] = layer.with_call(layer.call.with_argument(slot, call, origin))
    return tuple(changed)


def _span_of(value: Value) -> Span | None:
    return value.origin.span if isinstance(value, Call) else None
