"""Weights of examples and of classes give what Keras gives with `sample_weight` and `class_weight`."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pytest

import recipe
from recipe.training.orders import order_of_epoch
from tests.training.specs import BACKEND

EPOCHS, BATCH = 3, 16
SPEC = f"""
recipe: 1
name: weighted
data:
  source: {{csv: {{path: rows.csv}}}}
  target: TARGET
  features: {{a: number, b: number, c: number}}
  split: {{validation: 30}}
  WEIGHT
architecture: [{{Dense: {{units: 8, activation: relu}}}}, head]
metrics: auto
optimizer: {{SGD: {{learning_rate: 0.1, momentum: 0.9}}}}
training: {{epochs: {EPOCHS}, batch_size: {BATCH}, CLASSES}}
runtime: {{seed: 3, backend: {BACKEND}}}
"""


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(0)
    values = generator.normal(size=(160, 3))
    noisy = values[:, 0] + 0.5 * generator.normal(size=160)
    kinds = np.where(noisy > 0.7, "rare", np.where(noisy > 0, "some", "many"))
    lines = [
        f"{a:.4f},{b:.4f},{c:.4f},{kind},{'yes' if kind == 'rare' else 'no'},{weight:.3f}"
        for (a, b, c), kind, weight in zip(values, kinds, generator.uniform(0, 3, 160), strict=True)
    ]
    Path("rows.csv").write_text("\n".join(["a,b,c,kind,rare,weight", *lines]), encoding="utf-8")


@dataclass
class Trained:
    """A spec that was trained, and how its weights began."""

    compilation: recipe.api.Compilation
    begun: list[np.ndarray]
    run: recipe.api.Run


def trained(target: str = "kind", weight: str = "", classes: str = "") -> Trained:
    text = SPEC.replace("TARGET", target).replace("WEIGHT", weight).replace(", CLASSES", classes)
    compilation = recipe.compile(recipe.load("weighted.yaml", text=text))
    return Trained(compilation, compilation.model.get_weights(), compilation.fit(keep=False))


def by_keras(ours: Trained, factor: np.ndarray) -> dict[str, list[float]]:
    """The history of `model.fit` on the same network, order and weights, which ends with our weights."""
    compilation = ours.compilation
    splits = compilation.dataset.splits
    train, validation = splits["train"], splits["validation"]
    model = keras.models.clone_model(compilation.model)
    model.set_weights(ours.begun)
    make = lambda one: type(one).from_config(one.get_config())  # noqa: E731
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        make(compilation.loss),
        weighted_metrics=[make(one) for one in compilation.metrics],
    )
    (inputs,), (answers,) = train.inputs.values(), train.targets.values()
    (others,), (right,) = validation.inputs.values(), validation.targets.values()
    data = np.ones(len(train), "float32") if train.weights is None else train.weights
    history: dict[str, list[float]] = {}
    for epoch in range(EPOCHS):
        order = order_of_epoch(compilation.program, epoch, train)
        found = model.fit(
            inputs[order],
            answers[order],
            sample_weight=(data * factor[answers.reshape(-1).astype(int)])[order],
            validation_data=(others, right, validation.weights),
            batch_size=BATCH,
            validation_batch_size=256,
            shuffle=False,
            verbose=0,
        )
        for name, values in found.history.items():
            history.setdefault(name, []).extend(values)
    for one, other in zip(ours.run.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)
    return history


def test_a_column_of_weights_counts_in_loss_and_metrics_as_sample_weight_does(rows):
    ours = trained("rare", "weight: weight")
    for name, values in by_keras(ours, np.ones(2, "float32")).items():
        np.testing.assert_allclose(ours.run.history[name], values, rtol=1e-5, err_msg=name)


@pytest.mark.parametrize(("target", "written"), [("rare", "balanced"), ("kind", "{effective_number: 0.999}")])
def test_class_weights_count_in_the_loss_of_training_as_class_weight_does(rows, target: str, written: str):
    ours = trained(target, "", f", class_weight: {written}")
    (fact,) = ours.compilation.program.facts.targets
    counts = np.array(fact.counts)
    effective = 0.001 / (1 - 0.999**counts)
    balanced = counts.sum() / (len(counts) * counts)
    factor = balanced if written == "balanced" else effective * len(counts) / effective.sum()
    history = by_keras(ours, factor.astype("float32"))
    for name in ("loss", "val_loss"):
        np.testing.assert_allclose(ours.run.history[name], history[name], rtol=1e-5)
    right = ours.run.history["accuracy"] * len(ours.compilation.dataset.splits["train"])
    np.testing.assert_allclose(right, np.round(right), atol=1e-3)  # no class weight bends what it counts


def test_weights_of_examples_and_of_named_classes_are_multiplied(rows):
    ours = trained("kind", "weight: weight", ", class_weight: {rare: 3, some: 0.5}")
    (fact,) = ours.compilation.program.facts.targets
    factor = np.array([{"rare": 3.0, "some": 0.5}.get(name, 1.0) for name in fact.classes], "float32")
    by_keras(ours, factor)


def test_balanced_sampling_trains_on_as_many_examples_of_each_class(rows):
    ours = trained("kind", "", ", sampling: balanced")
    train = ours.compilation.dataset.splits["train"]
    classes = next(iter(train.targets.values()))
    counts = np.bincount(classes[order_of_epoch(ours.compilation.program, 1, train)])
    assert counts.max() - counts.min() <= 1
    by_keras(ours, np.ones(3, "float32"))
