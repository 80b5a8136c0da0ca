"""Layer normalization as functions of XLA gives the numbers of Keras."""

import keras
import numpy as np
import pytest

from tests.compiler.kernels.steps import model_with, of_step
from tests.training.specs import BACKEND

pytestmark = pytest.mark.skipif(BACKEND != "tensorflow", reason="kernels are TensorFlow's")

SHAPES = ((6, 5, 4, 8), (6, 5, 8), (6, 8))
LEARNED = {
    "gamma and beta": {"scale": True, "center": True},
    "gamma": {"scale": True, "center": False},
    "beta": {"scale": False, "center": True},
    "neither": {"scale": False, "center": False},
}
OTHERS = {
    "two axes": {"axis": (-2, -1)},
    "another axis": {"axis": 1},
}


def inputs_of(shape: tuple[int, ...]) -> np.ndarray:
    """Rows far from zero, one of equal values among them."""
    inputs = np.random.default_rng(0).normal(4.0, 3.0, shape).astype("float32")
    inputs[0] = 2.0
    return inputs


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("learned", LEARNED.values(), ids=LEARNED)
def test_a_layer_norm_gives_the_values_and_gradients_of_keras(shape, learned):
    from recipe.compiler.kernels.layer_norm import FusedLayerNorm
    from recipe.compiler.kernels.replacing import replaced

    layer = keras.layers.LayerNormalization(
        gamma_initializer="normal", beta_initializer="normal", epsilon=1e-3, **learned
    )
    model = model_with(layer, shape[1:])
    expected = of_step(layer, inputs_of(shape))
    with replaced(model):
        assert isinstance(layer.call, FusedLayerNorm)
        found = of_step(layer, inputs_of(shape))
    assert "call" not in vars(layer)
    assert len(found) == 2 + sum(learned.values())
    for one, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, wanted, rtol=1e-4, atol=1e-5 * np.abs(wanted).max())


@pytest.mark.parametrize("options", OTHERS.values(), ids=OTHERS)
def test_other_axes_than_the_last_stay_with_keras(options):
    from recipe.compiler.kernels.replacing import replaced

    layer = keras.layers.LayerNormalization(**options)
    model = model_with(layer, (5, 4, 8))
    inputs = inputs_of((6, 5, 4, 8))
    expected = of_step(layer, inputs)
    with replaced(model):
        found = of_step(layer, inputs)
    for one, wanted in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, wanted)


def test_a_norm_in_bfloat16_stays_with_keras():
    from recipe.compiler.kernels.replacing import replaced

    layer = keras.layers.LayerNormalization(dtype="mixed_bfloat16")
    model = model_with(layer, (5, 8))
    inputs = keras.ops.cast(inputs_of((6, 5, 8)), "bfloat16")
    expected = layer(inputs)
    with replaced(model):
        found = layer(inputs)
    np.testing.assert_array_equal(keras.ops.cast(found, "float32"), keras.ops.cast(expected, "float32"))
