"""A bias directly before a batch norm."""

from collections.abc import Iterator

from recipe.catalog import lookup
from recipe.diagnostics.lint import BiasBeforeNorm
from recipe.program.programs import Layer, Program


def bias_before_norm(program: Program) -> list[BiasBeforeNorm]:
    """L201: convolutions and Dense layers whose only follower is a batch norm, and that have a bias."""
    return list(_found(program))


def _found(program: Program) -> Iterator[BiasBeforeNorm]:
    for layer in program.graph.layers:
        followers = [
            other for other in program.graph.layers if any(wire.layer == layer.name for wire in other.wires)
        ]
        norms = [other for other in followers if other.call.name == "BatchNormalization"]
        if followers and len(norms) == len(followers) and _has_bias(layer):
            yield BiasBeforeNorm(layer.span, layer.name, norms[0].name)


def _has_bias(layer: Layer) -> bool:
    row = lookup.find("layer", layer.call.name)
    linear = layer.call.get("activation") in (None, "linear")
    takes_bias = row is not None and row.parameter("use_bias") and row.parameter("kernel_initializer")
    return bool(takes_bias) and linear and layer.call.get("use_bias") is not False
