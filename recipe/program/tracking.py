"""What is watched beside the best epoch: the gap between training and validation, and who else is told."""

import importlib.util

from recipe.catalog.calls import Call
from recipe.diagnostics.conflicts_runs import DirectionUnknown, NotLogged
from recipe.diagnostics.monitoring import NoValidation, TrackerError, TrackerMissing
from recipe.diagnostics.problems import Problem
from recipe.program.gaps import gap_metric
from recipe.program.monitoring import Log, directed, whole_epochs
from recipe.program.programs import Overfitting, Program, Tracking
from recipe.program.settling import Clock

_PATH = "monitor.overfitting"
# Words of `monitor` that need a package, which has their name.
PACKAGES = ("tensorboard", "mlflow")


def settle_overfitting(
    monitor: Call, log: Log, clock: Clock | None, problems: list[Problem]
) -> Overfitting | None:
    """How far the validation may fall behind; None when the spec does not ask for it."""
    written = monitor.get("overfitting")
    if not isinstance(written, Call):
        return None
    if not log.validates:
        says = "watches the gap to the validation"
        problems.append(NoValidation(monitor.span_of("overfitting"), _PATH, says))
    metric, direction = gap_metric(log.metrics)
    said, watched = "", written["metric"]
    if isinstance(watched, Call):
        said, watched = directed(watched, f"{_PATH}.metric", problems)
    if watched != "auto":
        metric = str(watched).removeprefix("val_")
        direction = _direction_of(metric, said, written, log, problems)
    return Overfitting(
        metric=metric,
        direction=direction,
        gap=float(str(written["gap"])),
        patience=whole_epochs(written, "patience", _PATH, clock, problems),
        stops=written["action"] == "stop",
    )


def check_validation(training: Call, log: Log, problems: list[Problem]) -> None:
    """Refuse to be told how often to validate where there is nothing to validate on; R370."""
    span = training.arguments["validate_every"].origin.span
    if span is not None and not log.validates:
        problems.append(NoValidation(span, "training.validate_every", "says how often to validate"))


def _direction_of(metric: str, said: str, written: Call, log: Log, problems: list[Problem]) -> str:
    """Which way a metric that the spec names gets better, perhaps as it says."""
    span = written.span_of("metric")
    if metric not in log.names:
        known = tuple(name for name in log.names if not name.startswith("val_"))
        problems.append(NotLogged(span, f"{_PATH}.metric", metric, known))
        return "min"
    direction = said or log.direction_of(metric)
    if direction is None:
        problems.append(DirectionUnknown(span, metric))
    return direction or "min"


def settle_tracking(monitor: Call, name: str) -> Tracking:
    """Who is told beside the run folder.

    Args:
        monitor: its section.
        name: of the spec, for the experiment.
    """
    mlflow = monitor["mlflow"]
    asked = mlflow if isinstance(mlflow, Call) else None
    return Tracking(
        tensorboard=monitor["tensorboard"] is True,
        mlflow=mlflow is True or asked is not None,
        experiment=str((asked and asked.get("experiment")) or name),
        store=str((asked and asked.get("store")) or ""),
    )


def check_trackers(program: Program) -> None:
    """Make sure that the packages of all trackers are installed; none of them is imported.

    Raises:
        TrackerError: R630 for each that is missing.
    """
    wanted = (word for word in PACKAGES if getattr(program.tracking, word))
    missing = [word for word in wanted if importlib.util.find_spec(word) is None]
    if missing:
        span = program.spec.span_of("monitor")
        raise TrackerError([TrackerMissing(span, f"monitor.{word}", word) for word in missing])
