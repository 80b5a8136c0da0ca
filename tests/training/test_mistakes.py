"""What a finished run is wrong about."""

import csv

import keras
import numpy as np
import pytest

import recipe
from recipe.program.facts import Target
from recipe.training.mistakes import mistakes_of
from tests.training.specs import DIGITS

CLASSES = Target("kind", "category", ("a", "b", "c"))
FLAG = Target("rare", "flag", ("no", "yes"))


def test_badness_is_the_crossentropy_of_keras_for_logits_and_probabilities():
    generator = np.random.default_rng(0)
    logits, right = generator.normal(size=(9, 3)), np.arange(9) % 3
    found = mistakes_of(CLASSES, "test", right, logits, logits=True)
    expected = keras.losses.sparse_categorical_crossentropy(right, logits, from_logits=True)
    np.testing.assert_allclose(found.badness, expected, rtol=1e-4)
    assert found.said.tolist() == logits.argmax(axis=1).tolist()
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(
        mistakes_of(CLASSES, "test", right, shares, logits=False).badness, found.badness
    )


@pytest.mark.parametrize("logits", [True, False])
def test_a_flag_is_said_above_one_half(logits: bool):
    chance = np.array([[0.9], [0.2], [0.6]])
    outputs = np.log(chance / (1 - chance)) if logits else chance
    found = mistakes_of(FLAG, "test", np.array([[1.0], [1.0], [0.0]]), outputs, logits=logits)
    assert found.said.tolist() == [1, 0, 1]
    np.testing.assert_allclose(found.badness, -np.log([0.9, 0.2, 0.4]))
    assert found.confusion == "rare (test),no,yes\nno,0,1\nyes,1,1\n"


def test_a_number_is_told_in_its_own_unit():
    price = Target("price", "number", scale="standard", shift=100.0, divisor=10.0)
    found = mistakes_of(price, "test", np.array([[0.0], [1.0]]), np.array([[0.5], [1.0]]), logits=False)
    assert found.right.tolist() == [100.0, 110.0]
    assert found.said.tolist() == [105.0, 110.0]
    assert found.badness.tolist() == [25.0, 0.0]


def test_a_run_keeps_its_confusion_and_its_worst_examples(tmp_path):
    run = recipe.fit(recipe.load("small.yaml", text=DIGITS), runs=tmp_path)
    with (run.path / "confusion.csv").open(encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    counts = np.array([row[1:] for row in rows], dtype=int)
    assert head[1:] == [row[0] for row in rows] == [str(digit) for digit in range(10)]
    assert counts.sum() == 200
    assert counts.trace() / 200 == pytest.approx(run.test["accuracy"])
    with np.load(run.path / "examples.npz") as worst:
        assert (np.diff(worst["badness"]) <= 0).all()
        wrong = worst["right"] != worst["said"]
        assert wrong.sum() == min(64, 200 - counts.trace())
        assert worst["input/input"].shape == (64, 8, 8, 1)
        assert float(worst["scale/input"]) == pytest.approx(1 / 16)


def test_a_metric_that_makes_its_variables_late_is_part_of_the_state():
    text = DIGITS.replace("optimizer:", "metrics: [{F1Score: {average: macro}, as: f1}]\noptimizer:")
    compilation = recipe.compile(recipe.load("small.yaml", text=text))
    assert [tuple(one.shape) for one in compilation.metrics[0].variables] == [(10,)] * 4
