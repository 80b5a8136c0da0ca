"""Layer normalization and its gradient as one function of XLA each; what is summed over rows is a product.

Ba et al., arXiv 1607.06450, equation 4. With x^ for the normalized values and g for what comes from above,
times gamma, the gradient by the inputs is (g - mean(g) - x^ mean(g x^)) / deviation, with means over a row.
"""

from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf


@dataclass(frozen=True, slots=True)
class FusedLayerNorm:
    """One function for the values and one for the gradient, in place of a pass over memory an operation.

    Sums over all rows, which gamma and beta want, are products with ones.

    Args:
        layer: a `keras.layers.LayerNormalization`.
    """

    layer: Any

    @staticmethod
    def fits(layer: Any) -> bool:
        """Whether a layer is of that kind, and not what Keras once called RMS."""
        return type(layer) is keras.layers.LayerNormalization and not layer.rms_scaling

    def __call__(self, inputs: Any) -> Any:
        """Normalized values `(..., width)`; other axes and numbers than float32 are Keras's."""
        layer = self.layer
        if layer.axis not in ([-1], [len(inputs.shape) - 1]) or inputs.dtype != tf.float32:
            return type(layer).call(layer, inputs)
        width = inputs.shape[-1]
        gamma = tf.ones(width) if layer.gamma is None else tf.convert_to_tensor(layer.gamma)
        beta = tf.zeros(width) if layer.beta is None else tf.convert_to_tensor(layer.beta)
        return _normalized(inputs, gamma, beta, layer.epsilon)


def _normalized(inputs: Any, gamma: Any, beta: Any, epsilon: float) -> Any:
    @tf.custom_gradient
    def computed(inputs: Any, gamma: Any, beta: Any) -> Any:
        outputs, mean, inverse = _values(inputs, gamma, beta, epsilon)

        def gradient(upstream: Any) -> tuple[Any, Any, Any]:
            by_inputs, products = _gradient(inputs, mean, inverse, gamma, upstream)
            return by_inputs, _over_rows(products), _over_rows(upstream)

        return outputs, gradient

    return computed(inputs, gamma, beta)


@tf.function(jit_compile=True, autograph=False)
def _values(inputs: Any, gamma: Any, beta: Any, epsilon: Any) -> tuple[Any, Any, Any]:
    mean = tf.reduce_mean(inputs, axis=-1, keepdims=True)
    centered = inputs - mean
    inverse = tf.math.rsqrt(tf.reduce_mean(centered * centered, axis=-1, keepdims=True) + epsilon)
    return centered * inverse * gamma + beta, mean, inverse


@tf.function(jit_compile=True, autograph=False)
def _gradient(inputs: Any, mean: Any, inverse: Any, gamma: Any, upstream: Any) -> tuple[Any, Any]:
    normal, scaled = (inputs - mean) * inverse, upstream * gamma
    along = tf.reduce_mean(scaled * normal, axis=-1, keepdims=True)
    by_inputs = inverse * (scaled - tf.reduce_mean(scaled, axis=-1, keepdims=True) - normal * along)
    return by_inputs, upstream * normal


def _over_rows(values: Any) -> Any:
    """The sum over all axes but the last, `(width,)`."""
    rows = tf.reshape(values, (-1, values.shape[-1]))
    return tf.reshape(tf.matmul(tf.ones((1, tf.shape(rows)[0])), rows), (-1,))
