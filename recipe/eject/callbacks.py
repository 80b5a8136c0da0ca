"""The callbacks of a Program as classes of a script, and as what `model.fit` is given."""

from collections.abc import Iterator, Mapping

from recipe.catalog.calls import Value
from recipe.eject.calls import call_source, called, name_source, source_of
from recipe.eject.lines import INDENT, wrapped
from recipe.eject.sources import facts_of
from recipe.program.programs import EarlyStopping, Plateau, Program

_STOPPING = "recipe.components.early_stopping.EarlyStopping"
_PLATEAU = "recipe.components.reduce_on_plateau.ReduceOnPlateau"
_HOOK = "def on_epoch_end(self, epoch: int, logs: Any = None) -> None:"
_END = "self.model.stop_training = True"


def copied_callbacks(program: Program) -> tuple[str, ...]:
    """The targets of our own callbacks."""
    plateau = (_PLATEAU,) if program.plateau is not None else ()
    return (*plateau, *((_STOPPING,) if program.early_stopping is not None else ()))


def keeps_averages(program: Program) -> bool:
    """Whether averaged weights are what is validated."""
    return program.update.average_decay is not None and "validation" in facts_of(program).examples


def ends_within_an_epoch(program: Program) -> bool:
    """Whether the last epoch is cut off by `training.steps`."""
    training = program.training
    return int(str(training.epochs)) * int(str(training.steps_per_epoch)) != training.total_steps


def ending_lines(program: Program) -> Iterator[str]:
    """Classes of what ends a run because of what an epoch has shown, each as one text."""
    if program.goals:
        yield "\n".join(_good_enough(program))
    if _stops_overfitting(program):
        yield "\n".join(_overfitting(program))


def callbacks_of(program: Program) -> list[str]:
    """The callbacks of `model.fit` as expressions; averages leave when all others have seen them."""
    found = [] if program.plateau is None else [_reduction(program.plateau)]
    found += [] if program.early_stopping is None else [_stopping(program.early_stopping)]
    found += [call_source(callback) for callback in program.callbacks]
    found += ["GoodEnough()"] if program.goals else []
    found += ["Overfitting()"] if _stops_overfitting(program) else []
    found += ["LastStep()"] if ends_within_an_epoch(program) else []
    return [*found, "AveragedValidation()"] if keeps_averages(program) else found


def _stops_overfitting(program: Program) -> bool:
    return program.overfitting is not None and program.overfitting.stops


def _good_enough(program: Program) -> Iterator[str]:
    signs = {"max": ">=", "min": "<="}
    seen = [(goal.metric, f"{signs[goal.direction]} {goal.value!r}") for goal in program.goals]
    words = " and ".join(f"`{metric}` {wanted}" for metric, wanted in seen)
    wanted = " and ".join(f"{_logged(metric)} {wanted}" for metric, wanted in seen)
    yield "class GoodEnough(keras.callbacks.Callback):"
    yield f'{INDENT}"""Ends the run after an epoch with {words}."""'
    yield ""
    yield f"{INDENT}{_HOOK}"
    yield f'{2 * INDENT}"""Look at an epoch."""'
    yield from wrapped(f"if {wanted}:", 2 * INDENT)
    yield f"{3 * INDENT}{_END}"


def _overfitting(program: Program) -> Iterator[str]:
    watched = program.overfitting
    if watched is None:
        raise ValueError("a Program that watches the gap is expected")
    patience = int(str(watched.patience))
    train, validation = _logged(watched.metric), _logged(f"val_{watched.metric}")
    better, worse = (train, validation) if watched.direction == "max" else (validation, train)
    epochs = f"{patience} epochs in a row" if patience > 1 else "an epoch"
    yield "class Overfitting(keras.callbacks.Callback):"
    yield f'{INDENT}"""Ends the run when validation is behind by more than {watched.gap:g} in {epochs}."""'
    yield ""
    yield f"{INDENT}epochs = 0"
    yield ""
    yield f"{INDENT}{_HOOK}"
    yield f'{2 * INDENT}"""Look at an epoch."""'
    yield from wrapped(f"gap = {better} - {worse}", 2 * INDENT)
    yield f"{2 * INDENT}if not math.isnan(gap):"
    yield f"{3 * INDENT}self.epochs = self.epochs + 1 if gap > {watched.gap!r} else 0"
    yield f"{2 * INDENT}if self.epochs >= {patience}:"
    yield f"{3 * INDENT}{_END}"


def _logged(metric: str) -> str:
    """A number of an epoch; NaN in one that has none."""
    return f"logs.get({source_of(metric)}, math.nan)"


def _stopping(settled: EarlyStopping) -> str:
    """What ends a run and brings the best weights back."""
    return _constructed(
        _STOPPING,
        {
            "monitor": settled.metric,
            "mode": settled.direction,
            "patience": settled.patience,
            "min_delta": settled.minimum_delta,
            "start_from_epoch": settled.after,
            "restore_best_weights": True,
        },
    )


def _reduction(settled: Plateau) -> str:
    """What lowers the learning rate."""
    return _constructed(
        _PLATEAU,
        {
            "monitor": settled.metric,
            "mode": settled.direction,
            "factor": settled.factor,
            "patience": settled.patience,
            "minimum_delta": settled.minimum_delta,
            "cooldown": settled.cooldown,
            "floor": settled.floor,
            "after_steps": settled.after_steps,
        },
    )


def _constructed(target: str, arguments: Mapping[str, Value]) -> str:
    return called(name_source(target), {name: source_of(value) for name, value in arguments.items()})
