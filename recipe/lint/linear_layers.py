"""Two layers with weights that act as one."""

from collections.abc import Iterator, Mapping

from recipe.diagnostics.lint_layers import TwoLinearLayers
from recipe.lint.graphs import (
    BATCH_NORM,
    CONVOLUTIONS,
    DROPOUTS,
    LINEAR,
    activation_of,
    outputs_of,
    width_of,
)
from recipe.program.graphs import Layer
from recipe.program.programs import Program

WEIGHTED = CONVOLUTIONS | {"Dense"}
# Layers that are linear once training is over, and keep what each number depends on.
PASSING = DROPOUTS | {BATCH_NORM, "Flatten", "Identity"}


def two_linear_layers(program: Program) -> Iterator[TwoLinearLayers]:
    """L209: two layers with weights, nothing nonlinear between them, and no bottleneck.

    A first layer that is narrower than the second may be meant as a factorization, and is let pass.
    """
    followers = program.graph.followers
    ends = {layer.name for layer in outputs_of(program.graph)}
    for layer in program.graph.layers:
        if layer.call.name not in WEIGHTED or activation_of(layer) != LINEAR or _is_factor(layer):
            continue
        second = _next_weighted(layer, followers, ends)
        if second is not None and not _is_factor(second) and not _is_bottleneck(layer, second):
            yield TwoLinearLayers(layer.span, layer.name, second.name, second.span)


def _next_weighted(layer: Layer, followers: Mapping[str, tuple[Layer, ...]], ends: set[str]) -> Layer | None:
    """The layer with weights that a layer alone leads to, through nothing nonlinear."""
    while layer.name not in ends:
        found = followers.get(layer.name, ())
        if len(found) != 1 or len(found[0].wires) != 1:
            return None
        layer = found[0]
        if layer.call.name in WEIGHTED:
            return layer
        if layer.call.name not in PASSING:
            return None
    return None


def _is_bottleneck(first: Layer, second: Layer) -> bool:
    """Whether the first is narrower than the second, or that is not known."""
    width, next_width = width_of(first), width_of(second)
    return width is None or next_width is None or width < next_width


def _is_factor(layer: Layer) -> bool:
    """Whether a kernel is longer in one direction: half of a factorized convolution."""
    kernel = layer.call.get("kernel_size")
    return isinstance(kernel, tuple) and len(set(kernel)) > 1
