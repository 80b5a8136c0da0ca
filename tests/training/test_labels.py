"""A target of labels from its spec to predictions, beside a script that uses Keras alone."""

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

SPEC = """
recipe: 1
name: films
data:
  source: {csv: {path: films.csv}}
  target: {genres: {labels: "|"}}
  split: {validation: 20%, test: 20%}
architecture:
  - Dense: {units: 8, activation: relu}
  - head
optimizer: {SGD: {learning_rate: 0.5, momentum: 0.9}}
training: {epochs: 8, batch_size: 16}
runtime: {seed: 5, backend: BACKEND, engine: ENGINE}
""".replace("BACKEND", BACKEND).replace("ENGINE", "graph" if BACKEND == "tensorflow" else "xla")
LABELS = ("comedy", "drama", "war")


def cell_of(said: np.ndarray) -> str:
    """The labels that are said, as a cell has them."""
    return "|".join(name for name, is_said in zip(LABELS, said, strict=True) if is_said)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Films whose genres follow from three numbers; one in eight or so has none."""
    numbers = np.random.default_rng(6).normal(size=(160, 3))
    genres = [cell_of(row > 0) for row in numbers]
    path = tmp_path_factory.mktemp("films") / "films.csv"
    pd.DataFrame(numbers, columns=list("abc")).assign(genres=genres).to_csv(path, index=False)
    return path


@pytest.fixture(autouse=True)
def beside_the_data(films: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(films.parent)


@pytest.fixture(scope="module")
def run(films: Path) -> recipe.api.Run:
    """One run, which the tests only read."""
    return recipe.fit(spec(f"data.source.csv.path={films}"), folder=films.parent / "run")


def spec(*overrides: str) -> recipe.api.Spec:
    return recipe.load("films.yaml", list(overrides), text=SPEC)


def test_the_weights_are_those_of_a_script_with_binary_crossentropy_over_logits(run: recipe.api.Run):
    compilation = recipe.compile(spec())
    train = compilation.dataset.splits["train"]
    numbers, answers = train.inputs["input"], train.targets["genres"]
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(3)]
    )
    model.set_weights(compilation.model.get_weights())
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    metrics = [keras.metrics.BinaryAccuracy(threshold=0.0), keras.metrics.AUC(from_logits=True)]
    model.compile(keras.optimizers.SGD(0.5, momentum=0.9), loss, metrics=metrics)
    theirs = scripts.fit(model, numbers, answers, seed=5, epochs=8, batch=16)
    for ours, name in (("loss", "loss"), ("accuracy", "binary_accuracy"), ("auc", "auc")):
        np.testing.assert_allclose(run.history[ours], theirs[name], atol=1e-6)
    scripts.assert_same_weights(run, model)


def test_the_saved_model_and_predict_say_the_labels_of_rows(run: recipe.api.Run, films: Path):
    frame, _ = predict(films.parent / "run", films)
    shares = frame[[f"probability of {name}" for name in LABELS]].to_numpy()
    model = keras.saving.load_model(films.parent / "run" / "model.keras")
    rows = pd.read_csv(films)
    served = model({name: rows[name].to_numpy() for name in "abc"})
    np.testing.assert_allclose(np.asarray(served), shares, atol=1e-6)
    expected = [
        "|".join(name for name, share in zip(LABELS, row, strict=True) if share > 0.5) for row in shares
    ]
    assert frame["prediction"].tolist() == expected
    agree = np.mean(frame["prediction"] == rows["genres"].fillna(""))
    assert agree > 0.5 > max(rows["genres"].value_counts(normalize=True, dropna=False))
    assert run.test is not None
    assert run.test["accuracy"] > 0.8


def test_a_run_measures_other_rows_with_their_labels_and_draws_no_confusion(run: recipe.api.Run, films: Path):
    assert run.path is not None
    measured, _ = recipe.api.evaluate(run.path, films)
    parts, _ = recipe.api.evaluate(run.path)
    shares = {"train": 0.6, "validation": 0.2, "test": 0.2}
    whole = sum(share * parts[part]["loss"] for part, share in shares.items())
    assert measured["data"]["loss"] == pytest.approx(whole, rel=1e-5)
    assert not (run.path / "confusion.csv").exists()


def test_an_unknown_label_in_rows_to_measure_is_refused(run: recipe.api.Run, tmp_path: Path):
    assert run.path is not None
    (tmp_path / "new.csv").write_text("a,b,c,genres\n1,2,3,noir|drama\n")
    with pytest.raises(RecipeError, match="noir"):
        recipe.api.evaluate(run.path, tmp_path / "new.csv")


def test_scores_of_labels_are_those_of_scikit_learn():
    from sklearn.metrics import f1_score

    run = recipe.fit(spec("metrics=[accuracy, {F1Score: {average: macro}}]", "training.epochs=2"), keep=False)
    arrays = recipe.compile(spec()).dataset.splits["test"]
    said = np.asarray(run.model(arrays.inputs["input"])) > 0
    expected = f1_score(arrays.targets["genres"], said, average="macro")
    assert run.test is not None
    assert run.test["f1_score"] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("override", "code"),
    [
        ("training.class_weight=balanced", "R363"),
        ("training.sampling=balanced", "R363"),
        ("metrics=[F1Score]", "R371"),
    ],
)
def test_what_needs_one_class_for_each_example_is_refused(override: str, code: str):
    with pytest.raises(RecipeError) as refused:
        recipe.compile(spec(override))
    assert [problem.code for problem in refused.value.problems] == [code]
