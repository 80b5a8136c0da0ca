"""Losses and metrics over steps of sequences and pixels of masks leave out what has no class."""

import keras
import numpy as np
import pytest

from recipe.components.over_positions import MetricOverPositions

CLASSES = np.array([[0, 1, 1, -1], [1, -1, -1, -1], [2, 0, 1, 1]])
LOGITS = np.random.default_rng(2).normal(size=(3, 4, 3)).astype("float32")
IS_STEP = CLASSES >= 0


@pytest.mark.parametrize("weights", [None, np.array([1.0, 0.0, 3.0], "float32")])
def test_an_accuracy_is_that_of_all_steps_each_as_much_as_its_example(weights: np.ndarray | None):
    metric = MetricOverPositions(keras.metrics.SparseCategoricalAccuracy(), -1)
    for _ in range(2):
        metric.update_state(CLASSES, LOGITS, sample_weight=weights)
    counted = np.repeat((np.ones(3) if weights is None else weights)[:, np.newaxis], 4, axis=1)[IS_STEP]
    right = (LOGITS.argmax(axis=-1) == CLASSES)[IS_STEP]
    assert float(metric.result()) == pytest.approx(np.average(right, weights=counted))


def test_what_it_counts_is_kept_in_variables_and_forgotten_on_demand():
    metric = MetricOverPositions(
        keras.metrics.SparseCategoricalCrossentropy(from_logits=True), -1, name="entropy"
    )
    metric.update_state(CLASSES, LOGITS)
    assert all(np.any(variable) for variable in metric.variables)
    assert metric.variables
    metric.reset_state()
    assert not any(np.any(variable) for variable in metric.variables)


def test_it_survives_saving():
    metric = MetricOverPositions(keras.metrics.SparseTopKCategoricalAccuracy(k=2), -1, name="second")
    again = keras.metrics.deserialize(keras.metrics.serialize(metric))
    for one in (metric, again):
        one.update_state(CLASSES, LOGITS)
    assert again.name == "second"
    assert float(again.result()) == float(metric.result())
