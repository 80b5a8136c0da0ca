"""Softmax and sigmoid where they do not belong."""

from collections.abc import Iterator

from recipe.diagnostics.lint_layers import SoftmaxBeforeOutput, SquashedTwice
from recipe.lint.graphs import (
    DROPOUTS,
    SQUASHING,
    activation_of,
    is_activation,
    lone_feeder,
    outputs_of,
)
from recipe.program.programs import Program


def squashed_twice(program: Program) -> Iterator[SquashedTwice]:
    """L215: a softmax or sigmoid layer directly behind a softmax or sigmoid."""
    layers = program.graph.by_name
    for layer in program.graph.layers:
        if not is_activation(layer) or activation_of(layer) not in SQUASHING:
            continue
        feeder = lone_feeder(layer, layers)
        if feeder is not None and activation_of(feeder) in SQUASHING:
            yield SquashedTwice(layer.span, layer.name, feeder.name, activation_of(feeder))


def softmax_before_output(program: Program) -> Iterator[SoftmaxBeforeOutput]:
    """L216: an output layer with weights behind a softmax."""
    layers = program.graph.by_name
    for layer in outputs_of(program.graph):
        feeder = lone_feeder(layer, layers)
        while feeder is not None and feeder.call.name in DROPOUTS:
            feeder = lone_feeder(feeder, layers)
        if layer.call.name == "Dense" and feeder is not None and activation_of(feeder) == "softmax":
            yield SoftmaxBeforeOutput(layer.span, layer.name, feeder.name)
