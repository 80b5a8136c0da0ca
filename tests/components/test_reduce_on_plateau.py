"""The plateau callback against Keras's own, on the same series of a metric."""

import math
import random

import keras
import numpy as np
import pytest

from recipe.components.reduce_on_plateau import ReduceOnPlateau
from recipe.components.reduced_rate import ReducedRate
from recipe.components.warmup_constant import WarmupConstant

PEAK = 0.5


def series(seed: int, length: int = 60) -> list[float]:
    """A metric that falls, with stretches in which it does not; multiples of 1/64, which every type holds."""
    dice, value, values = random.Random(seed), 8.0, []
    for _ in range(length):
        value = max(0.0, value + dice.choice((-0.25, -0.015625, 0.0, 0.0, 0.015625, 0.125)))
        values.append(value)
    return values


def trained_by(schedule: ReducedRate) -> keras.Model:
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    optimizer = keras.optimizers.SGD()
    optimizer.learning_rate = schedule
    schedule.build(optimizer)
    model.compile(optimizer, "mse")
    return model


def rates(callback: keras.callbacks.Callback, model: keras.Model, values: list[float]) -> list[float]:
    """The learning rate after each epoch whose metric has these values."""
    callback.set_model(model)
    callback.on_train_begin()
    found = []
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {"val_loss": value})
        found.append(float(model.optimizer.learning_rate))
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("factor", "patience", "delta", "cooldown", "floor"),
    [(0.5, 1, 0.0, 0, 0.0), (0.1, 3, 0.0625, 0, 0.0), (0.5, 2, 0.0, 3, 0.1), (0.25, 4, 0.03125, 2, 0.01)],
)
def test_the_learning_rate_is_that_of_keras(seed, factor, patience, delta, cooldown, floor):
    ours = ReduceOnPlateau(
        "val_loss", "min", factor, patience, minimum_delta=delta, cooldown=cooldown, floor=floor
    )
    theirs = keras.callbacks.ReduceLROnPlateau(
        "val_loss", factor, patience, mode="min", min_delta=delta, cooldown=cooldown, min_lr=floor * PEAK
    )
    plain = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    plain.compile(keras.optimizers.SGD(PEAK), "mse")
    expected = rates(theirs, plain, series(seed))
    assert len(set(expected)) > 2
    np.testing.assert_allclose(rates(ours, trained_by(ReducedRate(PEAK)), series(seed)), expected, rtol=1e-6)


def test_a_metric_of_which_more_is_better_is_watched_upwards():
    values = [0.25, 0.5, 0.75, 0.75, 0.75, 1.0]
    callback = ReduceOnPlateau("val_loss", "max", 0.5, 2)
    assert rates(callback, trained_by(ReducedRate(PEAK)), values) == [0.5, 0.5, 0.5, 0.5, 0.25, 0.25]


def test_a_value_that_is_no_number_is_no_improvement():
    values = [math.nan, 4.0, 3.0, math.nan, math.nan, math.inf, 2.0]
    callback = ReduceOnPlateau("val_loss", "min", 0.5, 2)
    found = rates(callback, trained_by(ReducedRate(PEAK)), values)
    assert found == [0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]
    assert callback.best == 2.0


def test_epochs_inside_a_warmup_are_not_watched():
    model = trained_by(ReducedRate(PEAK, WarmupConstant(PEAK, 100, 20)))
    callback = ReduceOnPlateau("val_loss", "min", 0.5, 1, after_steps=20)
    callback.set_model(model)
    callback.on_train_begin()
    seen = []
    for epoch, step in enumerate((10, 19, 20, 30, 40)):
        model.optimizer.iterations.assign(step)
        callback.on_epoch_end(epoch, {"val_loss": 1.0})
        seen.append(float(model.optimizer.learning_rate))
    np.testing.assert_allclose(seen, [0.25, 0.475, 0.5, 0.25, 0.125])


def test_a_compiled_step_sees_the_factor():
    model = trained_by(ReducedRate(PEAK))
    model.set_weights([np.zeros((1, 1)), np.zeros(1)])
    inputs, targets = np.zeros((1, 1)), np.ones((1, 1))
    model.fit(inputs, targets, verbose=0)
    first = float(model.layers[0].bias[0])
    factor = next(each for each in model.optimizer.variables if each.name == "plateau_factor")
    factor.assign(0.5)
    model.set_weights([np.zeros((1, 1)), np.zeros(1)])
    model.fit(inputs, targets, verbose=0)
    assert float(model.layers[0].bias[0]) == pytest.approx(first / 2)


def test_a_reduced_rate_survives_saving_and_loading():
    schedule = ReducedRate(PEAK, WarmupConstant(PEAK, 100, 20))
    saved = keras.saving.serialize_keras_object(schedule)
    assert saved["registered_name"] == "recipe>ReducedRate"
    again = keras.saving.deserialize_keras_object(saved)
    assert again.get_config() == schedule.get_config()
    assert [float(again(step)) for step in (0, 10, 50)] == [0.0, 0.25, 0.5]
