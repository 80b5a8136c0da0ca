"""Every schedule against the formula of its paper, at every step, computed here in NumPy."""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import pytest
import tensorflow as tf

from recipe.catalog import lookup
from recipe.catalog.schedules import SCHEDULES
from recipe.components.constant import Constant
from recipe.components.cosine import Cosine
from recipe.components.cosine_restarts import CosineRestarts
from recipe.components.exponential import Exponential
from recipe.components.inverse_sqrt import InverseSqrt
from recipe.components.linear import Linear
from recipe.components.one_cycle import OneCycle
from recipe.components.phases import Phases
from recipe.components.polynomial import Polynomial
from recipe.components.reduced_rate import ReducedRate
from recipe.components.step import Step
from recipe.components.warmup_constant import WarmupConstant
from recipe.components.warmup_cosine import WarmupCosine
from recipe.components.warmup_linear import WarmupLinear
from recipe.components.warmup_stable_decay import WarmupStableDecay
from recipe.components.warmups import Warmup

PEAK, TOTAL, WARMUP, FLOOR = 3e-3, 200, 20, 0.1
STEPS = np.arange(TOTAL)

Formula = Callable[[int], float]


def after_warmup(formula: Formula) -> Formula:
    """A linear rise from zero (Goyal et al., arXiv 1706.02677, section 2.2), then a formula of the share."""
    return lambda t: t / WARMUP if t < WARMUP else formula(t)


def progress(t: int) -> float:
    return (t - WARMUP) / (TOTAL - WARMUP)


def sgdr(lowest: float, t_cur: float, t_i: float) -> float:
    """Loshchilov and Hutter, arXiv 1608.03983, equation 5."""
    return lowest + 0.5 * (1 - lowest) * (1 + np.cos(np.pi * t_cur / t_i))


def restarted(t: int) -> float:
    """Equation 5 with `T_0` = 24 and `T_mult` = 2: from the warm-up's end on, cycles of 24, 48, 96, ..."""
    t_cur, t_i = t - WARMUP, 24
    while t_cur >= t_i:
        t_cur, t_i = t_cur - t_i, t_i * 2
    return sgdr(FLOOR, t_cur, t_i)


def one_cycle(t: int) -> float:
    """Smith and Topin, arXiv 1708.07120, section 3: up, down, and a tail orders of magnitude below."""
    return float(np.interp(t, [0, 90, 180, 200], [0.1, 1.0, 0.1, 0.001]))


def minicpm(t: int) -> float:
    """Hu et al., arXiv 2404.06395, equation 1; f is a line over the last 30 steps."""
    if t < WARMUP:
        return t / WARMUP
    return 1.0 if t < TOTAL - 30 else FLOOR + (1 - FLOOR) * (TOTAL - t) / 30


@dataclass(frozen=True)
class Case:
    """A schedule, and its share of the peak at a step."""

    schedule: keras.optimizers.schedules.LearningRateSchedule
    share: Formula


def phases() -> Phases:
    rise, hold = Linear(PEAK, 10, 0.0, 1.0), Constant(PEAK, 50, 1.0, 1.0)
    return Phases([rise, hold, Cosine(PEAK, 140, 1.0, FLOOR)])


CASES = {
    "warmup_cosine": Case(
        WarmupCosine(PEAK, TOTAL, WARMUP, FLOOR),
        after_warmup(lambda t: sgdr(FLOOR, t - WARMUP, TOTAL - WARMUP)),
    ),
    # Devlin et al., arXiv 1810.04805, appendix A.2: linear decay.
    "warmup_linear": Case(
        WarmupLinear(PEAK, TOTAL, WARMUP, FLOOR),
        after_warmup(lambda t: 1 - (1 - FLOOR) * progress(t)),
    ),
    "warmup_constant": Case(WarmupConstant(PEAK, TOTAL, WARMUP), after_warmup(lambda _: 1.0)),
    "warmup_stable_decay": Case(WarmupStableDecay(PEAK, TOTAL, WARMUP, 30, FLOOR), minicpm),
    # He et al., arXiv 1512.03385, section 4.2: divided by 10 at half and three quarters of the run.
    "step at": Case(Step(PEAK, TOTAL, at_steps=(100, 150)), lambda t: 0.1 ** ((t >= 100) + (t >= 150))),
    # Goyal et al., section 5.1: a warm-up, then a tenth every so many epochs from the start of the run.
    "step": Case(
        Step(PEAK, TOTAL, WARMUP, factor=0.5, every_steps=30), after_warmup(lambda t: 0.5 ** (t // 30))
    ),
    # Szegedy et al., arXiv 1512.00567, section 8.
    "exponential": Case(
        Exponential(PEAK, TOTAL, WARMUP, 0.94, 2.5), after_warmup(lambda t: 0.94 ** ((t - WARMUP) / 2.5))
    ),
    "exponential over the run": Case(Exponential(PEAK, TOTAL, factor=0.01), lambda t: 0.01 ** (t / TOTAL)),
    # Vaswani et al., arXiv 1706.03762, equation 3, over its value at the peak.
    "inverse_sqrt": Case(
        InverseSqrt(PEAK, TOTAL, WARMUP),
        lambda t: min(max(t, 1e-9) ** -0.5, t * WARMUP**-1.5) / WARMUP**-0.5,
    ),
    "one_cycle": Case(OneCycle(PEAK, TOTAL, 90, 20, 0.1, 0.001), one_cycle),
    "one_cycle without a tail": Case(
        OneCycle(PEAK, TOTAL, 50), lambda t: float(np.interp(t, [0, 50, 200], [0.1, 1.0, 0.1]))
    ),
    "cosine_restarts": Case(CosineRestarts(PEAK, TOTAL, WARMUP, 24, 2.0, FLOOR), after_warmup(restarted)),
    "cosine_restarts of one length": Case(
        CosineRestarts(PEAK, TOTAL, 0, 49), lambda t: sgdr(0.0, t % 49, 49)
    ),
    "constant": Case(Constant(PEAK, TOTAL, FLOOR, FLOOR), lambda _: FLOOR),
    "linear": Case(Linear(PEAK, TOTAL, 1.0, FLOOR), lambda t: 1 - (1 - FLOOR) * t / TOTAL),
    "linear upwards": Case(Linear(PEAK, TOTAL, 0.0, 1.0), lambda t: t / TOTAL),
    "cosine": Case(Cosine(PEAK, TOTAL, 1.0, FLOOR), lambda t: sgdr(FLOOR, t, TOTAL)),
    # Chen et al., arXiv 1606.00915, section 4.3: (1 - iter / max_iter) ** power.
    "polynomial": Case(Polynomial(PEAK, TOTAL, power=0.9), lambda t: (1 - t / TOTAL) ** 0.9),
    "phases": Case(
        phases(),
        lambda t: t / 10 if t < 10 else 1.0 if t < 60 else sgdr(FLOOR, t - 60, 140),
    ),
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def expected(case: Case) -> np.ndarray:
    return np.array([PEAK * case.share(int(step)) for step in STEPS])


@every_case
def test_every_step_is_that_of_the_paper(case: Case):
    found = [float(case.schedule(int(step))) for step in STEPS]
    np.testing.assert_allclose(found, expected(case), rtol=1e-5, atol=1e-9)


@every_case
@pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])
def test_a_compiled_step_reads_the_same(case: Case, xla: bool):
    compiled = tf.function(case.schedule, jit_compile=xla)
    np.testing.assert_allclose(compiled(tf.constant(STEPS)), expected(case), rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize(
    "schedule",
    [WarmupCosine(PEAK, 2400, 120), InverseSqrt(PEAK, 2400, 77), CosineRestarts(PEAK, 2400, 0, 280)],
    ids=lambda schedule: type(schedule).__name__,
)
def test_a_loop_of_steps_rounds_a_rate_as_a_step_alone_does(schedule: Warmup):
    position = tf.Variable(0, dtype=tf.int64)
    rates = tf.Variable(tf.zeros(300))

    def alone() -> tf.Tensor:
        rate = schedule(position)
        position.assign_add(1)
        return rate

    def block(steps: tf.Tensor) -> None:
        for step in tf.range(steps):
            rates[step].assign(schedule(position))
            position.assign_add(1)

    one = tf.function(alone)
    by_step = [float(one()) for _ in range(300)]
    position.assign(0)
    tf.function(block)(tf.constant(300))
    assert rates.numpy().tolist() == by_step


@every_case
def test_an_optimizer_keeps_it_when_it_is_saved(case: Case):
    saved = keras.saving.serialize_keras_object(keras.optimizers.Adam(case.schedule))
    schedule = saved["config"]["learning_rate"]
    assert schedule["registered_name"] == f"recipe>{type(case.schedule).__name__}"
    again = keras.saving.deserialize_keras_object(saved)
    again.iterations.assign(33)
    assert float(again.learning_rate) == pytest.approx(PEAK * case.share(33), rel=1e-5, abs=1e-9)
    resaved = keras.saving.serialize_keras_object(again)
    assert resaved["config"]["learning_rate"]["config"] == schedule["config"]


def test_every_word_for_a_schedule_has_a_case():
    tried = {type(case.schedule) for case in CASES.values()} | {ReducedRate}
    assert {row.target for row in SCHEDULES} == {f"{one.__module__}.{one.__name__}" for one in tried}
    assert len(lookup.names("schedule") + lookup.names("phase")) == 13


def theirs(name: str, *arguments: float, **named: float) -> list[float]:
    schedule = getattr(keras.optimizers.schedules, name)(*arguments, **named)
    return [float(schedule(int(step))) for step in STEPS]


@pytest.mark.parametrize(
    ("ours", "kerass"),
    [
        (
            WarmupCosine(PEAK, TOTAL, WARMUP, FLOOR),
            theirs("CosineDecay", 0.0, TOTAL - WARMUP, alpha=FLOOR, warmup_target=PEAK, warmup_steps=WARMUP),
        ),
        (Cosine(PEAK, TOTAL, 1.0, FLOOR), theirs("CosineDecay", PEAK, TOTAL, alpha=FLOOR)),
        (Polynomial(PEAK, TOTAL, power=2.0), theirs("PolynomialDecay", PEAK, TOTAL, 0.0, power=2.0)),
        (Exponential(PEAK, TOTAL, 0, 0.96, 7), theirs("ExponentialDecay", PEAK, 7, 0.96)),
        (Step(PEAK, TOTAL, 0, 0.5, 32), theirs("ExponentialDecay", PEAK, 32, 0.5, staircase=True)),
        (CosineRestarts(PEAK, TOTAL, 0, 25, 1.5), theirs("CosineDecayRestarts", PEAK, 25, t_mul=1.5)),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "peak") else "",
)
def test_it_is_the_schedule_of_keras(ours, kerass):
    found = [float(ours(int(step))) for step in STEPS]
    np.testing.assert_allclose(found, kerass, rtol=2e-5, atol=1e-8)


def test_a_run_without_warmup_begins_at_the_peak():
    assert float(WarmupCosine(PEAK, TOTAL)(0)) == pytest.approx(PEAK)


def test_a_warmup_of_the_whole_run_ends_at_the_peak():
    assert float(WarmupCosine(PEAK, TOTAL, TOTAL)(TOTAL)) == pytest.approx(PEAK)


@pytest.mark.parametrize("cycle", [3, 7, 49, 97, 1000])
def test_no_restart_is_missed_by_a_rounded_quotient(cycle: int):
    compiled = tf.function(CosineRestarts(1.0, 10**6, 0, cycle), jit_compile=True)
    restarts = np.arange(0, 10**6, cycle)
    np.testing.assert_array_equal(compiled(tf.constant(restarts)), 1.0)


def test_a_phase_without_updates_is_passed_over():
    empty = Phases([Linear(PEAK, 0, 0.0, 1.0), Constant(PEAK, TOTAL, 1.0, 1.0)])
    assert float(empty(0)) == pytest.approx(PEAK)
