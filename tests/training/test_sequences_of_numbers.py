"""A number for each step of a sequence, beside a script that uses Keras alone."""

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
name: loads
data:
  source: {csv: {path: loads.csv}}
  target: {load: {sequence: {length: 6, of: number, separator: ";", scale: standard}}}
  features: {seen: {sequence: {length: 6, of: number}}}
  split: {validation: 20%, test: 20%}
architecture:
  - GRU: {units: 8, return_sequences: true}
  - head
metrics: [mae, MeanSquaredError, R2Score]
optimizer: {SGD: {learning_rate: 0.1, momentum: 0.9}}
training: {epochs: 4, batch_size: 16}
runtime: {seed: 5, backend: BACKEND, engine: ENGINE}
""".replace("BACKEND", BACKEND).replace("ENGINE", "graph" if BACKEND == "tensorflow" else "xla")


@pytest.fixture(scope="module")
def loads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sequences of two to eight numbers, zeros among them; the load is a hundred and their sums so far."""
    generator = np.random.default_rng(6)
    rows = [np.round(generator.normal(0, 3, generator.integers(2, 9))) for _ in range(200)]
    seen = [" ".join(map(str, row)) for row in rows]
    load = [";".join(map(str, 100 + np.cumsum(row))) for row in rows]
    path = tmp_path_factory.mktemp("loads") / "loads.csv"
    pd.DataFrame({"seen": seen, "load": load}).to_csv(path, index=False)
    return path


@pytest.fixture(autouse=True)
def beside_the_data(loads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(loads.parent)


@pytest.fixture(scope="module")
def run(loads: Path) -> recipe.api.Run:
    """One run, which the tests only read."""
    return recipe.fit(spec(f"data.source.csv.path={loads}"), folder=loads.parent / "run")


def spec(*overrides: str) -> recipe.api.Spec:
    return recipe.load("loads.yaml", list(overrides), text=SPEC)


def over_steps(answers, said):
    """The mean square over the steps that there are."""
    kept = keras.ops.logical_not(keras.ops.isnan(answers))
    squares = keras.ops.square(keras.ops.where(kept, answers, 0.0) - said)
    return keras.ops.sum(keras.ops.where(kept, squares, 0.0)) / keras.ops.sum(keras.ops.cast(kept, "float32"))


def in_file(loads: Path, rows: np.ndarray) -> np.ndarray:
    """The loads as they stand in the file, NaN behind the last, `(rows, LENGTH)`."""
    found = np.full((len(rows), LENGTH), np.nan)
    for row, cell in zip(found, pd.read_csv(loads)["load"][rows], strict=True):
        steps = [float(step) for step in cell.split(";")[:LENGTH]]
        row[: len(steps)] = steps
    return found


def test_the_loss_and_the_weights_are_those_of_a_script_that_leaves_out_what_fills_up(
    run: recipe.api.Run, loads: Path
):
    compilation = recipe.compile(spec())
    train = compilation.dataset.splits["train"]
    load = in_file(loads, train.rows)
    answers = ((load - np.nanmean(load)) / np.nanstd(load))[..., np.newaxis].astype("float32")
    model = keras.Sequential(
        [
            keras.Input((LENGTH, 1)),
            keras.layers.GRU(8, return_sequences=True),
            keras.layers.Dense(1),
        ]
    )
    model.set_weights(compilation.model.get_weights())
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), over_steps)
    theirs = scripts.fit(model, train.inputs["input"], answers, seed=5, epochs=4, batch=16)
    np.testing.assert_allclose(run.history["loss"], theirs["loss"], atol=1e-6)
    scripts.assert_same_weights(run, model)


def test_metrics_are_of_all_steps_in_the_unit_of_the_file(run: recipe.api.Run, loads: Path):
    splits = recipe.compile(spec()).dataset.splits
    train, load = (in_file(loads, splits[part].rows) for part in ("train", "test"))
    said = np.asarray(run.model(splits["test"].inputs["input"]))[..., 0]
    errors = (said * np.nanstd(train) + np.nanmean(train)) - load
    assert np.isnan(load).any()
    assert run.test is not None
    assert run.test["mae"] == pytest.approx(np.nanmean(np.abs(errors)), rel=1e-5)
    assert run.test["mean_squared_error"] == pytest.approx(np.nanmean(np.square(errors)), rel=1e-5)
    assert run.test["r2_score"] == pytest.approx(1 - np.nanmean(errors**2) / np.nanvar(load), rel=1e-4)
    assert run.test["loss"] == pytest.approx(np.nanmean(np.square(errors)) / np.nanvar(train), rel=0.05)


def test_predictions_are_cells_with_a_number_for_each_step(run: recipe.api.Run, loads: Path):
    assert run.path is not None
    frame, _ = predict(run.path, loads)
    cells = [[float(step) for step in cell.split(";")] for cell in frame["prediction"]]
    counts = [min(len(cell.split()), LENGTH) for cell in pd.read_csv(loads)["seen"]]
    assert list(map(len, cells)) == counts
    splits = recipe.compile(spec()).dataset.splits
    train = in_file(loads, splits["train"].rows)
    said = np.asarray(run.model(splits["test"].inputs["input"]))[..., 0] * np.nanstd(train) + np.nanmean(
        train
    )
    for index, row in zip(splits["test"].rows, said, strict=True):
        np.testing.assert_allclose(cells[index], row[: counts[index]], rtol=1e-5)


def test_other_rows_are_measured_as_those_of_the_run(run: recipe.api.Run, loads: Path, tmp_path: Path):
    assert run.path is not None
    assert run.test is not None
    rows = recipe.compile(spec()).dataset.splits["test"].rows
    pd.read_csv(loads).iloc[rows].to_csv(tmp_path / "test.csv", index=False)
    found, _ = recipe.api.evaluate(run.path, tmp_path / "test.csv")
    assert found["data"]["mae"] == pytest.approx(run.test["mae"], rel=1e-5)
    (tmp_path / "new.csv").write_text("seen,load\n1 2,3\n")
    with pytest.raises(RecipeError, match="other steps in `seen` than in `load`"):
        recipe.api.evaluate(run.path, tmp_path / "new.csv")


@pytest.mark.skipif(BACKEND != "tensorflow", reason="one backend shows it")
def test_the_saved_model_says_the_numbers_of_the_file(run: recipe.api.Run, loads: Path):
    model = keras.saving.load_model(loads.parent / "run" / "model.keras")
    seen = np.full((200, LENGTH), np.nan)
    for row, cell in zip(seen, pd.read_csv(loads)["seen"], strict=True):
        steps = [float(step) for step in cell.split()[:LENGTH]]
        row[: len(steps)] = steps
    said = np.asarray(model({"seen": seen}))
    frame, _ = predict(loads.parent / "run", loads)
    assert said.shape == (200, LENGTH, 1)
    for row, cell in zip(said[..., 0], frame["prediction"], strict=True):
        steps = [float(step) for step in cell.split(";")]
        np.testing.assert_allclose(row[: len(steps)], steps, rtol=1e-4)


def test_weights_of_examples_weigh_all_their_steps(loads: Path, tmp_path: Path):
    frame = pd.read_csv(loads)
    frame.assign(weight=np.arange(len(frame)) % 3).to_csv(tmp_path / "weighed.csv", index=False)
    weighed = spec(f"data.source.csv.path={tmp_path}/weighed.csv", "data.weight=weight", "training.epochs=1")
    run = recipe.fit(weighed, keep=False)
    test = recipe.compile(weighed).dataset.splits["test"]
    said, load = np.asarray(run.model(test.inputs["input"]))[..., 0], in_file(loads, test.rows)
    train = in_file(loads, recipe.compile(weighed).dataset.splits["train"].rows)
    errors = np.abs(said * np.nanstd(train) + np.nanmean(train) - load)
    each = np.where(np.isnan(load), 0, (test.rows % 3)[:, np.newaxis])
    assert run.test is not None
    assert run.test["mae"] == pytest.approx(np.average(np.nan_to_num(errors), weights=each), rel=1e-5)


@pytest.mark.parametrize(
    "override", ["regularization.mixup=0.2", "loss=Dice", "loss=SparseCategoricalCrossentropy"]
)
def test_what_would_count_the_filling_is_refused(override: str):
    with pytest.raises(RecipeError) as refused:
        recipe.compile(spec(override))
    assert {problem.code for problem in refused.value.problems} == {"R319"}


def test_a_loss_that_is_not_finite_is_not_blamed_on_the_filling():
    with pytest.raises(RecipeError) as refused:
        recipe.fit(spec("loss=Poisson"), keep=False)
    (problem,) = refused.value.problems
    assert (problem.code, problem.first) == ("R652", "the loss")
