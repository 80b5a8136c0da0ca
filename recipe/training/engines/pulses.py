"""What a block of steps shows of its updates: the norm of the gradient, and how far the weights moved.

The norm is computed inside the compiled step, of the last step of each call only; where the gradient is
clipped by it, it is there anyway, and the clipped steps are counted. How far the weights moved is seen from
outside, on a sample of them before and after one step, so the compiled step is the same whether it is looked
at or not.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras

# Of each weight at most so many values are looked at, evenly spread.
SAMPLED = 2**16
# The update is looked at when so much time has passed, so that tiny steps are not slowed down.
BETWEEN_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the last block of training steps showed.

    Args:
        gradient_norm: global norm of the gradient of the last step, before it was clipped.
        update_ratio: norm of one update divided by the norm of the weights that it changed; NaN before it was
            looked at.
        clipped: how many of the steps were clipped by the global norm.
    """

    gradient_norm: float = math.nan
    update_ratio: float = math.nan
    clipped: int = 0


def norm(tensors: Sequence[Any]) -> Any:
    """The norm of all numbers of some tensors, a float32 scalar.

    Args:
        tensors: dense; None counts as zeros.
    """
    squares = [
        keras.ops.sum(keras.ops.square(keras.ops.cast(one, "float32"))) for one in tensors if one is not None
    ]
    return keras.ops.sqrt(keras.ops.sum(keras.ops.stack(squares)))


def clipping(optimizer: Any) -> tuple[float | None, Any]:
    """The global norm that gradients are clipped to, if any, and what their loss was multiplied by.

    Args:
        optimizer: built.
    """
    scale = getattr(optimizer, "dynamic_scale", 1.0)
    return getattr(optimizer, "inner_optimizer", optimizer).global_clipnorm, scale


def sampled(weights: Sequence[Any]) -> list[Any]:
    """At most `SAMPLED` values of each weight, `(count,)`."""
    return [keras.ops.reshape(weight, (-1,))[:: _stride(weight)] for weight in weights]


def update_ratio(weights: Sequence[Any], before: Sequence[Any]) -> Any:
    """How far weights moved, relative to what they were: |w' - w| / |w|, from samples.

    Args:
        weights: after the update.
        before: their samples before it.
    """
    shares = [float(_stride(weight)) ** 0.5 for weight in weights]
    after = sampled(weights)
    moved = [share * (new - old) for share, new, old in zip(shares, after, before, strict=True)]
    were = [share * old for share, old in zip(shares, before, strict=True)]
    return norm(moved) / keras.ops.maximum(norm(were), keras.config.epsilon())


def _stride(weight: Any) -> int:
    return -(-math.prod(weight.shape) // SAMPLED) or 1
