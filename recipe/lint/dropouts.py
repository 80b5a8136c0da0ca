"""Dropout that drops too much, or beside SELU."""

from collections.abc import Iterator

from recipe.diagnostics.lint_regularization import DropoutAfterSelu, LargeDropout
from recipe.lint.graphs import DROPOUTS, activation_of, lone_feeder
from recipe.program.programs import Program

LARGE = 0.8
ALPHA = "AlphaDropout"
RATES = ("rate", "dropout", "recurrent_dropout")


def large_dropout(program: Program) -> Iterator[LargeDropout]:
    """L213: rates of 80% and more, each place told once."""
    places = set()
    for layer in program.graph.layers:
        for argument in RATES if layer.call.name in DROPOUTS else RATES[1:]:
            rate, span = layer.call.get(argument), layer.call.span_of(argument)
            if isinstance(rate, float | int) and LARGE <= rate < 1 and span not in places:
                places.add(span)
                yield LargeDropout(span, layer.name, argument, float(rate))


def dropout_after_selu(program: Program) -> Iterator[DropoutAfterSelu]:
    """L219: ordinary dropout directly behind SELU."""
    layers = program.graph.by_name
    for layer in program.graph.layers:
        if layer.call.name not in DROPOUTS - {ALPHA}:
            continue
        feeder = lone_feeder(layer, layers)
        if feeder is not None and activation_of(feeder) == "selu":
            yield DropoutAfterSelu(layer.span, layer.name, feeder.name)
            return
