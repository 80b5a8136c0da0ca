"""What stands beside a batch norm: biases, dropout, activations, penalties."""

from collections.abc import Iterator

from recipe.diagnostics.lint_norms import BiasBeforeNorm, DropoutBeforeNorm, MixedNormOrder, PenaltyBeforeNorm
from recipe.diagnostics.spans import Span
from recipe.lint.graphs import (
    BATCH_NORM,
    DROPOUTS,
    LINEAR,
    activation_of,
    is_activation,
    lone_feeder,
    regularized,
    takes,
)
from recipe.lint.penalties import tells_of_penalties
from recipe.program.graphs import Layer
from recipe.program.programs import Program


def bias_before_norm(program: Program) -> Iterator[BiasBeforeNorm]:
    """L201: convolutions and Dense layers whose only follower is a batch norm, and that have a bias."""
    for layer, norm in _before_norms(program):
        if _has_bias(layer):
            yield BiasBeforeNorm(layer.span, layer.name, norm.name, _last_argument(layer))


def _has_bias(layer: Layer) -> bool:
    call = layer.call
    weighted = takes(call, "use_bias") and takes(call, "kernel_initializer")
    return weighted and activation_of(layer) == LINEAR and call.get("use_bias") is not False


def _last_argument(layer: Layer) -> Span | None:
    """The last of several arguments in the line of a layer, when none of them is `use_bias`."""
    spans = [argument.origin.span for argument in layer.call.arguments.values()]
    line = layer.span.line if layer.span else 0
    beside = [span for span in spans if span and span.line == span.end_line == line]
    is_mapping = len(beside) > 1 and "use_bias" not in layer.call
    return max(beside, key=lambda span: span.end_column) if is_mapping else None


def dropout_before_norm(program: Program) -> Iterator[DropoutBeforeNorm]:
    """L205: a dropout directly before a batch norm."""
    for layer, norm in _before_norms(program):
        if layer.call.name in DROPOUTS and layer.call.get("rate") != 0:
            yield DropoutBeforeNorm(layer.span, layer.name, norm.name)


def penalty_before_norm(program: Program) -> Iterator[PenaltyBeforeNorm]:
    """L204: an L2 penalty on weights before a batch norm, where nothing worse is told of it."""
    if tells_of_penalties(program):
        return
    for layer, norm in _before_norms(program):
        penalty = next(regularized(layer), None)
        if penalty is not None:
            yield PenaltyBeforeNorm(penalty.origin.span, layer.name, norm.name)


def _before_norms(program: Program) -> Iterator[tuple[Layer, Layer]]:
    """Layers that feed batch norms only, each with the first of them."""
    followers = program.graph.followers
    for layer in program.graph.layers:
        found = followers.get(layer.name, ())
        if found and all(follower.call.name == BATCH_NORM for follower in found):
            yield layer, found[0]


def mixed_norm_order(program: Program) -> Iterator[MixedNormOrder]:
    """L206: batch norm after an activation here, and before one there."""
    layers, followers = program.graph.by_name, program.graph.followers
    before, after = [], []
    for norm in program.graph.layers:
        if norm.call.name != BATCH_NORM:
            continue
        feeder = lone_feeder(norm, layers)
        bent_in = feeder is not None and activation_of(feeder) != LINEAR
        bent_out = any(is_activation(follower) for follower in followers.get(norm.name, ()))
        if bent_in and not bent_out:
            after.append(norm)
        elif bent_out and not bent_in:
            before.append(norm)
    if before and after:
        yield MixedNormOrder(after[0].span, after[0].name, before[0].name, before[0].span)
