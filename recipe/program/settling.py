"""How long a run is, and what a duration is in its steps."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from recipe.catalog.calls import Call, Unknown
from recipe.diagnostics.conflicts import Exclusive, OneIsNeeded
from recipe.diagnostics.conflicts_runs import RunTooLong
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.schedules import TokensUnknown
from recipe.diagnostics.spans import Span
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

    def epochs(self, duration: Duration) -> int:
        """A duration in whole epochs, rounded up."""
        return math.ceil(round(self.exact(duration) / self.steps_per_epoch, 9))


def can_count(
    clock: Clock | None, duration: Duration, path: str, span: Span | None, problems: list[Problem]
) -> bool:
    """Whether a duration can be counted; a problem is told when the data has nothing like it.

    Args:
        clock: None while the data is unknown.
        duration: that was written.
        path: where, for messages.
        span: likewise.
        problems: where R328 goes.
    """
    if clock is None:
        return False
    if duration.unit is not Unit.TOKENS or clock.tokens is not None:
        return True
    problems.append(TokensUnknown(span, path, str(duration)))
    return False


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
    written, parts = training["batch_size"], int(str(training["accumulate"]))
    if isinstance(written, int) and written < parts:
        problems.append(TooManyParts(training.span_of("accumulate"), parts, written))
    num_epochs = math.ceil(epochs.amount) if isinstance(epochs, Duration) else None
    if facts is None:
        batch_size = written if isinstance(written, int) else EXAMPLES
        total = EXAMPLES if num_epochs else _total_steps(training, None, problems)
        _check_length(training, num_epochs or total, problems)
        return Training(num_epochs or EXAMPLES, batch_size, EXAMPLES, total, parts)
    examples = facts.examples["train"]
    batch = min(written, examples) if isinstance(written, int) else examples
    per_epoch = math.ceil(examples / batch)
    if num_epochs is not None:
        _check_length(training, num_epochs, problems)
        return Training(num_epochs, batch, per_epoch, num_epochs * per_epoch, parts)
    total = _total_steps(training, Clock(per_epoch, 0, batch, _tokens(facts)), problems)
    _check_length(training, total, problems)
    last = math.ceil(total / per_epoch) if isinstance(total, int) else EXAMPLES
    return Training(last, batch, per_epoch, total, parts)


def _total_steps(training: Call, clock: Clock | None, problems: list[Problem]) -> int | Unknown:
    """The updates of a run whose length is not said in epochs."""
    steps, span = training.get("steps"), training.span_of("steps")
    if isinstance(steps, Duration) and steps.unit is Unit.STEPS:
        return math.ceil(steps.amount)
    if clock is None or not isinstance(steps, Duration):
        return EXAMPLES
    return clock.steps(steps) if can_count(clock, steps, "training.steps", span, problems) else EXAMPLES


def _check_length(training: Call, length: int | Unknown, problems: list[Problem]) -> None:
    """No run has more epochs or steps than a machine counts."""
    name = "epochs" if "epochs" in training else "steps"
    if isinstance(length, int) and length > LONGEST:
        received = str(training[name])
        problems.append(RunTooLong(training.span_of(name), f"training.{name}", LONGEST, received))


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
    """How long a run is, in words: its steps, or its epochs while these are not known; else nothing."""
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
    return Clock(per_epoch, total, batch_size, _tokens(facts))


def _tokens(facts: Facts | None) -> int | None:
    """Ids of one example; None where no input is a sequence of them."""
    inputs = facts.inputs.values() if facts else ()
    return sum(math.prod(one.shape) for one in inputs if one.dtype == IDS) or None
