"""Early stopping against Keras's own, and where a metric has no value."""

import math

import keras
import pytest

from recipe.components.early_stopping import EarlyStopping


def stopped_at(callback: keras.callbacks.EarlyStopping, values: list[float]) -> tuple[int, int]:
    """The epoch after which a callback ends the training, and the best one."""
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.stop_training = False
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {"watched": value})
        if model.stop_training:
            return epoch, callback.best_epoch
    return len(values), callback.best_epoch


@pytest.mark.parametrize(
    ("mode", "values"),
    [("min", [4.0, 3.0, 3.0, 2.0, 2.5, 2.5, 2.5, 1.0]), ("max", [0.1, 0.3, 0.2, 0.2, 0.1, 0.5])],
)
def test_it_stops_where_keras_does(mode: str, values: list[float]):
    options = {"monitor": "watched", "mode": mode, "patience": 2, "restore_best_weights": True}
    expected = stopped_at(keras.callbacks.EarlyStopping(**options), values)
    assert stopped_at(EarlyStopping(**options), values) == expected


@pytest.mark.parametrize("mode", ["min", "max"])
def test_a_first_epoch_without_a_value_is_not_the_best(mode: str):
    values = [math.nan, 2.0, 2.0, math.nan, 2.0]
    options = {"monitor": "watched", "mode": mode, "patience": 3, "restore_best_weights": True}
    assert stopped_at(EarlyStopping(**options), values) == (4, 1)
