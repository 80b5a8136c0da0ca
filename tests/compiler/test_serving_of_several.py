"""Serving models with ids, positions, several inputs and several targets, against recipe's predictions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

import recipe
from recipe.api import Run, evaluate, predict
from tests.compiler.serving_worker import read

SPLIT = "split: {validation: 20%, test: 20%}"
TOKENS = """\
recipe: 1
name: tokens
data: {source: {bundled: tokens}, SPLIT}
architecture:
  - Embedding: {input_dim: "${data.vocabulary}", output_dim: 4}
  - head
optimizer: {SGD: {learning_rate: 0.1}}
training: {steps: 2}
""".replace("SPLIT", SPLIT)
PENGUINS = """\
recipe: 1
name: penguins
data:
  source: {bundled: penguins}
  target: {species: category, sex: flag, body_mass_g: number}
  missing: drop
  SPLIT
architecture:
  inputs: {island: auto, others: auto}
  layers:
    - Dense: {units: 4, activation: relu}
      from: others
      as: hidden
    - Concatenate:
      from: [island, hidden]
      as: joined
    - head: species
    - head: sex
      from: joined
    - head: body_mass_g
      from: joined
optimizer: {Adam: {learning_rate: 0.01}}
training: {steps: 2}
""".replace("SPLIT", SPLIT)
ROWS = """\
species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex,year
Adelie,Torgersen,39.1,18.7,181,3750,male,2007
Gentoo,Biscoe,46.1,13.2,211,4500,female,2007
Chinstrap,Dream,46.5,17.9,192,3500,female,2008
"""


@pytest.fixture(scope="module")
def penguins(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("penguins")
    return recipe.fit(recipe.load("penguins.yaml", text=PENGUINS), folder=folder / "run")


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("tokens")
    return recipe.fit(recipe.load("tokens.yaml", text=TOKENS), folder=folder / "run")


def path_of(run: Run) -> Path:
    assert run.path is not None
    return run.path


def raw(model: Any, rows: pd.DataFrame) -> Mapping[str, Any]:
    """Raw columns as the model wants them."""
    return {
        name: rows[name].to_numpy() if tensor.dtype == "string" else pd.to_numeric(rows[name]).to_numpy()
        for name, tensor in model.input.items()
    }


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="text exists in TensorFlow only")
def test_a_model_with_several_targets_takes_raw_columns_and_says_what_recipe_says(
    penguins: Run, tmp_path: Path
) -> None:
    (tmp_path / "rows.csv").write_text(ROWS)
    model = keras.saving.load_model(path_of(penguins) / "model.keras")
    served = model(raw(model, read(str(tmp_path / "rows.csv"))))
    frame, _ = predict(path_of(penguins), tmp_path / "rows.csv")
    shares = frame.filter(like="species: probability of").to_numpy()
    np.testing.assert_allclose(served["species"], shares, atol=1e-6)
    np.testing.assert_allclose(np.sum(served["species"], axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(served["sex"][:, 0], frame["sex: probability"], atol=1e-6)
    np.testing.assert_allclose(served["body_mass_g"][:, 0], frame["body_mass_g: prediction"], rtol=1e-5)


def test_several_targets_are_evaluated_on_the_spec_s_data_and_on_a_file(
    penguins: Run, tmp_path: Path
) -> None:
    (tmp_path / "rows.csv").write_text(ROWS)
    names = ["loss", "species_accuracy", "sex_accuracy", "sex_auc", "body_mass_g_mae"]
    measured, _ = evaluate(path_of(penguins))
    assert list(measured) == ["train", "validation", "test"]
    assert list(measured["test"]) == names
    assert measured["test"] == penguins.test
    assert list(evaluate(path_of(penguins), tmp_path / "rows.csv")[0]["data"]) == names


def test_a_model_of_tokens_takes_ids_and_gives_probabilities_at_every_position(
    tokens: Run, tmp_path: Path
) -> None:
    ids = np.random.default_rng(0).integers(0, 26, (3, 64)).astype("int32")
    pd.DataFrame(ids).add_prefix("token ").to_csv(tmp_path / "rows.csv", index=False)
    model = keras.saving.load_model(path_of(tokens) / "model.keras")
    shares = np.asarray(model(ids))
    assert shares.shape == (3, 64, 26)
    np.testing.assert_allclose(shares.sum(axis=-1), 1, atol=1e-5)
    frame, _ = predict(path_of(tokens), tmp_path / "rows.csv")
    characters = tokens.outcome.compiled.program.facts.targets[0].classes
    assert list(frame)[:2] == ["prediction at 0", "prediction at 1"]
    assert np.array_equal(frame.to_numpy(), np.asarray(characters, object)[shares.argmax(axis=-1)])


def test_a_class_at_every_position_is_evaluated_again_as_it_was(tokens: Run) -> None:
    assert evaluate(path_of(tokens))[0]["test"] == tokens.test
