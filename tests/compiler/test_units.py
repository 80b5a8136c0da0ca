"""Metrics, predictions and the serving model of a scaled target, in the unit of the user."""

import numpy as np
import pandas as pd
import pytest

import recipe
from recipe.api import evaluate, predict
from recipe.compiler.serving import build_serving

SPEC = """\
recipe: 1
name: prices
data:
  source: {{csv: {{path: prices.csv}}}}
  target: {{price: {{number: {{scale: {scale}}}}}}}
architecture: [{{Dense: {{units: 8, activation: relu}}}}, head]
metrics: [MeanAbsoluteError, RootMeanSquaredError, R2Score]
optimizer: {{Adam: {{learning_rate: 0.02}}}}
training: {{epochs: 20, batch_size: 32}}
runtime: {{seed: 1}}
"""


@pytest.mark.parametrize("scale", ["standard", "log", "none"])
def test_metrics_and_predictions_are_in_the_unit_of_the_target(tmp_path, scale):
    generator = np.random.default_rng(0)
    frame = pd.DataFrame({"x": generator.normal(size=200), "z": generator.normal(size=200)})
    frame["price"] = 1000 * np.exp(frame["x"] / 2) + 20 * frame["z"] ** 2
    frame.to_csv(tmp_path / "prices.csv", index=False)
    (tmp_path / "spec.yaml").write_text(SPEC.format(scale=scale))
    run = recipe.fit(tmp_path / "spec.yaml", folder=tmp_path / "run")
    said, _ = predict(tmp_path / "run", tmp_path / "prices.csv")
    errors = said["prediction"] - frame["price"]
    measured = evaluate(tmp_path / "run")[0]["train"]
    assert np.isclose(measured["mean_absolute_error"], errors.abs().mean(), rtol=1e-4)
    assert np.isclose(measured["root_mean_squared_error"], np.sqrt((errors**2).mean()), rtol=1e-4)
    assert np.isclose(
        measured["r2_score"], 1 - (errors**2).sum() / frame["price"].var(ddof=0) / 200, rtol=1e-3
    )
    serving = build_serving(run.outcome.compiled.program, run.model)
    answers = serving({name: frame[[name]].to_numpy() for name in ("x", "z")})
    assert np.allclose(np.asarray(answers)[:, 0], said["prediction"], rtol=1e-4)
    if scale != "none":
        assert measured["loss"] < 2 < measured["mean_absolute_error"]
