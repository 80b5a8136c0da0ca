"""Runs that end before their plan, and epochs that are not validated."""

import math
from dataclasses import replace

import pytest

import recipe
from recipe.components.early_stopping import EarlyStopping
from recipe.components.reduce_on_plateau import ReduceOnPlateau
from recipe.program.programs import Goal
from recipe.training.engines.engine import engine_for
from recipe.training.goals import reached, sentence
from recipe.training.loop import Loop
from recipe.training.rows import EpochRow
from tests.training.specs import DIGITS


def row(**logs: float) -> EpochRow:
    return EpochRow(1, 10, 0.1, 2.0, logs)


GOALS = (Goal("val_accuracy", "max", 0.9), Goal("val_loss", "min", 0.5))


@pytest.mark.parametrize(
    ("accuracy", "loss", "expected"),
    [(0.9, 0.5, True), (0.91, 0.6, False), (0.8, 0.4, False), (math.nan, 0.4, False)],
)
def test_a_run_ends_when_all_goals_are_reached_in_one_epoch(accuracy: float, loss: float, expected: bool):
    assert reached(
        GOALS, [row(val_accuracy=0.95, val_loss=0.1), row(val_accuracy=accuracy, val_loss=loss)]
    ) is (expected)


def test_an_epoch_that_was_not_validated_reaches_nothing_and_a_run_without_goals_goes_on():
    assert not reached(GOALS, [row(loss=0.1)])
    assert not reached((), [row(val_accuracy=1.0)])


def test_the_time_that_it_took_is_told():
    rows = [row(val_accuracy=0.5), row(val_accuracy=0.9312)]
    assert sentence(GOALS[:1], rows) == "val_accuracy reached 0.9312 after 4.0 s"


def test_a_run_stops_at_its_goal_and_validates_every_few_epochs():
    text = DIGITS.replace("epochs: 2", "epochs: 30, validate_every: 3 epochs, stop_at: {val_accuracy: 0.85}")
    run = recipe.fit(recipe.load("goal.yaml", text=text), keep=False)
    accuracy = run.history["val_accuracy"]
    assert len(accuracy) < 30
    assert [epoch for epoch in accuracy.index if not math.isnan(accuracy[epoch])] == [
        epoch for epoch in accuracy.index if epoch % 3 == 0
    ]
    assert (accuracy.dropna().iloc[:-1] < 0.85).all()
    assert accuracy.iloc[-1] >= 0.85
    assert run.outcome.stopped.startswith(f"val_accuracy reached {accuracy.iloc[-1]:.4f} after ")


def test_a_run_ends_when_its_time_is_over_and_remembers_the_time_before_it_was_resumed():
    text = DIGITS.replace("epochs: 2", "epochs: 1000, time: 1 hour")
    compilation = recipe.compile(recipe.load("clock.yaml", text=text))
    loop = Loop(engine_for(compilation.compiled), compilation.dataset, ())
    state = loop.state()
    assert state.position.spent == 0
    almost = replace(state, position=replace(state.position, spent=3599.5))
    loop.run(almost)
    assert loop.is_out_of_time
    assert loop.stopped_early
    assert 3600 <= loop.position.spent < 3700
    assert "val_loss" in loop.rows[-1].logs


def test_patience_counts_epochs_that_are_not_validated():
    stopping = EarlyStopping(monitor="val_loss", mode="min", patience=4)
    stopping.set_model(Model())
    stopping.on_train_begin()
    ended = []
    for epoch in range(12):
        logs = {"val_loss": 1.0} if epoch % 3 == 2 else {}
        stopping.on_epoch_end(epoch, logs)
        if stopping.model.stop_training:
            ended.append(epoch)
            break
    assert ended == [8]  # the third validation: six epochs after the first, which is the best


def test_a_plateau_counts_epochs_that_are_not_validated():
    plateau = ReduceOnPlateau("val_loss", "min", 0.1, 2)
    plateau.set_model(Model())
    for epoch in range(3):
        plateau.on_epoch_end(epoch, {"val_loss": 1.0} if epoch == 0 else {})
    assert plateau.wait == 2


class Model:
    """What the callbacks ask a model for."""

    stop_training = False

    class optimizer:  # noqa: N801
        iterations = 100
