"""How long a run is, and what a duration is in its steps."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from recipe.catalog.calls import Call, Unknown
from recipe.diagnostics.conflicts import Exclusive, OneIsNeeded
from recipe.diagnostics.conflicts_runs import RunTooLong
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.updates import TooManyParts
from recipe.language.durations import Duration, Unit
from recipe.program.balance import balanced_by
from recipe.program.facts import IDS, Facts
from recipe.program.programs import Training

LONGEST = 2**31 - 1  # epochs or steps of a run
EXAMPLES = Unknown(("data.examples",))


@dataclass(frozen=True, slots=True)
class Clock:
    """Settles durations once the run's length is known.

    Args:
        steps_per_epoch: updates in one pass over the training examples.
        total_steps: updates in the whole run.
        batch_size: examples per update.
        tokens: ids of one example; None where examples are no sequences of ids.
    """

    steps_per_epoch: int
    total_steps: int
    batch_size: int
    tokens: int | None = None

    def steps(self, duration: Duration) -> int:
        """A duration in whole steps, rounded up."""
        # 10% of 30 is 3.0000000000000004: rounding up must not see the last bit.
        return math.ceil(round(self.exact(duration), 9))

    def exact(self, duration: Duration) -> float:
        """A duration in steps, before it is rounded; examples and tokens are counted in full batches."""
        one = {
            Unit.STEPS: 1.0,
            Unit.EPOCHS: self.steps_per_epoch,
            Unit.PERCENT: self.total_steps / 100,
            Unit.EXAMPLES: 1 / self.batch_size,
            Unit.TOKENS: 1 / (self.batch_size * (self.tokens or 1)),
        }[duration.unit]
        return duration.amount * one


def settle_training(training: Call, facts: Facts | None, problems: list[Problem]) -> Training:
    """How long a run is and in which order examples come; unknown while the data is."""
    length = _length(training, facts, problems)
    sampling, target = str(training["sampling"]), balanced_by(training, facts, problems)
    every, time = training["validate_every"], training.get("time")
    return replace(
        length,
        sampling=sampling,
        balanced_by=target,
        validate_every=math.ceil(every.amount) if isinstance(every, Duration) else 1,
        minutes=time.amount if isinstance(time, Duration) else None,
    )


def _length(training: Call, facts: Facts | None, problems: list[Problem]) -> Training:
    """Epochs, steps and batch size of the whole run."""
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
    written, parts = training["batch_size"], int(str(training["accumulate"]))
    if isinstance(written, int) and written < parts:
        problems.append(TooManyParts(training.span_of("accumulate"), parts, written))
    num_epochs = math.ceil(epochs.amount) if isinstance(epochs, Duration) else None
    if facts is None:
        total = math.ceil(steps.amount) if isinstance(steps, Duration) else EXAMPLES
        batch_size = written if isinstance(written, int) else EXAMPLES
        return Training(num_epochs or EXAMPLES, batch_size, EXAMPLES, total, parts)
    examples = facts.examples["train"]
    batch = min(written, examples) if isinstance(written, int) else examples
    per_epoch = math.ceil(examples / batch)
    if num_epochs is not None:
        return Training(num_epochs, batch, per_epoch, num_epochs * per_epoch, parts)
    total_steps = math.ceil(steps.amount) if isinstance(steps, Duration) else 0
    return Training(math.ceil(total_steps / per_epoch), batch, per_epoch, total_steps, parts)


def share_of_run(duration: object, training: Training) -> float | None:
    """Which share of a run a duration is, as far as that hangs on no data; None where it does.

    Args:
        duration: as it was written; None for what is none.
        training: the run, its data not read.
    """
    if not isinstance(duration, Duration):
        return None
    whole: Mapping[Unit, object] = {
        Unit.PERCENT: 100,
        Unit.EPOCHS: training.epochs,
        Unit.STEPS: training.total_steps,
    }
    length = whole.get(duration.unit)
    return duration.amount / length if isinstance(length, int) else None


def length_of(training: Training) -> str:
    """How long a run is, in words: its steps, or its epochs where the data is not read."""
    if isinstance(training.total_steps, int):
        return str(Duration(training.total_steps, Unit.STEPS))
    return str(Duration(training.epochs, Unit.EPOCHS)) if isinstance(training.epochs, int) else ""


def clock_of(training: Training, facts: Facts | None = None) -> Clock | None:
    """The clock of a settled run, None while the data is unknown.

    Args:
        training: the settled run.
        facts: what the data turned out to be; without them no tokens are counted.
    """
    per_epoch, total, batch_size = training.steps_per_epoch, training.total_steps, training.batch_size
    if not (isinstance(per_epoch, int) and isinstance(total, int) and isinstance(batch_size, int)):
        return None
    inputs = facts.inputs.values() if facts else ()
    tokens = sum(math.prod(one.shape) for one in inputs if one.dtype == IDS)
    return Clock(per_epoch, total, batch_size, tokens or None)
