"""What a saved State gives to a run that is not quite the one it was taken from, weight by weight.

A run that goes on may have other metrics, other callbacks or another schedule for the steps ahead; one that
is forked may have another spec altogether.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from recipe.diagnostics.runs import RunFolderError
from recipe.diagnostics.runs_resuming import NothingLeft, UnfitWeights
from recipe.diagnostics.spans import Span
from recipe.program.programs import Program
from recipe.training import states
from recipe.training.engines.engine import Engine
from recipe.training.rows import Best
from recipe.training.states import Position, State

# Last parts of the paths of variables that hold a learning rate: the spec says it, not the optimizer.
RATES = frozenset({"learning_rate", "plateau_factor"})

Arrays = Mapping[str, np.ndarray]


def continued(state: State, engine: Engine, callbacks: Sequence[Any], checkpoint: str) -> State:
    """A State for a run whose metrics, callbacks or schedule may have changed since it was taken.

    Metrics and callbacks that are new begin anew; those that are gone are forgotten.

    Args:
        state: as it was saved.
        engine: of the run that goes on.
        callbacks: of the run that goes on.
        checkpoint: where the State was saved, for messages.

    Raises:
        RunFolderError: R616 when a weight does not fit.
    """
    fresh = _fresh(engine, callbacks, state.position)
    if _shape_of(state) == _shape_of(fresh):
        return state
    span = engine.compiled.program.spec.span_of("architecture")
    variables = {name: array for name, array in fresh.arrays.items() if _group(name) != "callback"}
    saved = {name: array for name, array in state.arrays.items() if _group(name) != "callback"}
    arrays = _carried(saved, variables, _may_begin_anew, span, checkpoint)
    remembered, remembered_arrays = _callbacks(state, fresh)
    return replace(state, callbacks=remembered, arrays={**arrays, **remembered_arrays})


def forked(state: State, engine: Engine, callbacks: Sequence[Any], checkpoint: str) -> State:
    """The State with which a new run starts from the weights and the optimizer of another.

    It goes on at the step of the other, so that the optimizer's own count, the schedule and the length of the
    run agree; epochs are those of the new run. Seeds, metrics and callbacks begin anew.

    Raises:
        RunFolderError: R616 when a weight does not fit, R617 when the new run has ended at that step.
    """
    program = engine.compiled.program
    fresh = _fresh(engine, callbacks, _position(state.position.step, program, checkpoint))
    saved = {name: array for name, array in state.arrays.items() if _is_weight(name)}
    weights = {name: array for name, array in fresh.arrays.items() if _is_weight(name)}
    span = program.spec.span_of("architecture")
    return replace(fresh, arrays={**fresh.arrays, **_carried(saved, weights, _never, span, checkpoint)})


def _position(step: int, program: Program, checkpoint: str) -> Position:
    """Where a step lies in the epochs of a Program."""
    total, per_epoch = int(str(program.training.total_steps)), int(str(program.training.steps_per_epoch))
    if step >= total:
        span = program.spec.span_of("training")
        raise RunFolderError([NothingLeft(span, checkpoint, step, total)])
    return Position(step // per_epoch, step, step % per_epoch)


def _fresh(engine: Engine, callbacks: Sequence[Any], position: Position) -> State:
    return states.take(engine, callbacks, position, (), Best(engine.compiled.program.monitor))


def _shape_of(state: State) -> tuple[Mapping[str, tuple[int, ...]], list[str]]:
    """The shapes of a State's variables and the classes of its callbacks."""
    shapes = {name: array.shape for name, array in state.arrays.items() if _group(name) != "callback"}
    return shapes, [str(remembered["class"]) for remembered in state.callbacks]


def _carried(
    saved: Arrays, fresh: Arrays, optional: Callable[[str], bool], span: Span | None, checkpoint: str
) -> dict[str, np.ndarray]:
    """The fresh arrays with what was saved in their place."""
    sources = _sources(saved, fresh)
    arrays = {name: saved.get(sources.get(name, ""), array) for name, array in fresh.items()}
    unfit = [
        (_path(name), _shape(saved.get(sources.get(name, ""))), _shape(array))
        for name, array in fresh.items()
        if (name not in sources and not optional(name)) or arrays[name].shape != array.shape
    ]
    left = set(saved) - set(sources.values())
    unfit += [(_path(name), _shape(saved[name]), "") for name in sorted(left) if not optional(name)]
    if unfit:
        raise RunFolderError([UnfitWeights(span, checkpoint, tuple(unfit))])
    return arrays


def _sources(saved: Iterable[str], wanted: Iterable[str]) -> dict[str, str]:
    """The saved name for each wanted one: the same, else the only one of its group and path."""
    by_path: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in saved:
        by_path[_group(name), _path(name)].append(name)
    found = {}
    for name in wanted:
        candidates = by_path[_group(name), _path(name)]
        if name in candidates or len(candidates) == 1:
            found[name] = name if name in candidates else candidates[0]
    return found


def _callbacks(state: State, fresh: State) -> tuple[tuple[Mapping[str, Any], ...], dict[str, np.ndarray]]:
    """What each callback remembers: that of the saved one of its class, in their order."""
    left = list(enumerate(state.callbacks))
    remembered: list[Mapping[str, Any]] = []
    arrays: dict[str, np.ndarray] = {}
    for index, new in enumerate(fresh.callbacks):
        old = next((one for one in left if one[1]["class"] == new["class"]), None)
        remembered.append(new if old is None else old[1])
        if old is not None:
            left.remove(old)
            prefix = f"callback/{old[0]:04d}/"
            found = ((name, array) for name, array in state.arrays.items() if name.startswith(prefix))
            arrays |= {f"callback/{index:04d}/{name.removeprefix(prefix)}": array for name, array in found}
    return tuple(remembered), arrays


def _group(name: str) -> str:
    return name.partition("/")[0]


def _path(name: str) -> str:
    return name.split("/", 2)[-1]


def _shape(array: np.ndarray | None) -> str:
    return "" if array is None else str(tuple(array.shape))


def _is_weight(name: str) -> bool:
    """Whether a variable is what training gave to the network or to the optimizer."""
    return _group(name) in ("model", "optimizer") and _path(name) != "seed" and not _is_rate(name)


def _is_rate(name: str) -> bool:
    return _group(name) == "optimizer" and name.rpartition("/")[2] in RATES


def _may_begin_anew(name: str) -> bool:
    return _group(name) == "metrics" or _is_rate(name)


def _never(_name: str) -> bool:
    return False
