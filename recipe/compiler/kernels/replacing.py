"""Which layers compute with other kernels, and how long.

The layer, its class and its weights stay as they are: what is saved, ejected or evaluated elsewhere is plain
Keras. Only the graph that is being traced holds the kernel, and its numbers are those of the layer within
rounding. `ResourceApplyAdam` in place of Keras's fifteen operations is no such kernel: it was not faster, and
it computes 1 - beta_2 in float32, off by 1e-5. Nor are functions of XLA for max pooling: alone they were
faster than oneDNN's, and in the step of a network slower.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras

from recipe.compiler.kernels.attention import Attention
from recipe.compiler.kernels.batch_norm import FusedBatchNorm
from recipe.compiler.kernels.dropout import SPATIAL, Part, WholeBatchDropout
from recipe.compiler.kernels.gelu import gelu
from recipe.compiler.kernels.layer_norm import FusedLayerNorm
from recipe.compiler.kernels.projections import MatrixProduct
from recipe.compiler.kernels.recurrence import Recurrence

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Kernel:
    """What takes the place of an attribute of some layers.

    Args:
        attribute: that is replaced.
        fits: whether a layer is one of them; what a subclass computes nobody knows.
        make: the replacement, from the layer.
        xla: whether it is faster than what XLA makes of the layer by itself.
    """

    attribute: str
    fits: Callable[[Any], bool]
    make: Callable[[Any], Any]
    xla: bool = False


KERNELS = (
    Kernel("call", lambda layer: type(layer) is keras.layers.BatchNormalization, FusedBatchNorm),
    Kernel("call", FusedLayerNorm.fits, FusedLayerNorm),
    Kernel("call", MatrixProduct.fits, MatrixProduct),
    Kernel("inner_loop", Recurrence.fits, Recurrence, xla=True),
    Kernel("_compute_attention", lambda layer: type(layer) is keras.layers.MultiHeadAttention, Attention),
    Kernel(
        "activation",
        lambda layer: getattr(layer, "activation", None) is keras.activations.gelu,
        lambda layer: gelu,
    ),
)


# Those that are faster than what XLA makes of a layer by itself.
XLA_KERNELS = tuple(kernel for kernel in KERNELS if kernel.xla)


def whole_batch(part: Part) -> tuple[Kernel, ...]:
    """Kernels for a part of a batch, with which it has the numbers that it has in the whole batch."""

    def make(layer: Any) -> WholeBatchDropout:
        return WholeBatchDropout(layer, part)

    return (Kernel("call", lambda layer: type(layer) in (keras.layers.Dropout, *SPATIAL), make),)


@contextlib.contextmanager
def replaced(model: Any, kernels: tuple[Kernel, ...] = KERNELS) -> Iterator[None]:
    """Let the layers of a network compute with other kernels, until the block ends in whatever way.

    Args:
        model: a plain Keras model.
        kernels: for the layers that they fit.
    """
    before: list[tuple[dict[str, Any], str, Any]] = []
    try:
        for layer, kernel in replaceable(model, kernels):
            own = vars(layer)
            before.append((own, kernel.attribute, own.get(kernel.attribute, _ABSENT)))
            own[kernel.attribute] = kernel.make(layer)
        yield
    finally:
        for own, attribute, value in before:
            if value is _ABSENT:
                del own[attribute]
            else:
                own[attribute] = value


def replaceable(model: Any, kernels: tuple[Kernel, ...] = KERNELS) -> list[tuple[Any, Kernel]]:
    """The layers, at any depth, with the kernels that there are for them."""
    layers = model._flatten_layers()
    return [(layer, kernel) for layer in layers for kernel in kernels if kernel.fits(layer)]
