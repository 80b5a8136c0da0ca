"""What callbacks and `monitor` watch, and how long they wait."""

from collections.abc import Iterator

from recipe.catalog import lookup
from recipe.catalog.calls import Call
from recipe.diagnostics.lint_monitoring import (
    KeepsLastWeights,
    PatienceOutlastsRun,
    SameFile,
    WatchesNothing,
    WatchesTraining,
    WrongDirection,
)
from recipe.lint.rates import number
from recipe.lint.targets import log_of
from recipe.program.data_plans import has_validation
from recipe.program.programs import Program
from recipe.program.sections import section

STOPPING = "EarlyStopping"
DIRECTIONS = ("max", "min")


def watched_by(callback: Call) -> str | None:
    """The metric that a Keras callback watches; None when it watches none."""
    default = lookup.keras_default("callback", callback.name, "monitor")
    found = callback.get("monitor") if "monitor" in callback else default
    return found if isinstance(found, str) else None


def watches_nothing(program: Program) -> Iterator[WatchesNothing]:
    """L401: callbacks that watch what is not logged."""
    log = log_of(program)
    for callback in program.callbacks:
        metric = watched_by(callback)
        if metric is not None and metric not in log.names:
            yield WatchesNothing(callback.span_of("monitor"), callback.name, metric, log.names)


def wrong_direction(program: Program) -> Iterator[WrongDirection]:
    """L402: a written direction in which the metric gets worse."""
    log = log_of(program)
    best = section(program.spec, "monitor").get("best")
    if isinstance(best, Call):
        for written in DIRECTIONS:
            metric = best.get(written)
            known = log.direction_of(metric) if isinstance(metric, str) else None
            if isinstance(metric, str) and known not in (None, written):
                yield WrongDirection(best.span_of(written), "monitor.best", metric, written, str(known))
    for callback in program.callbacks:
        metric, mode = watched_by(callback), callback.get("mode")
        known = log.direction_of(metric) if metric else None
        if metric and mode in DIRECTIONS and known not in (None, mode):
            yield WrongDirection(callback.span_of("mode"), callback.name, metric, str(mode), str(known))


def patience_outlasts_run(program: Program) -> Iterator[PatienceOutlastsRun]:
    """L403: early stopping and plateaus that cannot act before the run is over.

    The first epoch is always an improvement, so what waits `patience` epochs acts after epoch 1 + `patience`
    at the earliest.
    """
    epochs = program.training.epochs
    if not isinstance(epochs, int):
        return
    stopping = program.early_stopping
    after, wait = (stopping.after, stopping.patience) if stopping else (None, None)
    if isinstance(after, int) and isinstance(wait, int):
        earliest = after + wait + 1
        if earliest >= epochs:
            span = section(program.spec, "regularization").span_of("early_stopping")
            yield PatienceOutlastsRun(span, "early_stopping", earliest, epochs)
    for callback in program.callbacks:
        patience = number(callback, "callback", "patience")
        if patience is None:
            continue
        start = number(callback, "callback", "start_from_epoch") or 0
        earliest = int(start + patience) + 1
        if earliest >= epochs:
            yield PatienceOutlastsRun(callback.span_of("patience"), callback.name, earliest, epochs)


def keeps_last_weights(program: Program) -> Iterator[KeepsLastWeights]:
    """L404: Keras's early stopping without `restore_best_weights`."""
    for callback in program.callbacks:
        if callback.name == STOPPING and callback.get("restore_best_weights") is not True:
            yield KeepsLastWeights(callback.origin.span)


def watches_training(program: Program) -> Iterator[WatchesTraining]:
    """L405: a training metric that decides although there is validation data."""
    if not has_validation(program.data, program.facts):
        return
    monitor = section(program.spec, "monitor")
    if not program.monitor.metric.startswith("val_"):
        yield WatchesTraining(monitor.span_of("best"), "monitor.best", program.monitor.metric)
    stopping = section(program.spec, "regularization").get("early_stopping")
    if isinstance(stopping, Call) and program.early_stopping is not None:
        metric = program.early_stopping.metric
        if stopping["metric"] != "auto" and not metric.startswith("val_"):
            yield WatchesTraining(stopping.span_of("metric"), "early_stopping.metric", metric)


def same_file(program: Program) -> Iterator[SameFile]:
    """L406: two callbacks that write one file."""
    taken: dict[str, Call] = {}
    for callback in program.callbacks:
        path = callback.get("filename")
        if not isinstance(path, str):
            continue
        if path in taken:
            yield SameFile(callback.span_of("filename"), path, taken[path].span_of("filename"))
        taken.setdefault(path, callback)
