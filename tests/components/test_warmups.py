"""The warm-up schedules against their formulas, at every step, and against Keras's own cosine."""

import math

import keras
import numpy as np
import pytest

from recipe.components.warmup_constant import WarmupConstant
from recipe.components.warmup_cosine import WarmupCosine
from recipe.components.warmup_linear import WarmupLinear

PEAK, TOTAL, WARMUP, FLOOR = 3e-3, 200, 20, 0.1

FORMULAS = {
    # SGDR, equation 5: floor + (peak - floor) / 2 * (1 + cos(pi * t / T)).
    WarmupCosine: lambda t: PEAK * FLOOR + (PEAK - PEAK * FLOOR) / 2 * (1 + math.cos(math.pi * t)),
    WarmupLinear: lambda t: PEAK * FLOOR + (PEAK - PEAK * FLOOR) * (1 - t),
    WarmupConstant: lambda t: PEAK,
}


@pytest.mark.parametrize("kind", FORMULAS)
def test_every_step_is_that_of_the_formula(kind):
    schedule = kind(PEAK, TOTAL, WARMUP, FLOOR)
    for step in range(TOTAL + 10):
        progress = min(1.0, (step - WARMUP) / (TOTAL - WARMUP))
        expected = PEAK * step / WARMUP if step < WARMUP else FORMULAS[kind](progress)
        assert float(schedule(step)) == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_warmup_cosine_is_the_cosine_decay_of_keras():
    ours = WarmupCosine(PEAK, TOTAL, WARMUP, FLOOR)
    theirs = keras.optimizers.schedules.CosineDecay(
        0.0, TOTAL - WARMUP, alpha=FLOOR, warmup_target=PEAK, warmup_steps=WARMUP
    )
    steps = range(TOTAL + 10)
    np.testing.assert_allclose(
        [float(ours(step)) for step in steps], [float(theirs(step)) for step in steps], rtol=1e-5, atol=1e-10
    )


@pytest.mark.parametrize("kind", FORMULAS)
def test_a_schedule_survives_saving_and_loading(kind):
    schedule = kind(PEAK, TOTAL, WARMUP, FLOOR)
    saved = keras.saving.serialize_keras_object(schedule)
    assert saved["registered_name"] == f"recipe>{kind.__name__}"
    again = keras.saving.deserialize_keras_object(saved)
    assert again.get_config() == schedule.get_config()


def test_a_run_without_warmup_begins_at_the_peak():
    assert float(WarmupCosine(PEAK, TOTAL)(0)) == pytest.approx(PEAK)


def test_a_warmup_of_the_whole_run_ends_at_the_peak():
    assert float(WarmupCosine(PEAK, TOTAL, TOTAL)(TOTAL)) == pytest.approx(PEAK)
