"""What is watched: which epoch is best, and when to stop."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Unknown
from recipe.diagnostics.conflicts import Exclusive, OneIsNeeded
from recipe.diagnostics.conflicts_runs import DirectionUnknown, NotLogged
from recipe.diagnostics.endings import OutOfReach, ShareOfNothing
from recipe.diagnostics.problems import Problem
from recipe.language.durations import Duration, Share, Unit
from recipe.program.programs import Checkpointing, EarlyStopping, Goal, Monitor, Plateau
from recipe.program.schedules import written_schedule
from recipe.program.settling import EXAMPLES, Clock, can_count


@dataclass(frozen=True, slots=True)
class Log:
    """What a run logs.

    Args:
        metrics: the settled metrics.
        names: `loss` and the metrics, and each again as `val_...` when there is validation.
    """

    metrics: tuple[Call, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, metrics: tuple[Call, ...], *, validation: bool) -> "Log":
        """The log of a run with these metrics."""
        names = tuple(dict.fromkeys(("loss", *(str(metric["name"]) for metric in metrics))))
        return cls(metrics, names + tuple(f"val_{name}" for name in names) if validation else names)

    @property
    def validates(self) -> bool:
        """Whether there is validation."""
        return any(name.startswith("val_") for name in self.names)

    def direction_of(self, name: str) -> str | None:
        """Which way a logged value gets better; None when nobody can say."""
        plain = name.removeprefix("val_")
        by_name = {str(call["name"]): call.name for call in self.metrics}
        return "min" if plain == "loss" else lookup.direction_of(by_name.get(plain, ""))


def settle_monitor(monitor: Call, log: Log, problems: list[Problem]) -> Monitor:
    """What decides which epoch is best: validation loss unless the spec says otherwise."""
    written = monitor.arguments["best"]
    direction, metric = "", written.value
    if isinstance(metric, Call):
        direction, metric = directed(metric, "monitor.best", problems)
    if metric == "auto":
        metric = "val_loss" if "val_loss" in log.names else "loss"
    return _watched(str(metric), direction, "monitor.best", written, log, problems)


def directed(best: Call, path: str, problems: list[Problem]) -> tuple[str, str]:
    """The one direction that is written, and its metric.

    Args:
        best: `{max: metric}` or `{min: metric}`.
        path: where it is written.
        problems: where R301 and R302 go.
    """
    written = [(name, str(argument.value)) for name, argument in best.arguments.items()]
    if not written:
        problems.append(OneIsNeeded(best.origin.span, path, ("max", "min")))
        return "", "auto"
    if len(written) > 1:
        (first, _), (second, _) = written
        other = best.span_of(second)
        problems.append(Exclusive(best.span_of(first), path, first, second, other))
    return written[0]


def settle_checkpointing(monitor: Call, clock: Clock | None, problems: list[Problem]) -> Checkpointing:
    """How often to save, in steps or by the clock; `auto` while steps cannot be counted."""
    written = monitor["checkpoint"]
    if not isinstance(written, Call):
        return Checkpointing()
    keep = int(str(written["keep"]))
    every, span = written["every"], written.span_of("every")
    if isinstance(every, Duration) and every.unit is Unit.MINUTES:
        return Checkpointing(minutes=every.amount, keep=keep)
    if not isinstance(every, Duration) or clock is None:
        return Checkpointing(keep=keep)
    is_counted = can_count(clock, every, "monitor.checkpoint.every", span, problems)
    return Checkpointing(steps=clock.steps(every) if is_counted else None, keep=keep)


def settle_goals(training: Call, log: Log, problems: list[Problem]) -> tuple[Goal, ...]:
    """At which values of which metrics the run ends.

    Of a metric of Keras that should rise, 1 is the most; of no other is there a share.
    """
    written = training.get("stop_at")
    goals = []
    for metric, value in written.items() if isinstance(written, Mapping) else ():
        argument = training.arguments["stop_at"]
        watched = _watched(metric, "", "training.stop_at", argument, log, problems, is_goal=True)
        number = float(str(value))
        if watched.direction == "max" and number > 1:
            problems.append(OutOfReach(argument.origin.span, metric, number))
        if isinstance(value, Share) and log.direction_of(metric) == "min":
            problems.append(ShareOfNothing(argument.origin.span, metric, number))
        goals.append(Goal(metric, watched.direction, number))
    return tuple(goals)


def settle_stopping(
    regularization: Call, monitor: Monitor, log: Log, clock: Clock | None, problems: list[Problem]
) -> EarlyStopping | None:
    """When to stop before the end; None when the spec does not ask for it."""
    stopping = regularization.get("early_stopping")
    if not isinstance(stopping, Call):
        return None
    path = "regularization.early_stopping"
    watched = _watched_by(stopping, path, monitor, log, problems)
    return EarlyStopping(
        metric=watched.metric,
        direction=watched.direction,
        patience=whole_epochs(stopping, "patience", path, clock, problems),
        minimum_delta=float(str(stopping["minimum_delta"])),
        after=whole_epochs(stopping, "after", path, clock, problems),
    )


def settle_plateau(
    spec: Call,
    settled: Call | None,
    monitor: Monitor,
    log: Log,
    clock: Clock | None,
    problems: list[Problem],
) -> Plateau | None:
    """When the learning rate is lowered; None when the schedule is not one that is.

    Args:
        spec: the checked spec.
        settled: the schedule with its stretches in steps.
        monitor: what is watched unless the schedule says otherwise.
        log: what a run logs.
        clock: None while the data is unknown.
        problems: where problems go.
    """
    path, schedule = written_schedule(spec)
    written = schedule.value if schedule else None
    if not isinstance(written, Call) or settled is None or "patience" not in written:
        return None
    path = f"{path}.{written.name}"
    watched = _watched_by(written, path, monitor, log, problems)
    shape = settled["after"]
    warmup = shape.get("warmup_steps") if isinstance(shape, Call) else None
    return Plateau(
        metric=watched.metric,
        direction=watched.direction,
        factor=float(str(written["factor"])),
        patience=whole_epochs(written, "patience", path, clock, problems),
        minimum_delta=float(str(written["minimum_delta"])),
        cooldown=whole_epochs(written, "cooldown", path, clock, problems),
        floor=float(str(written["floor"])),
        after_steps=warmup if isinstance(warmup, int) else 0,
    )


def _watched_by(call: Call, path: str, monitor: Monitor, log: Log, problems: list[Problem]) -> Monitor:
    """What is watched: the metric that a word names, else that of `monitor.best`."""
    written = call.arguments["metric"]
    direction, metric, path = "", written.value, f"{path}.metric"
    if isinstance(metric, Call):
        direction, metric = directed(metric, path, problems)
    if metric == "auto":
        return monitor
    return _watched(str(metric), direction, path, written, log, problems)


def whole_epochs(
    written: Call, name: str, path: str, clock: Clock | None, problems: list[Problem]
) -> int | Unknown:
    """A duration in epochs, rounded up to whole ones; unknown while it cannot be counted.

    Args:
        written: the section.
        name: of its argument.
        path: of the section, for messages.
        clock: None while the data is unknown.
        problems: where problems go.
    """
    duration = written[name]
    if not isinstance(duration, Duration):
        return 0
    if duration.unit is Unit.EPOCHS:
        return math.ceil(duration.amount)
    if clock is None or not can_count(clock, duration, f"{path}.{name}", written.span_of(name), problems):
        return EXAMPLES
    return clock.epochs(duration)


def _watched(
    metric: str,
    direction: str,
    path: str,
    written: Argument,
    log: Log,
    problems: list[Problem],
    *,
    is_goal: bool = False,
) -> Monitor:
    if metric not in log.names:
        problems.append(NotLogged(written.origin.span, path, metric, log.names))
        return Monitor(metric, direction or "min")
    known = log.direction_of(metric)
    if not direction and known is None:
        problems.append(DirectionUnknown(written.origin.span, metric, is_goal))
    return Monitor(metric, direction or known or "min")
