"""One training step of a layer: all numbers in which a kernel could differ from Keras."""

from typing import Any

import keras
import numpy as np


def of_step(layer: keras.layers.Layer, *inputs: np.ndarray, **options: Any) -> list[np.ndarray]:
    """Outputs, moving statistics, and gradients by all inputs and weights."""
    import tensorflow as tf

    values = [tf.convert_to_tensor(one) for one in inputs]

    @tf.function(autograph=False)
    def step() -> list[Any]:
        with tf.GradientTape() as tape:
            tape.watch(values)
            outputs = layer(*values, training=True, **options)
            loss = tf.reduce_sum(outputs**3)
        gradients = tape.gradient(loss, [*values, *layer.trainable_weights])
        return [outputs, *(one for one in gradients if one is not None)]

    outputs, *gradients = step()
    return [np.asarray(value) for value in (outputs, *layer.non_trainable_variables, *gradients)]


def model_with(layer: keras.layers.Layer, shape: tuple[int, ...]) -> keras.Model:
    inputs = keras.Input(shape)
    return keras.Model(inputs, layer(inputs))
