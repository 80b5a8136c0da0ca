"""The largest learning rate of a run, where it was written, and whether its steps are bounded."""

from dataclasses import dataclass

from recipe.catalog import lookup
from recipe.catalog.calls import Call
from recipe.diagnostics.spans import Span
from recipe.program.programs import Program
from recipe.program.schedules import peak_of
from recipe.program.updates import CLIPPING


@dataclass(frozen=True, slots=True)
class Rate:
    """A learning rate.

    Args:
        value: of a step.
        span: where it was written, else where its object was.
    """

    value: float
    span: Span | None


def peak_rate(program: Program) -> Rate | None:
    """The largest learning rate of a run; None when it is not known."""
    schedule = program.schedule
    if schedule is not None and schedule.target.startswith("keras."):
        return _peak_of_keras(schedule)
    argument = peak_of(program.optimizer)
    if not isinstance(argument.value, int | float):
        return None
    return Rate(float(argument.value), argument.origin.span or program.optimizer.origin.span)


def clips(program: Program) -> bool:
    """Whether anything bounds the gradients."""
    return program.update.adaptive_clip > 0 or any(program.optimizer.get(way) for way in CLIPPING.values())


def _peak_of_keras(schedule: Call) -> Rate | None:
    for name in ("warmup_target", "initial_learning_rate", "values"):
        value = schedule.get(name)
        numbers = [one for one in (value if isinstance(value, tuple) else (value,)) if _is_number(one)]
        if numbers:
            return Rate(max(float(str(one)) for one in numbers), schedule.span_of(name))
    return None


def number(call: Call, family: str, argument: str) -> float | None:
    """A number of a Keras object, its default where nobody wrote it; None when it is none."""
    value = call.get(argument) if argument in call else lookup.keras_default(family, call.name, argument)
    return float(str(value)) if _is_number(value) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
