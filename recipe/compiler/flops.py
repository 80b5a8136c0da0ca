"""What a layer's call costs: floating point operations, counted from shapes.

The convention, here and in every number that recipe tells: a multiplication and an addition are two
operations, so a product of matrices `(m, k)` and `(k, n)` costs `2 m n k`; a pass back costs twice a pass
forward; what is computed again or skipped by a kernel is not seen. Papers on image models count
multiply-adds, which are half of this.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import keras
from keras import layers
from keras.src.ops import numpy as operations

from recipe.compiler import attention_flops, recurrent_flops
from recipe.compiler.layer_calls import LayerCall, leaves, num_elements, row_of

# A training step is one pass forward and one back.
TRAINING_FACTOR = 3

Formula = Callable[[LayerCall], int]


def forward_flops(call: LayerCall | None) -> int | None:
    """Operations of one pass forward through a layer for one example.

    Args:
        call: None where its shapes are not known.

    Returns:
        None for a class that is neither Keras's own nor built of such.
    """
    calls = None if call is None else leaves(call)
    if calls is None:
        return None
    counts = [_leaf(each) for each in calls]
    return None if None in counts else sum(count for count in counts if count is not None)


def _leaf(call: LayerCall) -> int | None:
    formula = row_of(FORMULAS, call.layer)
    if formula is not None:
        return call.times * formula(call)
    rate = row_of(RATES, call.layer)
    if rate is None and not type(call.layer).__module__.startswith(("keras.", "recipe.")):
        return None
    return call.times * num_elements(call.outputs) * (1 if rate is None else rate)


def _dense(call: LayerCall) -> int:
    kernel = _kernel(call)
    rows = num_elements(call.inputs) // kernel[0]
    return 2 * rows * num_elements([kernel]) + _ending(call)


def _einsum_dense(call: LayerCall) -> int:
    """Every output sums over the kernel's indices that it does not have."""
    terms, result = call.layer.equation.replace(" ", "").split("->")
    indices = terms.split(",")[1]
    summed = [size for index, size in zip(indices, _kernel(call), strict=True) if index not in result]
    return 2 * num_elements(call.outputs) * num_elements([tuple(summed)]) + _ending(call)


def _convolution(call: LayerCall) -> int:
    """Each place of the output uses the whole kernel once; its size knows the groups."""
    kernel = _kernel(call)
    places = num_elements(call.outputs) // kernel[-1]
    return 2 * places * num_elements([kernel]) + _ending(call)


def _transposed_convolution(call: LayerCall) -> int:
    """Each place of the input uses the whole kernel once."""
    kernel = _kernel(call)
    places = num_elements(call.inputs) // kernel[-1]
    return 2 * places * num_elements([kernel]) + _ending(call)


def _depthwise_convolution(call: LayerCall) -> int:
    kernel = _kernel(call)
    places = num_elements(call.outputs) // (kernel[-1] * kernel[-2])
    return 2 * places * num_elements([kernel]) + _ending(call)


def _separable_convolution(call: LayerCall) -> int:
    depthwise, pointwise = call.layer.depthwise_kernel.shape, call.layer.pointwise_kernel.shape
    places = num_elements(call.outputs) // int(pointwise[-1])
    return 2 * places * (num_elements([depthwise]) + num_elements([pointwise])) + _ending(call)


def _kernel(call: LayerCall) -> tuple[int, ...]:
    return tuple(call.layer.kernel.shape)


def _ending(call: LayerCall) -> int:
    """Bias and activation: one operation an output each."""
    layer = call.layer
    uses_bias = getattr(layer, "use_bias", getattr(layer, "bias", None) is not None)
    activated = layer.activation is not keras.activations.linear
    return (bool(uses_bias) + activated) * num_elements(call.outputs)


def _reversible_embedding(call: LayerCall) -> int:
    """Looking a row up is free; backwards it is a product with the whole table."""
    if call.outputs[0][-1] != call.layer.input_dim:
        return 0
    return 2 * num_elements(call.inputs) * int(call.layer.input_dim)


def _pooling(call: LayerCall) -> int:
    return num_elements(call.outputs) * num_elements([tuple(call.layer.pool_size)])


def _whole_input(call: LayerCall) -> int:
    return num_elements(call.inputs)


def _merge(call: LayerCall) -> int:
    return (len(call.inputs) - 1) * num_elements(call.outputs)


def _dot(call: LayerCall) -> int:
    axes = call.layer.axes
    axis = axes if isinstance(axes, int) else axes[0]
    return 2 * num_elements(call.outputs) * call.inputs[0][axis - 1 if axis > 0 else axis]


def _matmul(call: LayerCall) -> int:
    return 2 * num_elements(call.outputs) * call.inputs[0][-1]


def _einsum(call: LayerCall) -> int:
    """The product of all indices' sizes; a letter that stands for the batch is one."""
    terms, _, _result = call.layer.subscripts.replace(" ", "").partition("->")
    sizes: dict[str, int] = {}
    for indices, shape in zip(terms.split(","), call.inputs, strict=True):
        sizes |= dict(zip(reversed(indices), reversed(shape), strict=False))
    return 2 * num_elements([tuple(sizes.values())])


FORMULAS: Mapping[type, Formula] = MappingProxyType(
    {
        layers.Dense: _dense,
        layers.EinsumDense: _einsum_dense,
        layers.Conv1D: _convolution,
        layers.Conv2D: _convolution,
        layers.Conv3D: _convolution,
        layers.Conv1DTranspose: _transposed_convolution,
        layers.Conv2DTranspose: _transposed_convolution,
        layers.Conv3DTranspose: _transposed_convolution,
        layers.DepthwiseConv1D: _depthwise_convolution,
        layers.DepthwiseConv2D: _depthwise_convolution,
        layers.SeparableConv1D: _separable_convolution,
        layers.SeparableConv2D: _separable_convolution,
        layers.ReversibleEmbedding: _reversible_embedding,
        layers.MaxPooling1D: _pooling,
        layers.MaxPooling2D: _pooling,
        layers.MaxPooling3D: _pooling,
        layers.AveragePooling1D: _pooling,
        layers.AveragePooling2D: _pooling,
        layers.AveragePooling3D: _pooling,
        layers.GlobalMaxPooling1D: _whole_input,
        layers.GlobalMaxPooling2D: _whole_input,
        layers.GlobalMaxPooling3D: _whole_input,
        layers.GlobalAveragePooling1D: _whole_input,
        layers.GlobalAveragePooling2D: _whole_input,
        layers.GlobalAveragePooling3D: _whole_input,
        layers.AdaptiveMaxPooling1D: _whole_input,
        layers.AdaptiveMaxPooling2D: _whole_input,
        layers.AdaptiveMaxPooling3D: _whole_input,
        layers.AdaptiveAveragePooling1D: _whole_input,
        layers.AdaptiveAveragePooling2D: _whole_input,
        layers.AdaptiveAveragePooling3D: _whole_input,
        layers.Add: _merge,
        layers.Subtract: _merge,
        layers.Multiply: _merge,
        layers.Average: _merge,
        layers.Maximum: _merge,
        layers.Minimum: _merge,
        layers.Dot: _dot,
        operations.Matmul: _matmul,
        operations.Einsum: _einsum,
        **attention_flops.FORMULAS,
        **recurrent_flops.FORMULAS,
    }
)

# Operations an output where they are not one, as for an activation or a random layer. What only moves
# numbers costs none.
RATES: Mapping[type, int] = MappingProxyType(
    {
        layers.InputLayer: 0,
        layers.Identity: 0,
        layers.Embedding: 0,
        layers.Concatenate: 0,
        layers.Flatten: 0,
        layers.Reshape: 0,
        layers.Permute: 0,
        layers.RepeatVector: 0,
        layers.ZeroPadding1D: 0,
        layers.ZeroPadding2D: 0,
        layers.ZeroPadding3D: 0,
        layers.Cropping1D: 0,
        layers.Cropping2D: 0,
        layers.Cropping3D: 0,
        layers.UpSampling1D: 0,
        layers.BatchNormalization: 2,
        layers.Normalization: 2,
        layers.Rescaling: 2,
        layers.GroupNormalization: 6,
        layers.LayerNormalization: 6,
        layers.RMSNormalization: 4,
        layers.UnitNormalization: 3,
        layers.Softmax: 4,
    }
)
