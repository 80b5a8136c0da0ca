"""The shipped specs of tables on a part of their data."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

import recipe
from recipe.api import predict
from recipe.program.shipped import SPECS
from tests.compiler.serving_worker import feed, read

SharedData = Callable[[str], Path]


def test_the_model_of_adult_predicts_raw_rows_as_recipe_does(shared_data: SharedData, tmp_path: Path) -> None:
    overrides = ["training.epochs=1"]
    for part, count in (("train", 3000), ("test", 300)):
        frame = pd.read_csv(shared_data(f"adult_{part}.csv.gz"), dtype=str, keep_default_na=False)
        frame.head(count).to_csv(tmp_path / f"{part}.csv", index=False)
        overrides.append(f"data.{part}.csv.path={tmp_path / part}.csv")
    run = recipe.fit(recipe.load(SPECS / "adult-mlp.yaml", overrides), folder=tmp_path / "run")
    model = keras.saving.load_model(run.path / "model.keras")
    served = np.asarray(model(feed(model, read(str(tmp_path / "test.csv")))))
    said, _ = predict(tmp_path / "run", tmp_path / "test.csv")
    assert np.allclose(served[:, 0], said["probability"], atol=1e-5)


@pytest.mark.parametrize(
    ("name", "file", "features"),
    [
        ("california-mlp", "california_housing.csv.gz", 9),
        ("titanic-mlp", "titanic_1309.csv", 7),
        ("flights-mlp", "nycflights13_sample60k.csv.gz", 10),
    ],
)
def test_a_spec_reads_the_columns_that_it_says_and_none_that_tells_the_answer(
    shared_data: SharedData, name: str, file: str, features: int
) -> None:
    spec = recipe.load(SPECS / f"{name}.yaml", [f"data.source.csv.path={shared_data(file)}"])
    facts = recipe.api.prepare(spec).program.facts
    assert facts is not None
    names = {column.name for column in facts.columns}
    assert len(names) == features
    assert not names & {"boat", "body", "arr_delay", "dep_delay", "dep_time", "arr_time", "air_time"}
