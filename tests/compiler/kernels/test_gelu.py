"""GELU as a function of XLA gives the numbers of Keras."""

import keras
import numpy as np
import pytest

from tests.compiler.kernels.steps import model_with, of_step
from tests.training.specs import BACKEND

pytestmark = pytest.mark.skipif(BACKEND != "tensorflow", reason="kernels are TensorFlow's")


def test_a_layer_with_gelu_gives_the_values_and_gradients_of_keras_far_from_zero_too():
    from recipe.compiler.kernels.gelu import gelu
    from recipe.compiler.kernels.replacing import replaced

    inputs = np.linspace(-12.0, 12.0, 6 * 40, dtype="float32").reshape(6, 40)
    layer = keras.layers.Activation("gelu")
    model = model_with(layer, inputs.shape[1:])
    expected = of_step(layer, inputs)
    with replaced(model):
        assert layer.activation is gelu
        found = of_step(layer, inputs)
    assert layer.activation is keras.activations.gelu
    for one, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, wanted, rtol=2e-5, atol=1e-6)


def test_other_numbers_than_float32_stay_with_keras():
    import tensorflow as tf

    from recipe.compiler.kernels.gelu import gelu

    values = tf.linspace(tf.constant(-3.0, tf.float64), 3.0, 7)
    np.testing.assert_array_equal(gelu(values), keras.activations.gelu(values))


def test_only_gelu_is_replaced():
    from recipe.compiler.kernels.replacing import replaceable

    assert replaceable(model_with(keras.layers.Dense(3, activation="relu"), (4,))) == []
    assert len(replaceable(model_with(keras.layers.Dense(3, activation="gelu"), (4,)))) == 1
