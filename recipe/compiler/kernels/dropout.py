"""Dropout for parts of a batch that cores compute at once: it is drawn for the whole batch.

Srivastava et al., JMLR 15 (2014), section 4.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import keras
import tensorflow as tf

SPATIAL = (keras.layers.SpatialDropout1D, keras.layers.SpatialDropout2D, keras.layers.SpatialDropout3D)


@dataclass(slots=True)
class Part:
    """The part of a batch that is being traced.

    Args:
        examples: of the whole batch.
        start: where the part begins.
    """

    examples: int
    start: int = 0


@dataclass(frozen=True, slots=True)
class WholeBatchDropout:
    """A `Dropout` that keeps of each example what it keeps where the batch is computed as one.

    Args:
        layer: a `keras.layers.Dropout`, or one of its kinds that drop whole channels.
        part: that calls it.
    """

    layer: Any
    part: Part
    _kept: list[Any] = field(default_factory=list)
    _calls: Counter[int] = field(default_factory=Counter)

    def __call__(self, inputs: Any, training: bool = False) -> Any:
        """Values `(part of the batch, ...)`, some of them zero and the others larger for it."""
        layer, start = self.layer, self.part.start
        if not training or layer.rate == 0:
            return inputs
        # A layer that is called several times in a step draws as often.
        call = self._calls[start]
        self._calls[start] += 1
        if call == len(self._kept):
            whole = tf.concat([[self.part.examples], tf.shape(inputs)[1:]], axis=0)
            self._kept.append(self._drawn(tf.ones(whole, inputs.dtype)) > 0)
        kept = self._kept[call][start : start + inputs.shape[0]]
        return tf.where(kept, inputs * (1 / (1 - layer.rate)), 0) if layer.rate < 1 else tf.zeros_like(inputs)

    def _drawn(self, ones: Any) -> Any:
        layer = self.layer
        spatial = isinstance(layer, SPATIAL)
        shape = layer._get_noise_shape(ones) if spatial else layer.noise_shape
        return keras.random.dropout(ones, layer.rate, shape, layer.seed_generator)
