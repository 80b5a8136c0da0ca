"""The learning rate over the steps of a run, as the compiled schedule gives it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

import keras
import numpy as np

from recipe.catalog.calls import Argument, Call
from recipe.compiler.constructing import construct
from recipe.program.history import spell
from recipe.program.programs import Program
from recipe.program.schedules import peak_of, setting_of

# A curve is looked at in so many places; more are not seen in a plan.
SAMPLES = 400


def rates(program: Program) -> Mapping[int, float]:
    """Learning rate by step, at evenly spaced steps with the first and the last among them."""
    last = max(0, int(str(program.training.total_steps)) - 1)
    steps = sorted({round(last * index / SAMPLES) for index in range(SAMPLES + 1)} | _corners(program, last))
    if program.schedule is None:
        constant = float(str(peak_of(program.optimizer).value))
        return dict.fromkeys(steps, constant)
    schedule = construct(program.schedule)
    return {step: float(keras.ops.convert_to_numpy(schedule(step))) for step in steps}


def _corners(program: Program, last: int) -> set[int]:
    """Steps at which a curve may bend."""
    shape = _shape(program)
    phases = shape.get("phases") if shape else None
    if isinstance(phases, tuple):
        lengths = [_whole(phase.get("total_steps")) for phase in phases if isinstance(phase, Call)]
        return {min(last, border) for border in accumulate(lengths)}
    from_start = ("warmup_steps", "rise_steps", "every_steps", "at_steps", "cycle_steps")
    bends = [step for name in from_start for step in _listed(shape, name)]
    bends += [last + 1 - step for name in ("decay_steps", "tail_steps") for step in _listed(shape, name)]
    return {min(last, max(0, bend)) for bend in bends}


def _listed(shape: Call | None, name: str) -> list[int]:
    value = shape.get(name) if shape else None
    return [_whole(one) for one in (value if isinstance(value, tuple) else (value,))]


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def landmarks(curve: Mapping[int, float]) -> Mapping[int, float]:
    """The learning rate at the peak, where a warm-up ends, and at each quarter of the run.

    Args:
        curve: from `rates`.
    """
    last = max(curve)
    quarters = {round(last * quarter / 4) for quarter in range(5)}
    peak = max(curve, key=lambda step: curve[step])
    return {step: curve[step] for step in sorted({*quarters, peak})}


def same_rates(one: Program, other: Program, step: int) -> bool:
    """Whether two Programs have the same learning rate, momentum and decay in every update before a step.

    Our own shapes are compared as numbers. Keras's own schedules count in steps, never in shares of the run,
    so two of them are the same when they were written the same.

    Args:
        one: a settled Program.
        other: a settled Program.
        step: the number of updates that count.
    """
    if one.plateau != other.plateau:
        return False
    names = tuple(dict.fromkeys((*one.settings, *other.settings)))
    pairs = zip(_curves(one, names), _curves(other, names), strict=True)
    return all(_same(before, after, step) for before, after in pairs)


Curve = tuple[Call | None, Argument]
"""A schedule, None for a constant one, and its peak."""


def _curves(program: Program, settings: Sequence[str]) -> Iterator[Curve]:
    """The learning rate, and some settings of the optimizer."""
    yield _shape(program), peak_of(program.optimizer)
    for name in settings:
        yield program.settings.get(name), setting_of(program.optimizer, name)


def _same(one: Curve, other: Curve, step: int) -> bool:
    shapes = (one[0], other[0])
    if _plain(shapes[0]) == _plain(shapes[1]):
        return one[1].value == other[1].value
    if any(shape is not None and shape.target.startswith("keras.") for shape in shapes):
        return False
    return bool(np.array_equal(_numbers(*one, step), _numbers(*other, step)))


def _shape(program: Program) -> Call | None:
    """The schedule; of one that a plateau lowers, the one that is lowered."""
    schedule = program.schedule
    shape = schedule.get("after") if program.plateau and schedule else schedule
    return shape if isinstance(shape, Call) else None


def _plain(shape: Call | None) -> str:
    return "" if shape is None else f"{shape.target} {spell(shape)}"


def _numbers(shape: Call | None, peak: Argument, step: int) -> np.ndarray:
    """The numbers of the first steps, `(step,)`."""
    if shape is None:
        return np.full(step, float(str(peak.value)), np.float32)
    return np.asarray(keras.ops.convert_to_numpy(construct(shape)(np.arange(step))))
