"""Schedules of Keras that do not span the run."""

from collections.abc import Iterator

from recipe.diagnostics.lint_schedules import (
    BoundaryAfterEnd,
    DecayCutOff,
    DecayEndsEarly,
    StoppedBeforeDecay,
)
from recipe.lint.rates import number, peak_rate
from recipe.program.programs import Program
from recipe.program.sections import section

FAMILY = "keras_schedule"
TO_A_FLOOR = frozenset({"CosineDecay", "PolynomialDecay"})
GAIN_AT_THE_END = TO_A_FLOOR | {"warmup_cosine", "warmup_linear", "warmup_stable_decay", "one_cycle"}
EARLY, LATE = 0.9, 1.5
# A floor above this share of the peak still trains.
LOW_FLOOR = 0.01


def decay_ends_early(program: Program) -> Iterator[DecayEndsEarly]:
    """L304: a decay to nothing that ends before nine tenths of the run."""
    schedule, lengths = program.schedule, _lengths(program)
    if schedule is None or lengths is None or _floor(program) > LOW_FLOOR:
        return
    end, total = lengths
    if end < EARLY * total:
        yield DecayEndsEarly(schedule.span_of("decay_steps"), schedule.name, end, total)


def decay_cut_off(program: Program) -> Iterator[DecayCutOff]:
    """L305: a decay that is longer than one and a half runs."""
    schedule, lengths = program.schedule, _lengths(program)
    if schedule is None or lengths is None:
        return
    end, total = lengths
    if end > LATE * total:
        yield DecayCutOff(schedule.span_of("decay_steps"), schedule.name, end, total)


def _lengths(program: Program) -> tuple[int, int] | None:
    """Steps until a decay of Keras is at its floor, and of the run; None when there is none."""
    schedule, total = program.schedule, program.training.total_steps
    if schedule is None or schedule.name not in TO_A_FLOOR or not isinstance(total, int):
        return None
    if schedule.get("cycle") is True:
        return None
    decay = number(schedule, FAMILY, "decay_steps")
    return None if decay is None else (int(decay + (number(schedule, FAMILY, "warmup_steps") or 0)), total)


def _floor(program: Program) -> float:
    """Where a decay of Keras ends, as a share of its peak."""
    schedule, rate = program.schedule, peak_rate(program)
    if schedule is None or rate is None:
        return 1.0
    share = number(schedule, FAMILY, "alpha")
    if share is not None:
        return share
    return (number(schedule, FAMILY, "end_learning_rate") or 0.0) / rate.value


def boundary_after_end(program: Program) -> Iterator[BoundaryAfterEnd]:
    """L313: the first boundary that the run does not reach."""
    schedule, total = program.schedule, program.training.total_steps
    boundaries = schedule.get("boundaries") if schedule else None
    if schedule is None or not isinstance(boundaries, tuple) or not isinstance(total, int):
        return
    late = next((one for one in boundaries if isinstance(one, int) and one >= total), None)
    if late is not None:
        yield BoundaryAfterEnd(schedule.span_of("boundaries"), late, total)


def stopped_before_decay(program: Program) -> Iterator[StoppedBeforeDecay]:
    """L310: early stopping beside a schedule whose gain comes at its end."""
    schedule = program.schedule
    if program.early_stopping is not None and schedule is not None and schedule.name in GAIN_AT_THE_END:
        span = section(program.spec, "regularization").span_of("early_stopping")
        yield StoppedBeforeDecay(span, schedule.name, schedule.origin.span)
