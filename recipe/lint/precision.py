"""What 16-bit numbers need."""

from collections.abc import Iterator

from recipe.diagnostics.lint_performance import HalfPrecisionOutput, OddWidth
from recipe.lint.graphs import outputs_of
from recipe.program.programs import Program

HALF = frozenset({"mixed_float16", "mixed_bfloat16"})
TILE = 8


def half_precision_output(program: Program) -> Iterator[HalfPrecisionOutput]:
    """L601: an output layer that computes in 16 bits."""
    precision = program.runtime.precision
    if precision not in HALF:
        return
    for layer in outputs_of(program.graph):
        if layer.call.get("dtype") == precision:
            yield HalfPrecisionOutput(layer.span, layer.name, precision)


def odd_width(program: Program) -> Iterator[OddWidth]:
    """L602: hidden widths that are no multiple of 8 where products are computed in 16 bits."""
    if program.runtime.precision not in HALF:
        return
    ends = {layer.name for layer in outputs_of(program.graph)}
    for layer in program.graph.layers:
        for argument in ("units", "filters"):
            width = layer.call.get(argument)
            if layer.name not in ends and isinstance(width, int) and width > TILE and width % TILE:
                yield OddWidth(layer.call.span_of(argument), layer.name, argument, width)
