"""A warm-up that takes most of the run."""

from collections.abc import Iterator

from recipe.catalog.calls import Call
from recipe.diagnostics.lint_schedules import LongWarmup
from recipe.language.durations import Duration, Unit
from recipe.program.programs import Program

LARGEST_SHARE = 0.5


def warmup_share(program: Program) -> Iterator[LongWarmup]:
    """L303: a warm-up of more than half the run, as far as the spec alone can say."""
    schedule = program.spec.get("schedule")
    warmup = schedule.get("warmup") if isinstance(schedule, Call) else None
    if not isinstance(schedule, Call) or not isinstance(warmup, Duration):
        return
    share = _share(warmup, program)
    if share is not None and share > LARGEST_SHARE:
        yield LongWarmup(schedule.span_of("warmup"), schedule.name, share)


def _share(warmup: Duration, program: Program) -> float | None:
    if warmup.unit is Unit.PERCENT:
        return warmup.amount / 100
    whole = {Unit.EPOCHS: program.training.epochs, Unit.STEPS: program.training.total_steps}.get(warmup.unit)
    return warmup.amount / whole if isinstance(whole, int) else None
