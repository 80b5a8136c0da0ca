"""Recurrent layers that give up their fast kernel."""

from collections.abc import Iterator, Mapping

from recipe.diagnostics.lint_performance import SlowRecurrence
from recipe.program.history import spell
from recipe.program.programs import Program

# What cuDNN computes, by argument; Keras's defaults all do.
FAST: Mapping[str, str | bool | int] = {
    "activation": "tanh",
    "recurrent_activation": "sigmoid",
    "use_bias": True,
    "recurrent_dropout": 0,
    "unroll": False,
}
FAST_GRU: Mapping[str, str | bool | int] = {**FAST, "reset_after": True}
NEEDS = {"LSTM": FAST, "GRU": FAST_GRU}


def slow_recurrence(program: Program) -> Iterator[SlowRecurrence]:
    """L603: arguments of LSTM and GRU, also inside a wrapper, that cuDNN cannot compute."""
    for layer in program.graph.layers:
        for call in layer.call.calls():
            for argument, wanted in NEEDS.get(call.name, {}).items():
                if argument in call and call.get(argument) != wanted:
                    value = spell(call.get(argument))
                    span = call.span_of(argument)
                    yield SlowRecurrence(span, layer.name, argument, value, spell(wanted))
