"""What is watched: which epoch is best, and when to stop."""

from dataclasses import dataclass

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Value
from recipe.diagnostics.conflicts import DirectionUnknown, Exclusive, NotLogged, OneIsNeeded
from recipe.diagnostics.problems import Problem
from recipe.language.durations import Duration, Unit
from recipe.program.programs import Checkpointing, EarlyStopping, Monitor, Training
from recipe.program.settling import clock_of


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
        direction, metric = _directed(metric, problems)
    if metric == "auto":
        metric = "val_loss" if "val_loss" in log.names else "loss"
    return _watched(str(metric), direction, "monitor.best", written, log, problems)


def _directed(best: Call, problems: list[Problem]) -> tuple[str, Value]:
    """The one direction that is written, and its metric."""
    written = [(name, argument.value) for name, argument in best.arguments.items()]
    if not written:
        problems.append(OneIsNeeded(best.origin.span, "monitor.best", ("max", "min")))
        return "", "auto"
    if len(written) > 1:
        (first, _), (second, _) = written
        other = best.span_of(second)
        problems.append(Exclusive(best.span_of(first), "monitor.best", first, second, other))
    return written[0]


def settle_checkpointing(monitor: Call, training: Training) -> Checkpointing:
    """How often to save, in steps or by the clock."""
    written = monitor["checkpoint"]
    if not isinstance(written, Call):
        return Checkpointing()
    keep = int(str(written["keep"]))
    every, clock = written["every"], clock_of(training)
    if not isinstance(every, Duration):
        return Checkpointing(keep=keep)
    if every.unit is Unit.MINUTES:
        return Checkpointing(minutes=every.amount, keep=keep)
    return Checkpointing(steps=clock.steps(every) if clock else None, keep=keep)


def settle_stopping(
    regularization: Call, monitor: Monitor, log: Log, problems: list[Problem]
) -> EarlyStopping | None:
    """When to stop before the end; None when the spec does not ask for it."""
    stopping = regularization.get("early_stopping")
    if not isinstance(stopping, Call):
        return None
    watched = monitor
    if stopping["metric"] != "auto":
        path = "regularization.early_stopping.metric"
        written = stopping.arguments["metric"]
        watched = _watched(str(written.value), "", path, written, log, problems)
    patience, after = stopping["patience"], stopping["after"]
    return EarlyStopping(
        metric=watched.metric,
        direction=watched.direction,
        patience=int(patience.amount) if isinstance(patience, Duration) else 0,
        minimum_delta=float(str(stopping["minimum_delta"])),
        after=int(after.amount) if isinstance(after, Duration) else 0,
    )


def _watched(
    metric: str, direction: str, path: str, written: Argument, log: Log, problems: list[Problem]
) -> Monitor:
    if metric not in log.names:
        problems.append(NotLogged(written.origin.span, path, metric, log.names))
        return Monitor(metric, direction or "min")
    known = log.direction_of(metric)
    if not direction and known is None:
        problems.append(DirectionUnknown(written.origin.span, metric))
    return Monitor(metric, direction or known or "min")
