"""A class for each step of a sequence, beside a script that uses Keras alone."""

from itertools import zip_longest
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

import recipe
from recipe.api import predict
from recipe.diagnostics.problems import RecipeError
from tests.training import scripts
from tests.training.specs import BACKEND

LENGTH = 6
SPEC = """
recipe: 1
name: parities
data:
  source: {csv: {path: parities.csv}}
  target: {said: {sequence: {length: 6, separator: ";"}}}
  features: {seen: {sequence: 6}}
  split: {validation: 20%, test: 20%}
architecture:
  - Embedding: {input_dim: "${data.vocabulary}", output_dim: 8}
  - GRU: {units: 8, return_sequences: true}
  - head
optimizer: {SGD: {learning_rate: 0.5, momentum: 0.9}}
training: {epochs: 4, batch_size: 16}
runtime: {seed: 5, backend: BACKEND, engine: ENGINE}
""".replace("BACKEND", BACKEND).replace("ENGINE", "graph" if BACKEND == "tensorflow" else "xla")


@pytest.fixture(scope="module")
def parities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sequences of two to eight letters; said is whether the letters so far hold an odd number of `a`."""
    generator = np.random.default_rng(6)
    rows = [generator.choice(list("abc"), generator.integers(2, 9)) for _ in range(200)]
    seen = [" ".join(row) for row in rows]
    said = [";".join(np.where(np.cumsum(row == "a") % 2, "odd", "even")) for row in rows]
    path = tmp_path_factory.mktemp("parities") / "parities.csv"
    pd.DataFrame({"seen": seen, "said": said}).to_csv(path, index=False)
    return path


@pytest.fixture(autouse=True)
def beside_the_data(parities: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(parities.parent)


@pytest.fixture(scope="module")
def run(parities: Path) -> recipe.api.Run:
    """One run, which the tests only read."""
    path = f"data.source.csv.path={parities}"
    return recipe.fit(spec(path), folder=parities.parent / "run")


def spec(*overrides: str) -> recipe.api.Spec:
    return recipe.load("parities.yaml", list(overrides), text=SPEC)


def test_the_loss_and_the_weights_are_those_of_a_script_that_ignores_the_filling(run: recipe.api.Run):
    compilation = recipe.compile(spec())
    train = compilation.dataset.splits["train"]
    ids, answers = train.inputs["input"], train.targets["said"]
    model = keras.Sequential(
        [
            keras.Input((LENGTH,), dtype="int32"),
            keras.layers.Embedding(5, 8),
            keras.layers.GRU(8, return_sequences=True),
            keras.layers.Dense(2),
        ]
    )
    model.set_weights(compilation.model.get_weights())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1)
    model.compile(keras.optimizers.SGD(0.5, momentum=0.9), loss)
    theirs = scripts.fit(model, ids, answers, seed=5, epochs=4, batch=16)
    np.testing.assert_allclose(run.history["loss"], theirs["loss"], atol=1e-6)
    scripts.assert_same_weights(run, model)


def test_accuracy_counts_steps_and_nothing_behind_them(run: recipe.api.Run):
    test = recipe.compile(spec()).dataset.splits["test"]
    answers = test.targets["said"]
    said = np.asarray(run.model(test.inputs["input"])).argmax(axis=-1)
    assert (answers < 0).any()
    assert run.test is not None
    assert run.test["accuracy"] == pytest.approx((said == answers)[answers >= 0].mean(), abs=1e-6)


def test_predictions_are_cells_with_a_class_for_each_step(run: recipe.api.Run, parities: Path):
    assert run.path is not None
    frame, _ = predict(run.path, parities)
    seen = pd.read_csv(parities)["seen"].str.split()
    counts = [min(len(steps), LENGTH) for steps in seen]
    assert frame["prediction"].str.split(";").str.len().tolist() == counts
    test = recipe.compile(spec()).dataset.splits["test"]
    said = np.asarray(run.model(test.inputs["input"])).argmax(axis=-1)
    named = np.array(["even", "odd"])[said]
    cells = [";".join(row[: counts[index]]) for index, row in zip(test.rows, named, strict=True)]
    assert frame["prediction"][test.rows].tolist() == cells


@pytest.mark.skipif(BACKEND != "tensorflow", reason="texts exist in TensorFlow only")
def test_the_saved_model_takes_steps_one_by_one(run: recipe.api.Run, parities: Path):
    model = keras.saving.load_model(parities.parent / "run" / "model.keras")
    seen = pd.read_csv(parities)["seen"].str.split()
    shares = np.asarray(model({"seen": np.array(list(zip_longest(*seen, fillvalue=""))).T}))
    test = recipe.compile(spec()).dataset.splits["test"]
    expected = keras.ops.softmax(run.model(test.inputs["input"]))
    np.testing.assert_allclose(shares[test.rows], expected, atol=1e-5)


def test_classes_that_do_not_stand_beside_their_steps_are_refused(tmp_path: Path, parities: Path):
    (tmp_path / "parities.csv").write_text(parities.read_text() + "a b c,odd;even\n")
    with pytest.raises(RecipeError) as refused:
        recipe.compile(spec(f"data.source.csv.path={tmp_path}/parities.csv"))
    assert [problem.message for problem in refused.value.problems] == [
        "1 row has other steps in `seen` than in `said`, such as 3 and 2: parities.csv line 202"
    ]


def test_class_weights_weigh_steps_and_a_mask_of_the_network_changes_nothing():
    weights = ("training.class_weight={odd: 3.0}", "training.epochs=1")
    masked = "architecture=[{Embedding: {input_dim: 5, output_dim: 8, mask_zero: true}}, {Dense: 4}, head]"
    plain = masked.replace(", mask_zero: true", "")
    losses = [recipe.fit(spec(one, *weights), keep=False).history["loss"] for one in (masked, plain)]
    np.testing.assert_allclose(*losses, atol=1e-6)


def test_classes_of_other_rows_stand_beside_their_steps_too(run: recipe.api.Run, tmp_path: Path):
    assert run.path is not None
    (tmp_path / "new.csv").write_text("seen,said\na b,odd\n")
    with pytest.raises(RecipeError, match="other steps in `seen` than in `said`"):
        recipe.api.evaluate(run.path, tmp_path / "new.csv")


@pytest.mark.parametrize(
    "override",
    ["regularization.label_smoothing=0.1", "loss=CategoricalCrossentropy", "metrics=[CategoricalAccuracy]"],
)
def test_what_takes_classes_one_hot_would_count_the_filling_and_is_refused(override: str):
    with pytest.raises(RecipeError) as refused:
        recipe.compile(spec(override))
    assert {problem.code for problem in refused.value.problems} == {"R319"}
