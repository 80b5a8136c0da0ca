"""Loaded weights that are trained like new ones."""

from collections.abc import Iterator

from recipe.catalog.calls import Call
from recipe.diagnostics.lint_updates import FineTunedFast
from recipe.lint.learning_rates import UNIT_STEP
from recipe.lint.rates import peak_rate
from recipe.program.programs import Program

HIGHEST = 5e-4


def fine_tuned_fast(program: Program) -> Iterator[FineTunedFast]:
    """L315: all loaded weights at a rate for new ones; groups say that someone thought of it."""
    init, rate = program.spec.get("init"), peak_rate(program)
    if not isinstance(init, Call) or not init.get("weights") or program.update.groups:
        return
    if rate is not None and program.optimizer.name in UNIT_STEP and rate.value > HIGHEST:
        yield FineTunedFast(rate.span, rate.value, init.span_of("weights"))
