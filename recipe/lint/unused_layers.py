"""Layers that nothing uses."""

from collections.abc import Iterator

from recipe.diagnostics.lint_layers import UnusedLayer
from recipe.program.programs import Program


def unused_layers(program: Program) -> Iterator[UnusedLayer]:
    """L214: layers that feed no other layer and are no output."""
    followers = program.graph.followers
    outputs = tuple(dict.fromkeys(wire.layer for wire in program.graph.outputs.values()))
    for layer in program.graph.layers:
        if layer.name not in followers and layer.name not in outputs:
            yield UnusedLayer(layer.span, layer.name, outputs)
