"""What a saved State gives to a run with other metrics, callbacks or schedules."""

from typing import Any

import keras
import numpy as np
import pytest

import recipe
from recipe.diagnostics.runs import RunFolderError
from recipe.training import states
from recipe.training.carrying import continued
from recipe.training.engines.engine import Engine, engine_for
from recipe.training.rows import Best
from recipe.training.states import Position, State
from tests.training.specs import DIGITS


def engine(*overrides: str) -> Engine:
    return engine_for(recipe.compile(recipe.load("small.yaml", overrides, text=DIGITS)).compiled)


def taken(from_engine: Engine, *callbacks: Any) -> State:
    """A State in which every number tells where it comes from."""
    best = Best(from_engine.compiled.program.monitor)
    state = states.take(from_engine, callbacks, Position(1, 30, 6), (), best)
    arrays = {
        name: np.full_like(array, index % 100) for index, (name, array) in enumerate(state.arrays.items())
    }
    return State(state.position, (), state.best, state.callbacks, arrays)


def stopping() -> Any:
    callback = keras.callbacks.EarlyStopping(restore_best_weights=True)
    callback.wait, callback.best, callback.best_weights = 3, 0.5, [np.ones(2), np.zeros(3)]
    return callback


def test_a_state_that_fits_is_left_as_it_is():
    found = engine()
    state = taken(found)
    assert continued(state, found, (), "here") is state


def test_metrics_that_are_new_begin_anew_and_all_else_is_kept():
    state = taken(engine())
    other = engine("metrics=[AUC, accuracy]")
    found = continued(state, other, (), "here")
    assert found.arrays.keys() == states.variables_of(other).keys()
    for name, array in found.arrays.items():
        if not name.startswith("metrics/"):
            np.testing.assert_array_equal(array, state.arrays[name])
    fresh = [array for name, array in found.arrays.items() if "true_positives" in name]
    assert [float(array.sum()) for array in fresh] == [0.0]
    (kept,) = (array for name, array in found.arrays.items() if name.endswith("accuracy/total"))
    (saved,) = (array for name, array in state.arrays.items() if name.endswith("accuracy/total"))
    np.testing.assert_array_equal(kept, saved)


def test_a_learning_rate_that_became_a_schedule_is_no_weight_that_is_missing():
    state = taken(engine())
    other = engine("schedule={warmup_constant: {warmup: 0 steps}}")
    found = continued(state, other, (), "here")
    assert found.arrays.keys() == states.variables_of(other).keys()
    assert any(name.endswith("learning_rate") for name in state.arrays)
    assert not any(name.endswith("learning_rate") for name in found.arrays)


def test_callbacks_keep_what_they_remember_in_whatever_order_they_stand():
    found = engine()
    state = taken(found, stopping())
    new = (keras.callbacks.TerminateOnNaN(), keras.callbacks.EarlyStopping(restore_best_weights=True))
    moved = continued(state, found, new, "here")
    assert [remembered["class"] for remembered in moved.callbacks] == ["TerminateOnNaN", "EarlyStopping"]
    assert moved.callbacks[1]["wait"] == 3
    old, now = ([name for name in one.arrays if name.startswith("callback/")] for one in (state, moved))
    assert now == [name.replace("callback/0000/", "callback/0001/") for name in old]
    assert len(now) == 2


def test_callbacks_that_are_gone_are_forgotten():
    found = engine()
    gone = continued(taken(found, stopping()), found, (), "here")
    assert gone.callbacks == ()
    assert not any(name.startswith("callback/") for name in gone.arrays)


def test_a_weight_of_another_shape_is_named():
    with pytest.raises(RunFolderError) as error:
        continued(
            taken(engine()),
            engine("architecture=[Flatten, {Dense: {units: 9, activation: relu}}, head]"),
            (),
            "here",
        )
    (problem,) = error.value.problems
    assert problem.code == "R616"
    assert ("dense/kernel", "(64, 16)", "(64, 9)") in problem.weights
