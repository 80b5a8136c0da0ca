"""The callback that reduces the learning rate on a plateau."""

from collections.abc import Iterator

from recipe.catalog.calls import Call
from recipe.diagnostics.lint_plateaus import PlateauAfterStop, PlateauCannotReduce, PlateauWithSchedule
from recipe.lint.rates import number, peak_rate
from recipe.lint.watching import watched_by
from recipe.program.programs import Program
from recipe.program.sections import section

PLATEAU = "ReduceLROnPlateau"


def plateau_with_schedule(program: Program) -> Iterator[PlateauWithSchedule]:
    """L306: a plateau callback beside a schedule."""
    if program.schedule is None:
        return
    for callback in _plateaus(program):
        schedule = program.schedule
        yield PlateauWithSchedule(callback.origin.span, schedule.name, schedule.origin.span)


def plateau_after_stop(program: Program) -> Iterator[PlateauAfterStop]:
    """L307: a plateau that waits at least as long as early stopping, for the same metric."""
    stopping = program.early_stopping
    if stopping is None or not isinstance(stopping.patience, int):
        return
    for callback in _plateaus(program):
        patience = number(callback, "callback", "patience")
        if watched_by(callback) == stopping.metric and patience is not None and patience >= stopping.patience:
            other = section(program.spec, "regularization").span_of("early_stopping")
            span = callback.span_of("patience")
            yield PlateauAfterStop(span, int(patience), stopping.patience, other)


def plateau_cannot_reduce(program: Program) -> Iterator[PlateauCannotReduce]:
    """L308: a factor of at least 1, or a smallest rate that is not below the rate."""
    rate = peak_rate(program)
    limits = {"factor": 1.0, "min_lr": None if rate is None else rate.value}
    for callback in _plateaus(program):
        for argument, limit in limits.items():
            value = number(callback, "callback", argument)
            if limit is not None and value is not None and value >= limit:
                yield PlateauCannotReduce(callback.span_of(argument), argument, value, limit)


def _plateaus(program: Program) -> tuple[Call, ...]:
    return tuple(callback for callback in program.callbacks if callback.name == PLATEAU)
