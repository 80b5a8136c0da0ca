"""The learning-rate range test: what curves say, and what it finds on a problem whose answer is known."""

import math

import numpy as np
import pytest

import recipe
from recipe.api.rates import find_rate
from recipe.diagnostics.problems import RecipeError
from recipe.training.rate_tests import judged, smoothed
from tests.training.specs import DIGITS

RATES = np.geomspace(1e-6, 10, 141).tolist()  # twenty steps for each factor of ten


def curve(fall_at: float, width: float = 0.4, rise_at: float = 1.0) -> list[float]:
    """A loss that falls from 2 to 1 around one rate, and rises to 10 around another."""
    logs = np.log10(RATES)

    def step(at: float, width: float) -> np.ndarray:
        return 1 / (1 + np.exp(-(logs - math.log10(at)) / width * 4))

    return (2 - step(fall_at, width) + 8 * step(rise_at, 0.3)).tolist()


@pytest.mark.parametrize("fall_at", [1e-4, 1e-3, 1e-2])
def test_the_rate_of_the_steepest_descent_is_suggested(fall_at: float):
    found = judged(RATES, curve(fall_at))
    assert found.suggestion == pytest.approx(fall_at, rel=0.2)
    assert found.lowest is not None
    assert fall_at < found.lowest < 1.0
    assert found.exploded


def test_smoothing_has_no_lag():
    line = np.linspace(3, 1, 50)
    np.testing.assert_allclose(smoothed(line.tolist())[10:40], line[10:40], atol=1e-3)


@pytest.mark.parametrize(
    "losses", [[2.0] * 141, np.linspace(2, 5, 141).tolist(), [math.nan]], ids=["flat", "rising", "nothing"]
)
def test_a_loss_that_does_not_fall_suggests_nothing(losses: list[float]):
    assert judged(RATES[: len(losses)], losses).suggestion is None


def test_a_loss_that_is_no_number_ends_the_test_and_is_left_out():
    found = judged(RATES, [*curve(1e-3)[:100], math.nan])
    assert found.exploded
    assert len(found.smoothed) == 100


def test_the_suggested_rate_trains_and_the_last_one_does_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    spec = recipe.load("small.yaml", ["training.epochs=4", "schedule=warmup_cosine"], text=DIGITS)
    found = find_rate(spec, lowest=1e-5, highest=1e3, steps=60)
    assert found.suggestion is not None
    assert 1e-3 < found.suggestion < 1
    assert found.exploded
    losses = [_loss(rate) for rate in (found.suggestion, found.rates[-1])]
    assert losses[0] < 1.0 < losses[1]
    assert list(tmp_path.iterdir()) == []


def _loss(rate: float) -> float:
    change = f"optimizer={{SGD: {{learning_rate: {rate}, momentum: 0.9}}}}"
    try:
        run = recipe.fit(recipe.load("small.yaml", [change], text=DIGITS), keep=False)
    except RecipeError:  # it diverged
        return math.inf
    return float(run.outcome.rows[-1].logs["loss"])
