"""Losses and metrics of ours against formulas in NumPy, and against Keras on probabilities."""

import keras
import numpy as np
import pytest

from recipe.components.over_probabilities import LossOverProbabilities, MetricOverProbabilities
from recipe.components.quantile import Quantile
from recipe.components.weighted_sum import WeightedSum

GENERATOR = np.random.default_rng(2)
LOGITS = GENERATOR.normal(size=(6, 4)).astype("float32")
CLASSES = np.eye(4, dtype="float32")[[0, 1, 2, 3, 1, 1]]
SHARES = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)


@pytest.mark.parametrize("q", [0.1, 0.5, 0.9])
def test_the_quantile_loss_is_the_formula_and_smallest_at_the_quantile(q: float):
    answers, said = GENERATOR.normal(size=(9, 2)), GENERATOR.normal(size=(9, 2))
    difference = answers - said
    expected = np.where(difference > 0, q * difference, (q - 1) * difference).mean()
    np.testing.assert_allclose(Quantile(q)(answers, said), expected, rtol=1e-5)
    sample = GENERATOR.normal(size=(1001, 1)).astype("float32")
    guesses = np.linspace(-2, 2, 81)
    losses = [float(Quantile(q)(sample, np.full_like(sample, guess))) for guess in guesses]
    assert abs(guesses[np.argmin(losses)] - np.quantile(sample, q)) < 0.06


def test_a_smoothed_loss_over_logits_is_that_of_smoothed_answers_and_probabilities():
    smoothed = 0.9 * CLASSES + 0.1 / 4
    expected = (smoothed * np.log(smoothed / SHARES)).sum(axis=1).mean()
    loss = LossOverProbabilities(keras.losses.KLDivergence(), "softmax", 0.1)
    np.testing.assert_allclose(loss(CLASSES, LOGITS), expected, rtol=1e-5)


def test_of_a_flag_half_of_the_smoothing_goes_to_either_answer():
    flags = np.array([[1.0], [0.0]], "float32")
    logits = np.array([[0.3], [-2.0]], "float32")
    keras_own = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2)
    ours = LossOverProbabilities(keras.losses.BinaryCrossentropy(), "sigmoid", 0.2)
    chance = 1 / (1 + np.exp(-logits))
    smoothed = 0.8 * flags + 0.1
    expected = -(smoothed * np.log(chance) + (1 - smoothed) * np.log(1 - chance)).mean()
    np.testing.assert_allclose(keras_own(flags, logits), expected, rtol=1e-5)
    np.testing.assert_allclose(ours(flags, logits), expected, rtol=1e-4)


def test_each_of_several_labels_is_smoothed_as_a_flag_is():
    labels, logits = (CLASSES + CLASSES[::-1] > 0).astype("float32"), LOGITS
    ours = LossOverProbabilities(keras.losses.BinaryCrossentropy(), "sigmoid", 0.2, exclusive=False)
    theirs = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2)
    np.testing.assert_allclose(ours(labels, logits), theirs(labels, logits), rtol=1e-4)


def test_label_smoothing_of_keras_is_that_of_its_paper():
    smoothed = 0.9 * CLASSES + 0.1 / 4
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    np.testing.assert_allclose(
        loss(CLASSES, LOGITS), -(smoothed * np.log(SHARES)).sum(axis=1).mean(), rtol=1e-5
    )


def test_a_weighted_sum_weighs_losses_and_examples():
    weights = np.arange(6, dtype="float32")
    parts = [
        LossOverProbabilities(keras.losses.Dice(), "softmax"),
        keras.losses.CategoricalCrossentropy(True),
    ]
    total = WeightedSum(parts, [1.0, 0.5])(CLASSES, LOGITS, weights)
    dice = keras.losses.Dice()(CLASSES, SHARES, weights)
    entropy = (weights * -np.log((SHARES * CLASSES).sum(axis=1))).mean()
    np.testing.assert_allclose(total, dice + 0.5 * entropy, rtol=1e-5)


@pytest.mark.parametrize("name", ["F1Score", "Precision", "AUC"])
def test_a_metric_over_logits_counts_what_keras_counts_over_probabilities(name: str):
    arguments = {"F1Score": {"average": "macro"}, "Precision": {"thresholds": 0.3}}.get(name, {})
    ours = MetricOverProbabilities(getattr(keras.metrics, name)(**arguments), "softmax", name="it")
    theirs = getattr(keras.metrics, name)(**arguments)
    for _ in range(2):
        ours.update_state(CLASSES, LOGITS)
        theirs.update_state(CLASSES, SHARES)
    np.testing.assert_allclose(ours.result(), theirs.result(), rtol=1e-5)
    assert ours.variables
    ours.reset_state()
    assert all(not np.any(variable) for variable in ours.variables)


def test_they_survive_saving():
    inner = LossOverProbabilities(keras.losses.Dice(), "softmax", 0.1)
    for loss in (inner, WeightedSum([inner, Quantile(0.3)], [1, 2]), Quantile(0.2)):
        again = keras.losses.deserialize(keras.losses.serialize(loss))
        np.testing.assert_allclose(again(CLASSES, LOGITS), loss(CLASSES, LOGITS))
