"""Layers that are right elsewhere."""

from collections.abc import Iterator

from recipe.catalog import lookup
from recipe.diagnostics.lint_layers import AcrossExamples, ChannelsFirst, RandomOutput
from recipe.diagnostics.lint_performance import AugmentationInNetwork
from recipe.lint.graphs import DROPOUTS, outputs_of, takes
from recipe.program.axes import across_examples
from recipe.program.graphs import Layer
from recipe.program.programs import Program

NOISE = DROPOUTS | {"GaussianNoise"}
# Layers that may put the channels first on purpose.
REORDERING = frozenset({"Permute", "Reshape"})
# It changes the size of the image, so it is part of the network.
RESIZING = "RandomCrop"


def random_output(program: Program) -> Iterator[RandomOutput]:
    """L217: a network that ends in dropout or noise."""
    for layer in outputs_of(program.graph):
        if layer.call.name in NOISE:
            yield RandomOutput(layer.span, layer.name)


def channels_first(program: Program) -> Iterator[ChannelsFirst]:
    """L218: the first layer that expects channels first, where nothing reorders the axes."""
    layers = program.graph.layers
    if any(layer.call.name in REORDERING for layer in layers):
        return
    for layer in layers:
        if layer.call.get("data_format") == "channels_first":
            yield ChannelsFirst(layer.call.span_of("data_format"), layer.name)
            return


def works_across_examples(program: Program) -> Iterator[AcrossExamples]:
    """L221: a layer or an operation along the axis of the examples."""
    for layer in program.graph.layers:
        if argument := across_examples(layer.call):
            yield AcrossExamples(layer.call.span_of(argument), layer.name)


def augmentation_in_network(program: Program) -> Iterator[AugmentationInNetwork]:
    """L604: random layers for images inside the network."""
    for layer in program.graph.layers:
        if _augments(layer):
            yield AugmentationInNetwork(layer.span, layer.name)


def _augments(layer: Layer) -> bool:
    """Whether the catalog admits a layer as augmentation, and it is random and no dropout."""
    if lookup.find(lookup.AUGMENTATION, layer.call.name) is None:
        return False
    is_random = takes(layer.call, "seed") and layer.call.name not in (*DROPOUTS, RESIZING)
    return is_random and takes(layer.call, "data_format")
