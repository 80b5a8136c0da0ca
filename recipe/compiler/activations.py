"""What a layer's call keeps in memory for the pass back, from shapes.

An estimate: every array that a layer gives is taken as kept once, and the arrays inside a layer as its
gradient needs them. A compiler keeps fewer where it fuses or computes again, and needs room to work beside.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from keras import layers

from recipe.compiler.attention_flops import sizes_of
from recipe.compiler.layer_calls import LayerCall, leaves, num_elements, row_of
from recipe.compiler.recurrent_flops import cells_of

# Activations whose gradient follows from what they give.
FROM_OUTPUT = frozenset(
    {"linear", "relu", "relu6", "leaky_relu", "sigmoid", "tanh", "softmax", "exponential"}
)

# Arrays of one number a unit that a step of a cell keeps: gates before and after, states old and new.
PER_UNIT: Mapping[type, int] = MappingProxyType(
    {layers.SimpleRNNCell: 2, layers.GRUCell: 10, layers.LSTMCell: 12}
)
_OTHER_CELL = 8


def kept_bytes(call: LayerCall | None) -> int | None:
    """What one pass forward of a layer keeps for one example, at the precision that it computes in.

    Args:
        call: None where its shapes are not known.
    """
    calls = None if call is None else leaves(call)
    return None if calls is None else sum(each.times * _kept(each) * _width(each.layer) for each in calls)


def _width(layer: Any) -> int:
    """Operations of `keras.ops` have no policy; they compute as they are fed, in float32 mostly."""
    return bytes_of(getattr(layer, "compute_dtype", "float32"))


def bytes_of(dtype: str) -> int:
    """The size of one number.

    >>> bytes_of("bfloat16"), bytes_of("float32"), bytes_of("bool")
    (2, 4, 1)
    """
    digits = "".join(filter(str.isdigit, dtype.replace("bfloat", "float").partition("_")[0]))
    return max(1, int(digits or 8) // 8)


def _kept(call: LayerCall) -> int:
    formula = row_of(FORMULAS, call.layer)
    outputs = num_elements(call.outputs)
    if formula is not None:
        return formula(call)
    rate = row_of(RATES, call.layer)
    return outputs * (_activated(call) if rate is None else rate)


def _activated(call: LayerCall) -> int:
    """One array, or three where the activation is a product such as `x * sigmoid(x)`."""
    activation = getattr(call.layer, "activation", None)
    name = getattr(activation, "__name__", "linear")
    return 1 if name in FROM_OUTPUT else 3


def _maximum(call: LayerCall) -> int:
    """Which input was the largest is found again in them."""
    return num_elements(call.inputs) + num_elements(call.outputs)


def _attention(call: LayerCall) -> int:
    """Projections, scores before and after their softmax (and dropout), their mean, and the output."""
    sizes = sizes_of(call)
    scores = 2 + (getattr(call.layer, "dropout", 0) > 0)
    return 2 * sizes.projected + scores * sizes.scores + num_elements(call.outputs[:1])


def _additive_attention(call: LayerCall) -> int:
    """As attention, with the sum of query and key for every score."""
    return _attention(call) + sizes_of(call).scores * sizes_of(call).key_size


def _separable_convolution(call: LayerCall) -> int:
    layer = call.layer
    between, filters = layer.pointwise_kernel.shape[-2:]
    outputs = num_elements(call.outputs)
    return outputs * _activated(call) + outputs // int(filters) * int(between)


def _recurrent(call: LayerCall) -> int:
    units = sum((row_of(PER_UNIT, cell) or _OTHER_CELL) * int(cell.units) for cell in cells_of(call.layer))
    return call.inputs[0][0] * units


def _convolutional_recurrent(call: LayerCall) -> int:
    images = num_elements(call.outputs[:1]) // (call.inputs[0][0] if call.layer.return_sequences else 1)
    return PER_UNIT[layers.LSTMCell] * images * call.inputs[0][0]


FORMULAS: Mapping[type, Callable[[LayerCall], int]] = MappingProxyType(
    {
        layers.MultiHeadAttention: _attention,
        layers.GroupQueryAttention: _attention,
        layers.Attention: _attention,
        layers.AdditiveAttention: _additive_attention,
        layers.SeparableConv1D: _separable_convolution,
        layers.SeparableConv2D: _separable_convolution,
        layers.MaxPooling1D: _maximum,
        layers.MaxPooling2D: _maximum,
        layers.MaxPooling3D: _maximum,
        layers.RNN: _recurrent,
        layers.ConvLSTM1D: _convolutional_recurrent,
        layers.ConvLSTM2D: _convolutional_recurrent,
        layers.ConvLSTM3D: _convolutional_recurrent,
    }
)

# Arrays of the output's size, where they are not one: views of what is there already, or more than one.
RATES: Mapping[type, int] = MappingProxyType(
    {
        layers.InputLayer: 0,
        layers.Identity: 0,
        layers.Flatten: 0,
        layers.Reshape: 0,
        layers.Dropout: 2,
        layers.GaussianDropout: 2,
        layers.AlphaDropout: 2,
        layers.BatchNormalization: 2,
        layers.GroupNormalization: 2,
        layers.LayerNormalization: 2,
        layers.RMSNormalization: 2,
        layers.PReLU: 2,
    }
)
