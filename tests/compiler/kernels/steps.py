"""One training step of a layer: all numbers in which a kernel could differ from Keras."""

from typing import Any

import keras
import numpy as np


def of_step(layer: keras.layers.Layer, *inputs: np.ndarray, **options: Any) -> list[np.ndarray]:
    """Outputs, moving statistics, and gradients by all inputs and weights."""
    import tensorflow as tf

    values = [tf.convert_to_tensor(one) for one in inputs]
    with tf.GradientTape() as tape:
        tape.watch(values)
        outputs = layer(*values, training=True, **options)
        loss = tf.reduce_sum(outputs**3)
    gradients = tape.gradient(loss, [*values, *layer.trainable_weights])
    found = (outputs, *layer.non_trainable_variables, *gradients)
    return [np.asarray(value) for value in found if value is not None]


def model_with(layer: keras.layers.Layer, shape: tuple[int, ...]) -> keras.Model:
    inputs = keras.Input(shape)
    return keras.Model(inputs, layer(inputs))
