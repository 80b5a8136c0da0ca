"""Durations in steps and epochs, and the learning rate's schedule in numbers."""

import math
from dataclasses import dataclass

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Origin, Unknown, Value
from recipe.diagnostics.conflicts import Exclusive, OneIsNeeded, RunTooLong, ScheduleTwice, StretchTooLong
from recipe.diagnostics.problems import Problem
from recipe.language.durations import Duration, Unit
from recipe.program.facts import Facts
from recipe.program.programs import Training

LONGEST = 2**31 - 1  # epochs or steps of a run
EXAMPLES = Unknown(("data.examples",))


@dataclass(frozen=True, slots=True)
class Clock:
    """Settles durations once the run's length is known."""

    steps_per_epoch: int
    total_steps: int

    def steps(self, duration: Duration) -> int:
        """A duration in whole steps, rounded up."""
        exact = {
            Unit.STEPS: duration.amount,
            Unit.EPOCHS: duration.amount * self.steps_per_epoch,
            Unit.PERCENT: duration.amount * self.total_steps / 100,
        }[duration.unit]
        # 10% of 30 is 3.0000000000000004: rounding up must not see the last bit.
        return math.ceil(round(exact, 9))


def settle_training(training: Call, facts: Facts | None, problems: list[Problem]) -> Training:
    """Epochs, steps and batch size of the whole run; unknown while the data is."""
    epochs, steps = training.get("epochs"), training.get("steps")
    if epochs is not None and steps is not None:
        second = training.span_of("steps")
        problems.append(Exclusive(training.span_of("epochs"), "training", "epochs", "steps", second))
    if epochs is None and steps is None:
        problems.append(OneIsNeeded(training.origin.span, "training", ("epochs", "steps")))
        return Training(EXAMPLES, EXAMPLES, EXAMPLES, EXAMPLES)
    for name, length in (("epochs", epochs), ("steps", steps)):
        if isinstance(length, Duration) and length.amount > LONGEST:
            problems.append(RunTooLong(training.span_of(name), f"training.{name}", LONGEST, str(length)))
    written = training["batch_size"]
    num_epochs = math.ceil(epochs.amount) if isinstance(epochs, Duration) else None
    if facts is None:
        total = math.ceil(steps.amount) if isinstance(steps, Duration) else EXAMPLES
        batch_size = written if isinstance(written, int) else EXAMPLES
        return Training(num_epochs or EXAMPLES, batch_size, EXAMPLES, total)
    examples = facts.examples["train"]
    batch = min(written, examples) if isinstance(written, int) else examples
    per_epoch = math.ceil(examples / batch)
    if num_epochs is not None:
        return Training(num_epochs, batch, per_epoch, num_epochs * per_epoch)
    total_steps = math.ceil(steps.amount) if isinstance(steps, Duration) else 0
    return Training(math.ceil(total_steps / per_epoch), batch, per_epoch, total_steps)


def clock_of(training: Training) -> Clock | None:
    """The clock of a settled run, None while the data is unknown."""
    if isinstance(training.steps_per_epoch, int) and isinstance(training.total_steps, int):
        return Clock(training.steps_per_epoch, training.total_steps)
    return None


def settle_schedule(
    schedule: Value, optimizer: Call, training: Training, problems: list[Problem]
) -> Call | None:
    """The schedule with its peak and every stretch in steps; None for a constant learning rate.

    Args:
        schedule: a Call of one of our shapes or of a Keras `LearningRateSchedule`, or None.
        optimizer: whose learning rate is the peak.
        training: the settled run.
        problems: where problems go.
    """
    if not isinstance(schedule, Call) or schedule.name == "constant":
        return None
    if schedule.target.startswith("keras."):
        if "learning_rate" in optimizer:
            other = optimizer.span_of("learning_rate")
            problems.append(ScheduleTwice(schedule.origin.span, schedule.name, other))
        return schedule
    clock = clock_of(training)
    arguments = {
        "peak": peak_of(optimizer),
        "total_steps": Argument(training.total_steps, Origin(None, "the whole run")),
    }
    for name, argument in schedule.arguments.items():
        arguments[_settled_name(name, argument)] = _settled(name, argument, schedule, clock, problems)
    return Call(schedule.name, schedule.target, arguments, schedule.origin)


def peak_of(optimizer: Call) -> Argument:
    """The optimizer's learning rate, Keras's default where none was written."""
    default = lookup.keras_default("optimizer", optimizer.name, "learning_rate")
    kerass = Argument(default if isinstance(default, float) else None, Origin(None, "Keras's default"))
    return optimizer.arguments.get("learning_rate", kerass)


def _settled_name(name: str, argument: Argument) -> str:
    return f"{name}_steps" if isinstance(argument.value, Duration) else name


def _settled(
    name: str, argument: Argument, schedule: Call, clock: Clock | None, problems: list[Problem]
) -> Argument:
    duration = argument.value
    if not isinstance(duration, Duration):
        return argument
    if clock is None:
        return Argument(EXAMPLES, argument.origin)
    steps = clock.steps(duration)
    if steps > clock.total_steps:
        path = f"schedule.{schedule.name}.{name}"
        span = argument.origin.span
        problems.append(StretchTooLong(span, path, str(duration), steps, clock.total_steps))
    return Argument(steps, Origin(argument.origin.span, str(duration), argument.origin.overrode))
