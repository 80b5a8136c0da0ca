"""Dropout for parts of a batch keeps what Keras keeps of the whole batch."""

import keras
import numpy as np
import pytest

from tests.training.specs import BACKEND

pytestmark = pytest.mark.skipif(BACKEND != "tensorflow", reason="kernels are TensorFlow's")


def in_parts(model: keras.Model, inputs: np.ndarray, sizes: tuple[int, ...]) -> np.ndarray:
    import tensorflow as tf

    from recipe.compiler.kernels.dropout import Part
    from recipe.compiler.kernels.replacing import replaced, whole_batch

    part, outputs = Part(len(inputs)), []
    with replaced(model, whole_batch(part)):
        for size in sizes:
            outputs.append(model(tf.constant(inputs[part.start : part.start + size]), training=True))
            part.start += size
    return np.concatenate(outputs)


@pytest.mark.parametrize("rate", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("noise_shape", [None, (None, 1, 5)])
def test_parts_of_a_batch_are_dropped_as_the_whole_is(
    rate: float, noise_shape: tuple[int | None, ...] | None
):
    inputs = np.random.default_rng(0).standard_normal((10, 4, 5), dtype="float32")

    def model() -> keras.Model:
        one = keras.Input((4, 5))
        layer = keras.layers.Dropout(rate, noise_shape=noise_shape, seed=3)
        return keras.Model(one, layer(layer(one)))  # called twice: drawn twice

    whole, parts = model(), model()
    expected = [np.asarray(whole(inputs, training=True)) for _ in range(2)]
    found = [in_parts(parts, inputs, sizes) for sizes in ((5, 5), (4, 4, 2))]
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(parts(inputs, training=False), inputs)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_channels_of_parts_are_dropped_as_those_of_the_whole(axes: int):
    inputs = np.random.default_rng(0).standard_normal((10, *(3,) * axes, 5), dtype="float32")

    def model() -> keras.Model:
        one = keras.Input(inputs.shape[1:])
        return keras.Model(one, getattr(keras.layers, f"SpatialDropout{axes}D")(0.5, seed=3)(one))

    expected = np.asarray(model()(inputs, training=True))
    assert 0 < (expected == 0).mean() < 1
    np.testing.assert_array_equal(in_parts(model(), inputs, (5, 5)), expected)


def test_the_weights_of_attention_are_dropped_alike():
    inputs = np.random.default_rng(0).standard_normal((6, 4, 8), dtype="float32")

    def model() -> keras.Model:
        one = keras.Input((4, 8))
        keras.utils.set_random_seed(1)
        return keras.Model(one, keras.layers.MultiHeadAttention(2, 4, dropout=0.5, seed=2)(one, one))

    expected = model()(inputs, training=True)
    np.testing.assert_allclose(in_parts(model(), inputs, (3, 3)), expected, atol=1e-6)
