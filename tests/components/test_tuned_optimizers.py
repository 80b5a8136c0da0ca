"""Updates that differ by weight, and what is done to gradients, against the formulas of their papers."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import pytest

from recipe.components.scheduled_optimizers import SCHEDULED
from recipe.components.tuned_optimizers import TUNED, Tuning, tuned
from recipe.components.warmup_linear import WarmupLinear

RATE = 0.1
PATHS = ("one/kernel", "two/kernel")
START = {
    "one/kernel": np.array([[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]], np.float32),
    "two/kernel": np.array([[1.0, 2.0], [3.0, -4.0], [0.5, 0.5]], np.float32),
}
GRADIENTS = [
    {
        path: np.random.default_rng(step).normal(size=START[path].shape).astype(np.float32) * (1 + step)
        for path in PATHS
    }
    for step in range(4)
]


def weights_of() -> list[keras.Variable]:
    made = []
    for path in PATHS:
        layer, name = path.split("/")
        with keras.name_scope(layer):
            made.append(keras.Variable(START[path], name=name))
    assert tuple(weight.path for weight in made) == PATHS
    return made


def after(optimizer: Any, gradients: Sequence[Mapping[str, np.ndarray]] = GRADIENTS) -> dict[str, np.ndarray]:
    """The weights after some updates."""
    weights = weights_of()
    optimizer.build(weights)
    for one in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(one[path]) for path in PATHS], weights)
    return {weight.path: np.array(weight) for weight in weights}


def sgd(tuning: Tuning, **arguments: Any) -> Any:
    return tuned(keras.optimizers.SGD(RATE, **arguments), tuning, {})


def by_sgd(change: Any) -> dict[str, np.ndarray]:
    """Plain gradient descent in NumPy with gradients that are changed: (gradient, weight, path, step)."""
    weights = {path: START[path].astype(np.float64) for path in PATHS}
    for step, gradients in enumerate(GRADIENTS):
        for path in PATHS:
            weights[path] = weights[path] - RATE * change(
                gradients[path].astype(np.float64), weights[path], path, step
            )
    return weights


def assert_near(found: Mapping[str, np.ndarray], expected: Mapping[str, np.ndarray]) -> None:
    for path in PATHS:
        np.testing.assert_allclose(found[path], expected[path], rtol=0, atol=2e-6)


def test_every_optimizer_of_keras_can_be_tuned():
    assert TUNED.keys() == SCHEDULED.keys()
    assert len(TUNED) == 14


@pytest.mark.parametrize("kind", TUNED, ids=lambda kind: kind.__name__)
def test_a_weight_with_a_factor_moves_as_under_keras_with_that_rate(kind: type):
    decay = {"weight_decay": 0.01}
    found = after(tuned(kind(RATE, **decay), Tuning(rates={"two/kernel": 0.5}), {}))
    whole, half = (after(kind(rate, **decay)) for rate in (RATE, RATE / 2))
    np.testing.assert_allclose(found["one/kernel"], whole["one/kernel"], rtol=0, atol=1e-6)
    np.testing.assert_allclose(found["two/kernel"], half["two/kernel"], rtol=0, atol=1e-6)
    assert np.abs(found["two/kernel"] - whole["two/kernel"]).max() > 1e-4


def test_a_group_decays_by_its_own_number():
    found = after(sgd(Tuning(decays={"two/kernel": 0.3}, rates={"two/kernel": 0.5}), weight_decay=0.1))
    # Loshchilov and Hutter, arXiv 1711.05101, algorithm 1: decay times rate, subtracted beside the update.
    factor, decay = {"one/kernel": 1.0, "two/kernel": 0.5}, {"one/kernel": 0.1, "two/kernel": 0.3}
    expected = by_sgd(lambda gradient, weight, path, _: factor[path] * (gradient + decay[path] * weight))
    assert_near(found, expected)


def test_coupled_decay_goes_through_the_momentum_as_in_sgd_with_l2_regularization():
    found = after(sgd(Tuning(coupled=True), momentum=0.9, weight_decay=0.1))
    expected = {}
    for path in PATHS:
        weight, moment = START[path].astype(np.float64), 0.0
        for gradients in GRADIENTS:
            moment = 0.9 * moment - RATE * (gradients[path] + 0.1 * weight)
            weight = weight + moment
        expected[path] = weight
    assert_near(found, expected)


def test_coupled_decay_spares_what_is_excluded():
    optimizer = sgd(Tuning(coupled=True), weight_decay=0.1)
    optimizer.exclude_from_weight_decay(var_names=["kernel"])
    assert_near(after(optimizer), by_sgd(lambda gradient, *_: gradient))


def test_adaptive_clipping_is_equation_3_of_the_paper():
    found = after(sgd(Tuning(adaptive_clip=0.5, unclipped_layers=("two",))))

    def clipped(gradient: np.ndarray, weight: np.ndarray, path: str, step: int) -> np.ndarray:
        if path == "two/kernel":
            return gradient
        columns = []
        for g, w in zip(gradient.T, weight.T, strict=True):
            most = 0.5 * max(np.linalg.norm(w), 1e-3)
            columns.append(g * most / np.linalg.norm(g) if np.linalg.norm(g) > most else g)
        return np.stack(columns, axis=1)

    assert_near(found, by_sgd(clipped))


def test_centralized_gradients_have_no_mean_over_the_inputs_of_a_unit():
    found = after(sgd(Tuning(centralized=True)))
    assert_near(found, by_sgd(lambda gradient, *_: gradient - gradient.mean(axis=0, keepdims=True)))


def test_noise_comes_after_clipping_has_the_variance_of_the_paper_and_repeats():
    tuning = Tuning(noise=0.3, noise_decay=0.55, noise_seed=7)
    shape = (400, 500)
    weight = keras.Variable(np.zeros(shape, np.float32), name="kernel")
    optimizer = tuned(keras.optimizers.SGD(1.0, global_clipnorm=1e-6), tuning, {})
    optimizer.build([weight])
    drawn = []
    for _ in range(3):
        before = np.array(weight)
        optimizer.apply([keras.ops.ones(shape)], [weight])
        drawn.append(before - np.array(weight))
    # Neelakantan et al., arXiv 1511.06807, equation 1.
    for step, noise in enumerate(drawn):
        assert noise.std() == pytest.approx(np.sqrt(0.3 / (1 + step) ** 0.55), rel=0.01)
        assert abs(noise.mean()) < 0.01
    assert abs(np.corrcoef(drawn[0].ravel(), drawn[1].ravel())[0, 1]) < 0.01
    optimizer.iterations.assign(1)
    before = np.array(weight)
    optimizer.apply([keras.ops.ones(shape)], [weight])
    np.testing.assert_allclose(before - np.array(weight), drawn[1], atol=1e-5)


def test_noise_of_two_weights_differs():
    assert zlib.crc32(b"one/kernel") != zlib.crc32(b"two/kernel")
    found = after(sgd(Tuning(noise=1.0)), GRADIENTS[:1])
    noise = {path: (START[path] - found[path]) / RATE - GRADIENTS[0][path] for path in PATHS}
    assert not np.allclose(noise["one/kernel"].ravel(), noise["two/kernel"].ravel(), atol=0.1)


@pytest.mark.parametrize("every", [1, 3])
def test_averages_move_in_every_so_many_steps(every: int):
    optimizer = sgd(Tuning(average_every=every), use_ema=True, ema_momentum=0.8)
    weights = weights_of()
    optimizer.build(weights)
    average = None
    for step, gradients in enumerate(GRADIENTS):
        optimizer.apply([keras.ops.convert_to_tensor(gradients[path]) for path in PATHS], weights)
        now = np.array(weights[0])
        if average is None:
            average = now
        elif (step + 1) % every == 0:
            average = 0.8 * average + 0.2 * now
        np.testing.assert_allclose(optimizer._model_variables_moving_average[0], average, atol=1e-6)


def test_a_schedule_of_the_decay_scales_the_decay_of_a_group_too():
    schedule = WarmupLinear(peak=0.1, total_steps=8, warmup_steps=4, floor=0.0)
    base = keras.optimizers.SGD(RATE, weight_decay=0.1)
    found = after(tuned(base, Tuning(decays={"two/kernel": 0.3}), {"weight_decay": schedule}))
    now = [float(schedule(step)) for step in range(4)]
    own = {"one/kernel": 1.0, "two/kernel": 3.0}
    assert_near(found, by_sgd(lambda gradient, weight, path, step: gradient + own[path] * now[step] * weight))


def test_a_tuned_optimizer_survives_saving_and_loading(tmp_path):
    inputs = keras.Input((3,))  # functional, as networks of recipe: paths are the same when it is loaded
    model = keras.Model(inputs, keras.layers.Dense(2, name="one")(inputs))
    tuning = Tuning(rates={"one/kernel": 0.5}, decays={"one/kernel": 0.2}, noise=0.1, average_every=2)
    schedule = WarmupLinear(peak=0.1, total_steps=8, warmup_steps=4, floor=0.0)
    base = keras.optimizers.AdamW(0.1, weight_decay=0.1, use_ema=True)
    model.compile(tuned(base, tuning, {"weight_decay": schedule}), "mse")
    x, y = np.ones((4, 3), np.float32), np.zeros((4, 2), np.float32)
    model.fit(x, y, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.optimizer.tuning == tuning
    assert type(loaded.optimizer) is TUNED[keras.optimizers.AdamW]
    for one in (model, loaded):
        one.fit(x, y, verbose=0)
    for one, other in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
