"""Scaled dot-product attention with the gradient of its softmax as one function of XLA.

Vaswani et al., arXiv 1706.03762, equation 1. The products of matrices and the softmax stay TensorFlow's.
"""

from dataclasses import dataclass
from typing import Any

import tensorflow as tf

_MASKED = -0.7 * 3.38953e38
"""What Keras puts in place of a score that is masked: a row without any other stays finite."""


@dataclass(frozen=True, slots=True)
class Attention:
    """In place of what `keras.layers.MultiHeadAttention` documents as the part to be overridden.

    Args:
        layer: a `keras.layers.MultiHeadAttention`.
    """

    layer: Any

    def __call__(
        self,
        query: Any,
        key: Any,
        value: Any,
        attention_mask: Any = None,
        training: bool | None = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> tuple[Any, Any]:
        """Attended values `(batch, queries, heads, width)`; no scores, whoever asks for them gets Keras's.

        Args:
            query: `(batch, queries, heads, width)`.
            key: `(batch, keys, heads, width)`.
            value: `(batch, keys, heads, width of values)`.
            attention_mask: which keys a query sees, `(batch, queries, keys)`, or with the heads before these.
            training: whether weights are dropped.
            return_attention_scores: whether Keras computes it.
            use_causal_mask: whether a query sees no later key.
        """
        layer = self.layer
        if return_attention_scores or len(query.shape) != 4 or query.dtype != tf.float32:
            options = (attention_mask, training, return_attention_scores, use_causal_mask)
            kept: tuple[Any, Any] = type(layer)._compute_attention(layer, query, key, value, *options)
            return kept
        query, value = (tf.transpose(one, (0, 2, 1, 3)) for one in (query, value))
        # With keys as columns, their gradient has few rows and many columns: the faster product.
        scores = tf.matmul(query, tf.transpose(key, (0, 2, 3, 1)))
        seen = _seen(attention_mask, scores if use_causal_mask else None)
        weights = _softmax(scores, layer._inverse_sqrt_key_dim, seen)
        if layer._dropout > 0.0:
            weights = layer._dropout_layer(weights, training=training)
        return tf.transpose(tf.matmul(weights, value), (0, 2, 1, 3)), None


def _seen(mask: Any, causal_of: Any) -> Any:
    """Which scores count, a bool that broadcasts to `(batch, heads, queries, keys)`; None when all do."""
    seen = None
    if mask is not None:
        seen = tf.cast(mask, tf.bool)
        seen = seen[:, None] if len(seen.shape) == 3 else seen
    if causal_of is not None:
        causal = tf.linalg.band_part(tf.ones(tf.shape(causal_of)[-2:], tf.bool), -1, 0)[None, None]
        seen = causal if seen is None else tf.logical_and(seen, causal)
    return seen


def _softmax(scores: Any, scale: float, seen: Any) -> Any:
    """Softmax over the last axis of what is seen; what is not has the weight and the gradient zero."""

    @tf.custom_gradient
    def computed(scores: Any) -> Any:
        weights = _weights(scores, scale, seen)
        return weights, lambda upstream: _gradient(weights, upstream, scale, seen)

    return computed(scores)


def _weights(scores: Any, scale: float, seen: Any) -> Any:
    scaled = scores * scale
    return tf.nn.softmax(scaled if seen is None else tf.where(seen, scaled, _MASKED))


@tf.function(jit_compile=True, autograph=False)
def _gradient(weights: Any, upstream: Any, scale: Any, seen: Any) -> Any:
    inner = tf.reduce_sum(weights * upstream, axis=-1, keepdims=True)
    found = scale * weights * (upstream - inner)
    return found if seen is None else tf.where(seen, found, 0.0)
