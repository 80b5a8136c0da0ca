"""Losses and metrics over steps of sequences and pixels of masks leave out what has no class."""

import keras
import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score, root_mean_squared_error

from recipe.components.over_positions import LossOverPositions, MetricOverPositions

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


# -- numbers of steps ------------------------------------------------------------------------------

NUMBERS = np.random.default_rng(7).normal(3, 2, (3, 4, 1)).astype("float32")
NUMBERS[CLASSES < 0] = np.nan
SAID = np.random.default_rng(8).normal(3, 2, (3, 4, 1)).astype("float32")


@pytest.mark.parametrize("weights", [None, np.array([1.0, 0.0, 3.0], "float32")])
def test_numbers_are_measured_at_all_steps_each_as_much_as_its_example(weights: np.ndarray | None):
    counted = np.repeat((np.ones(3) if weights is None else weights)[:, np.newaxis], 4, axis=1)[IS_STEP]
    right, said = NUMBERS[IS_STEP, 0], SAID[IS_STEP, 0]
    expected = {
        keras.metrics.MeanAbsoluteError: mean_absolute_error,
        keras.metrics.MeanSquaredError: mean_squared_error,
        keras.metrics.RootMeanSquaredError: root_mean_squared_error,
        keras.metrics.R2Score: r2_score,
    }
    for kind, theirs in expected.items():
        metric = MetricOverPositions(kind(), "nan")
        for _ in range(2):
            metric.update_state(NUMBERS, SAID, sample_weight=weights)
        assert float(metric.result()) == pytest.approx(theirs(right, said, sample_weight=counted), rel=1e-5)


def test_a_loss_of_numbers_is_the_mean_over_steps():
    loss = LossOverPositions(keras.losses.MeanSquaredError(), "nan")
    for one in (loss, keras.losses.deserialize(keras.losses.serialize(loss))):
        expected = np.square(NUMBERS - SAID)[IS_STEP].mean()
        assert float(one(NUMBERS, SAID)) == pytest.approx(expected, abs=1e-6)
    assert float(loss(np.full_like(NUMBERS, np.nan), SAID)) == 0.0


# -- masks -----------------------------------------------------------------------------------------

PIXELS = np.random.default_rng(4).choice([0, 1, 2, 255], (3, 4, 5)).astype(np.uint8)
SCORES = np.random.default_rng(5).normal(size=(3, 4, 5, 3)).astype("float32")
WEIGHTS = np.array([1.0, 0.5, 3.0], "float32")
FLAGS, SCORE = np.where(PIXELS == 2, 1, PIXELS)[..., np.newaxis], SCORES[..., :1]


def overlap(right: np.ndarray, said: np.ndarray, weights: np.ndarray, classes: int) -> float:
    """The mean over classes of the pixels that are and are said to be one, of those that are or are said."""
    shares = [
        (weights * ((right == one) & (said == one))).sum()
        / (weights * ((right == one) | (said == one))).sum()
        for one in range(classes)
    ]
    return float(np.mean(shares))


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_a_mean_overlap_counts_pixels_with_a_class_as_much_as_their_image(weights: np.ndarray | None):
    each = (np.ones(3) if weights is None else weights)[:, np.newaxis, np.newaxis] * (PIXELS != 255)
    of_three = MetricOverPositions(keras.metrics.MeanIoU(3, sparse_y_pred=False, dtype="float32"), 255)
    of_two = MetricOverPositions(keras.metrics.BinaryIoU(threshold=0.0, dtype="float32"), 255)
    for _ in range(2):
        of_three.update_state(PIXELS, SCORES, sample_weight=weights)
        of_two.update_state(FLAGS, SCORE, sample_weight=weights)
    expected = overlap(PIXELS, SCORES.argmax(axis=-1), each, 3)
    assert float(of_three.result()) == pytest.approx(expected, abs=1e-6)
    assert float(of_two.result()) == pytest.approx(
        overlap(FLAGS[..., 0], SCORE[..., 0] >= 0, each, 2), abs=1e-6
    )


@pytest.mark.parametrize("weights", [None, WEIGHTS[:, np.newaxis, np.newaxis]])
def test_a_loss_is_the_mean_over_the_pixels_that_have_a_class(weights: np.ndarray | None):
    loss = LossOverPositions(keras.losses.BinaryCrossentropy(from_logits=True), 255)
    kept = FLAGS[..., 0] != 255
    share = 1 / (1 + np.exp(-SCORE[..., 0].astype(np.float64)))
    each = -np.log(np.where(FLAGS[..., 0] == 1, share, 1 - share)) * (1 if weights is None else weights)
    for one in (loss, keras.losses.deserialize(keras.losses.serialize(loss))):
        assert float(one(FLAGS, SCORE, weights)) == pytest.approx(each[kept].mean(), abs=1e-6)


def test_a_batch_without_a_class_has_no_loss():
    loss = LossOverPositions(keras.losses.BinaryCrossentropy(from_logits=True), 255)
    assert float(loss(np.full_like(FLAGS, 255), SCORE)) == 0.0
