"""Averaged weights over a run that is too short for them."""

from collections.abc import Iterator

from recipe.diagnostics.lint_updates import LongAverage
from recipe.program.programs import Program
from recipe.program.sections import section

LARGEST_SHARE = 0.05


def long_average(program: Program) -> Iterator[LongAverage]:
    """L314: an average that keeps more than a twentieth of the weights of the first step."""
    update, total = program.update, program.training.total_steps
    if (
        update.average_decay is None
        or not isinstance(total, int)
        or not isinstance(update.average_every, int)
    ):
        return
    updates = total // update.average_every
    if update.average_decay**updates > LARGEST_SHARE:
        average = section(section(program.spec, "regularization"), "ema")
        yield LongAverage(average.span_of("decay"), update.average_decay, updates)
