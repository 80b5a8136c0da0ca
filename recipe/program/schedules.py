"""Schedules in numbers: every stretch in steps, every share of a peak that is known."""

from collections.abc import Mapping
from types import MappingProxyType

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Origin
from recipe.diagnostics.conflicts import Exclusive, OneIsNeeded
from recipe.diagnostics.conflicts_runs import ScheduleTwice
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.schedules import NothingToSchedule, StretchesDoNotFit
from recipe.language.durations import Duration
from recipe.program.facts import Facts
from recipe.program.phases import settle_phases
from recipe.program.programs import Training
from recipe.program.settling import clock_of, share_of_run
from recipe.program.stretches import Scale

# What words are called as arguments of their class; the others have their own name.
_ARGUMENTS: Mapping[str, str] = MappingProxyType(
    {
        "warmup": "warmup_steps",
        "decay": "decay_steps",
        "every": "every_steps",
        "at": "at_steps",
        "cycle": "cycle_steps",
        "rise": "rise_steps",
        "tail": "tail_steps",
        "from": "start",
        "to": "end",
    }
)
LEARNING_RATE = "learning_rate"
BY_QUANTITY = "recipe:schedules"
# Other quantities, and the arguments of optimizers that hold them, the first that an optimizer has.
_SETTINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"momentum": ("momentum", "beta_1"), "regularization.weight_decay": ("weight_decay",)}
)
# Stretches that follow each other, so that they must fit into the run together.
_IN_TURN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"one_cycle": ("rise", "tail"), "warmup_stable_decay": ("warmup", "decay")}
)
# A time that measures and does not happen: it may be longer than the run.
_MEASURES = frozenset({("exponential", "every")})


def written_schedule(spec: Call, quantity: str = LEARNING_RATE) -> tuple[str, Argument | None]:
    """Where the schedule of a quantity stands, and what is there.

    Args:
        spec: the checked spec.
        quantity: as the spec calls it.
    """
    written = spec.arguments.get("schedule")
    if written is not None and isinstance(written.value, Call) and written.value.target == BY_QUANTITY:
        return f"schedule.{quantity}", written.value.arguments.get(quantity)
    return "schedule", written if quantity == LEARNING_RATE else None


def settle_schedule(
    spec: Call,
    optimizer: Call,
    training: Training,
    facts: Facts | None,
    problems: list[Problem],
) -> Call | None:
    """The schedule of the learning rate in numbers; None for a constant one.

    Args:
        spec: the checked spec.
        optimizer: whose learning rate is the peak.
        training: the settled run.
        facts: what the data turned out to be.
        problems: where problems go.
    """
    path, schedule = written_schedule(spec)
    if schedule is None or schedule.value is None:
        return None
    value = schedule.value
    if isinstance(value, Call) and value.target.startswith("keras."):
        if "learning_rate" in optimizer:
            other = optimizer.span_of("learning_rate")
            problems.append(ScheduleTwice(value.origin.span, value.name, other))
        return value
    clock = clock_of(training, facts)
    scale = Scale(path, peak_of(optimizer), training, clock, problems)
    if isinstance(value, Call) and "patience" in value:
        return _reduced(value, scale)
    return settle_shape(schedule, scale)


def settle_settings(
    spec: Call, optimizer: Call, training: Training, facts: Facts | None, problems: list[Problem]
) -> Mapping[str, Call]:
    """The schedules of momentum and weight decay in numbers, by the argument of the optimizer.

    Args:
        spec: the checked spec.
        optimizer: whose settings are the peaks.
        training: the settled run.
        facts: what the data turned out to be.
        problems: where problems go.
    """
    settled = {}
    for quantity, names in _SETTINGS.items():
        path, written = written_schedule(spec, quantity)
        if written is None:
            continue
        row = lookup.find("optimizer", optimizer.name)
        name = next((name for name in names if row and row.parameter(name)), names[0])
        peak = setting_of(optimizer, name)
        if not isinstance(peak.value, int | float) or peak.value == 0:
            of = quantity if quantity.startswith("regularization") else f"optimizer.{optimizer.name}.{name}"
            problems.append(NothingToSchedule(written.origin.span, path, of, peak.value))
            continue
        scale = Scale(path, peak, training, clock_of(training, facts), problems)
        shape = settle_shape(written, scale)
        if shape is not None:
            settled[name] = shape
    return settled


def _reduced(schedule: Call, scale: Scale) -> Call:
    """A schedule that multiplies another one; how it is lowered is no part of it."""
    after = schedule.arguments["after"]
    arguments = {"peak": scale.peak, "after": Argument(settle_shape(after, scale), after.origin)}
    return Call(schedule.name, schedule.target, arguments, schedule.origin)


def settle_shape(written: Argument, scale: Scale) -> Call | None:
    """A shape, or a list of phases, in numbers; None for the peak all the way.

    Args:
        written: a Call of one of our shapes, a tuple of phases, or None.
        scale: what it is measured with.
    """
    value = written.value
    if isinstance(value, tuple):
        phases = [phase for phase in value if isinstance(phase, Call)]
        return settle_phases(phases, written.origin.span, scale)
    if not isinstance(value, Call) or _is_peak(value):
        return None
    if lookup.find("phase", value.name):
        return settle_phases([value], value.origin.span, scale)
    _check(value, scale)
    arguments = {
        "peak": scale.peak,
        "total_steps": Argument(scale.total_steps, Origin(None, "the whole run")),
    }
    for name, argument in value.arguments.items():
        arguments[_ARGUMENTS.get(name, name)] = _settled(name, argument, value, scale)
    _check_turns(value, arguments, scale)
    return Call(value.name, value.target, arguments, value.origin)


def _is_peak(shape: Call) -> bool:
    """Whether a shape is the peak all the way."""
    return shape.name == "constant" and shape["for"] is None and shape["at"] in ("auto", 1.0)


def _settled(name: str, argument: Argument, shape: Call, scale: Scale) -> Argument:
    if not isinstance(argument.value, Duration | tuple):
        return argument
    within = (shape.name, name) not in _MEASURES
    return scale.stretch(argument, f"{scale.path}.{shape.name}.{name}", within=within)


def _check(shape: Call, scale: Scale) -> None:
    """A step falls in equal times, or at the times of a list."""
    if shape.name != "step":
        return
    path = f"{scale.path}.step"
    every, at = shape["every"], shape["at"]
    if every is not None and at:
        second = shape.span_of("at")
        scale.problems.append(Exclusive(shape.span_of("every"), path, "every", "at", second))
    if every is None and not at:
        scale.problems.append(OneIsNeeded(shape.origin.span, path, ("every", "at")))


def _check_turns(shape: Call, settled: Mapping[str, Argument], scale: Scale) -> None:
    """Stretches that follow each other are no longer than the run; one that is by itself was told."""
    stretches, clock = _IN_TURN.get(shape.name, ()), scale.clock
    lengths: list[float]
    if clock is None:
        lengths = [100 * (share_of_run(shape[one], scale.training) or 0.0) for one in stretches]
    else:
        values = (settled[_ARGUMENTS[one]].value for one in stretches)
        lengths = [length for length in values if isinstance(length, int)]
    together, limit = round(sum(lengths), 7), clock.total_steps if clock else 100
    if together > limit >= max(lengths):
        path, total = f"{scale.path}.{shape.name}", clock.total_steps if clock else None
        scale.problems.append(StretchesDoNotFit(shape.origin.span, path, together, total, rest=False))


def peak_of(optimizer: Call) -> Argument:
    """The optimizer's learning rate, Keras's default where none was written."""
    return setting_of(optimizer, "learning_rate")


def setting_of(optimizer: Call, name: str) -> Argument:
    """A number of the optimizer, Keras's default where none was written."""
    default = lookup.keras_default("optimizer", optimizer.name, name)
    kerass = Argument(default if isinstance(default, float) else None, Origin(None, "Keras's default"))
    return optimizer.arguments.get(name, kerass)
