"""GELU and its gradient as one function of XLA each, in place of an operation and a pass over memory a step.

Hendrycks and Gimpel, arXiv 1606.08415: GELU(x) = x Phi(x), with Phi and phi the distribution and the density
of a standard normal; its derivative is Phi(x) + x phi(x).
"""

import math
from typing import Any

import keras
import tensorflow as tf


def gelu(x: Any) -> Any:
    """What `keras.activations.gelu` gives, of any shape; of other numbers than float32 it is Keras's own."""
    return _gelu(x) if x.dtype == tf.float32 else keras.activations.gelu(x)


@tf.custom_gradient
def _gelu(x: Any) -> Any:
    values, distribution = _values(x)
    return values, lambda upstream: _gradient(x, distribution, upstream)


@tf.function(jit_compile=True, autograph=False)
def _values(x: Any) -> tuple[Any, Any]:
    # Exact where it is nearly zero too, and kept for the gradient: it takes longer than all else.
    distribution = 0.5 * tf.math.erfc(-x / math.sqrt(2.0))
    return x * distribution, distribution


@tf.function(jit_compile=True, autograph=False)
def _gradient(x: Any, distribution: Any, upstream: Any) -> Any:
    density = tf.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
    return upstream * (distribution + x * density)
