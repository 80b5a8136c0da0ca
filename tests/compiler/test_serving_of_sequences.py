"""What a run on a series or a text says of new rows: the forecast in its units, and the text that follows."""

from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

import recipe
from recipe.api import continue_text, evaluate, predict, writes_text

SERIES = """\
recipe: 1
name: loads
data:
  source: {series: {path: loads.csv, time: hour, window: 6, horizon: 2, forecast: [heat, load]}}
  split: {test: 20%}
architecture:
  - Flatten
  - Dense: 4
  - Reshape: [2, 2]
optimizer: {SGD: {learning_rate: 0.05}}
training: {epochs: 1}
"""
TEXT = """\
recipe: 1
name: text
data: {source: {corpus: {path: text.txt, context: 6}}, split: {validation: 20%}}
architecture:
  - Embedding: {input_dim: "${data.vocabulary}", output_dim: 8}
  - Conv1D: {filters: 16, kernel_size: 2, padding: causal, activation: relu}
  - head
optimizer: {Adam: {learning_rate: 0.05}}
training: {epochs: 20, batch_size: 8}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    hours = np.arange(60)
    columns = {"hour": hours, "load": 50 + 10 * np.sin(hours), "wind": hours % 7, "heat": hours / 4}
    pd.DataFrame(columns).to_csv(tmp_path / "loads.csv", index=False)
    (tmp_path / "text.txt").write_text("abcdeabcde\n" * 30)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_forecast_is_in_the_units_of_the_columns_and_the_saved_model_says_the_same(folder: Path):
    run = recipe.fit(recipe.load("loads.yaml", text=SERIES), folder=folder / "run")
    said, _ = predict(folder / "run", folder / "loads.csv")
    rows = pd.read_csv(folder / "loads.csv")[["load", "wind", "heat"]].to_numpy()
    train = rows[:48]
    mean, std = train.mean(axis=0), train.std(axis=0)
    window = ((rows[-6:] - mean) / std).astype("float32")
    expected = np.asarray(run.model(window[np.newaxis]))[0] * std[[2, 0]] + mean[[2, 0]]
    assert said["step"].tolist() == [1, 2]
    np.testing.assert_allclose(said[["heat", "load"]], expected, rtol=1e-4)
    saved = keras.saving.load_model(folder / "run" / "model.keras")
    served = np.asarray(saved(rows[-6:][np.newaxis].astype("float32")))[0]
    np.testing.assert_allclose(served, expected, rtol=1e-4)
    again = evaluate(folder / "run")[0]["test"]["loss"]
    pd.DataFrame(pd.read_csv(folder / "loads.csv").iloc[48 - 6 :]).to_csv(folder / "late.csv", index=False)
    assert evaluate(folder / "run", folder / "late.csv")[0]["data"]["loss"] == pytest.approx(again, rel=1e-5)


def test_a_text_is_continued_token_by_token_with_what_the_network_holds_likeliest(folder: Path):
    recipe.fit(recipe.load("text.yaml", text=TEXT), folder=folder / "run")
    assert writes_text(folder / "run")
    (folder / "prompt.txt").write_text("bcdeab")
    assert continue_text(folder / "run", folder / "prompt.txt", tokens=5, temperature=0) == "cdeab"
    (folder / "prompt.txt").write_text("c")
    assert continue_text(folder / "run", folder / "prompt.txt", tokens=2, temperature=0) == "de"
    drawn = [continue_text(folder / "run", folder / "prompt.txt", 30, 3.0, seed) for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]
    measured = evaluate(folder / "run", folder / "text.txt")[0]["data"]
    assert measured["loss"] < 0.5
