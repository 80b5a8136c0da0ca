"""Batch norm as the one kernel that TensorFlow has for it."""

from dataclasses import dataclass
from typing import Any

import tensorflow as tf


@dataclass(frozen=True, slots=True)
class FusedBatchNorm:
    """`FusedBatchNormV3` for the training of a batch norm: one pass for the statistics, one for the values.

    Ioffe and Szegedy, arXiv 1502.03167, algorithm 1. The kernel returns the unbiased variance of the batch,
    Keras keeps a moving mean of the biased one.

    Args:
        layer: a `keras.layers.BatchNormalization`.
    """

    layer: Any

    def __call__(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Normalized values `(batch, ..., channels)`; where the kernel does not fit, those of Keras."""
        layer = self.layer
        if not (training and layer.trainable) or mask is not None or not self._fits(inputs):
            return type(layer).call(layer, inputs, training=training, mask=mask)
        channels = inputs.shape[-1]
        examples = tf.shape(inputs)[0]
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=tf.reshape(inputs, (examples, -1, 1, channels)),
            scale=tf.ones(channels) if layer.gamma is None else tf.convert_to_tensor(layer.gamma),
            offset=tf.zeros(channels) if layer.beta is None else tf.convert_to_tensor(layer.beta),
            mean=[],
            variance=[],
            epsilon=layer.epsilon,
            is_training=True,
        )
        count = tf.cast(tf.size(inputs) // channels, tf.float32)
        self._move(layer.moving_mean, mean)
        self._move(layer.moving_variance, variance * ((count - 1.0) / count))
        return tf.reshape(outputs, tf.shape(inputs))

    def _fits(self, inputs: Any) -> bool:
        layer, rank = self.layer, len(inputs.shape)
        last = layer.axis in (-1, rank - 1)
        return last and not (layer.renorm or layer.synchronized) and inputs.dtype in (tf.float32, tf.bfloat16)

    def _move(self, moving: Any, value: Any) -> None:
        momentum = self.layer.momentum
        moving.assign(moving * momentum + tf.stop_gradient(value) * (1.0 - momentum))
