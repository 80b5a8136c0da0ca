"""The learning rate over the steps of a run, as the compiled schedule gives it."""

from collections.abc import Mapping

import keras

from recipe.compiler.constructing import construct
from recipe.program.programs import Program
from recipe.program.settling import peak_of

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
    warmup = program.schedule.get("warmup_steps") if program.schedule else None
    return {min(last, warmup)} if isinstance(warmup, int) else set()


def landmarks(program: Program) -> Mapping[int, float]:
    """The learning rate at the first step, at the peak and at the last step."""
    curve = rates(program)
    peak = max(curve, key=lambda step: curve[step])
    return {step: curve[step] for step in sorted({min(curve), peak, max(curve)})}
