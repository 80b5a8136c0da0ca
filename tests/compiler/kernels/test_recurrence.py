"""Recurrent layers with their products outside of the loop give the numbers of Keras."""

import keras
import numpy as np
import pytest

from tests.compiler.kernels.steps import model_with, of_step
from tests.training.specs import BACKEND

pytestmark = pytest.mark.skipif(BACKEND != "tensorflow", reason="kernels are TensorFlow's")

LAYERS = (keras.layers.LSTM, keras.layers.GRU, keras.layers.SimpleRNN)
BATCH, TIME, WIDTH, UNITS = 5, 7, 3, 4
OPTIONS = {
    "the last output": {},
    "all outputs": {"return_sequences": True},
    "no bias": {"use_bias": False},
    "backwards": {"go_backwards": True, "return_sequences": True},
    "dropout": {"dropout": 0.5},
}
OTHERS = {
    "another activation": {"activation": "relu"},
    "a loop written out": {"unroll": True},
    "dropout between steps": {"recurrent_dropout": 0.5},
}
MARKS = {
    "short sequences": [[1] * 7, [1] * 3 + [0] * 4, [1] + [0] * 6, [0] * 7, [1] * 6 + [0]],
    "gaps and late beginnings": [
        [0, 1, 1, 0, 0, 1, 1],
        [0, 0, 1, 0, 1, 1, 0],
        [1] * 7,
        [0] * 7,
        [0] * 6 + [1],
    ],
}


def inputs_of(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def made(kind, **options):
    """A layer with a bias that is not zero."""
    options = {"kernel_initializer": "normal", "bias_initializer": "normal", "seed": 1} | options
    return kind(UNITS, **options)


def assert_equal_steps(layer, *inputs, **options):
    """Keras and the kernel agree on everything of a training step."""
    from recipe.compiler.kernels.recurrence import Recurrence
    from recipe.compiler.kernels.replacing import replaced

    model = model_with(layer, inputs[0].shape[1:])
    seeds = [variable for variable in model.variables if "seed" in variable.path]
    begun = [seed.numpy() for seed in seeds]
    expected = of_step(layer, *inputs, **options)
    for seed, value in zip(seeds, begun, strict=True):
        seed.assign(value)
    with replaced(model):
        assert isinstance(layer.inner_loop, Recurrence)
        found = of_step(layer, *inputs, **options)
    assert "inner_loop" not in vars(layer)
    for one, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, wanted, rtol=1e-4, atol=1e-5 * np.abs(wanted).max())


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_a_layer_gives_the_values_and_gradients_of_keras(kind, options):
    assert_equal_steps(made(kind, **options), inputs_of(BATCH, TIME, WIDTH))


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("marks", MARKS.values(), ids=MARKS)
@pytest.mark.parametrize("options", [{}, {"return_sequences": True, "go_backwards": True}])
def test_steps_that_a_mask_leaves_out_change_nothing(kind, marks, options):
    marks = np.array(marks, bool)
    assert_equal_steps(made(kind, **options), inputs_of(BATCH, TIME, WIDTH), mask=marks)


@pytest.mark.parametrize("kind", LAYERS)
def test_a_layer_in_both_directions_shows_zero_where_a_mask_leaves_out_steps(kind):
    from recipe.compiler.kernels.recurrence import Recurrence
    from recipe.compiler.kernels.replacing import replaced

    layer = keras.layers.Bidirectional(made(kind, return_sequences=True))
    inputs, marks = inputs_of(BATCH, TIME, WIDTH), np.array(MARKS["short sequences"], bool)
    model = model_with(layer, (TIME, WIDTH))
    expected = of_step(layer, inputs, mask=marks)
    with replaced(model):
        assert isinstance(layer.backward_layer.inner_loop, Recurrence)
        found = of_step(layer, inputs, mask=marks)
    np.testing.assert_array_equal(found[0][1, 3:], 0)
    for one, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, wanted, rtol=1e-4, atol=1e-5 * np.abs(wanted).max())


@pytest.mark.parametrize("kind", LAYERS)
def test_states_are_given_and_taken(kind):
    from recipe.compiler.kernels.replacing import replaced

    layer = made(kind, return_state=True, return_sequences=True)
    inputs = inputs_of(BATCH, TIME, WIDTH)
    states = [inputs_of(BATCH, UNITS) for _ in keras.tree.flatten(layer.cell.state_size)]
    expected = layer(inputs, initial_state=states)
    with replaced(keras.Sequential([layer])):
        found = layer(inputs, initial_state=states)
    assert len(found) == 1 + len(states)
    for one, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("options", OTHERS.values(), ids=OTHERS)
def test_what_the_kernel_does_not_compute_stays_with_keras(options):
    from recipe.compiler.kernels.replacing import replaceable

    assert not replaceable(model_with(made(keras.layers.LSTM, **options), (TIME, WIDTH)))


def test_a_reset_before_the_product_stays_with_keras():
    from recipe.compiler.kernels.replacing import replaceable

    assert not replaceable(model_with(made(keras.layers.GRU, reset_after=False), (TIME, WIDTH)))


def test_a_layer_in_bfloat16_stays_with_keras():
    from recipe.compiler.kernels.replacing import replaced

    layer = made(keras.layers.LSTM, dtype="mixed_bfloat16")
    model = model_with(layer, (TIME, WIDTH))
    inputs = inputs_of(BATCH, TIME, WIDTH)
    expected = layer(inputs)
    with replaced(model):
        found = layer(inputs)
    np.testing.assert_array_equal(keras.ops.cast(found, "float32"), keras.ops.cast(expected, "float32"))
