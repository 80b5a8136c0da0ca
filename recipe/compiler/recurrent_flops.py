"""Operations of recurrent layers: the products of their cell, once a step of the sequence."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from keras import layers

from recipe.compiler.layer_calls import LayerCall, num_elements, row_of

# Element-wise operations of a cell by unit: biases, activations, and the mixing of old and new state.
PER_UNIT: Mapping[type, int] = MappingProxyType(
    {layers.SimpleRNNCell: 3, layers.GRUCell: 15, layers.LSTMCell: 17}
)


def _sequence(call: LayerCall) -> int:
    return call.inputs[0][0] * sum(map(_cell, cells_of(call.layer)))


def _one_step(call: LayerCall) -> int:
    return sum(map(_cell, cells_of(call.layer)))


def cells_of(layer: Any) -> list[Any]:
    """The cells of a recurrent layer, one after the other."""
    cell = getattr(layer, "cell", layer)
    return list(getattr(cell, "cells", [cell]))


def _cell(cell: Any) -> int:
    """Both kernels are used whole; a cell of another class counts by the kernels that it has."""
    matrices = [weight.shape for weight in cell.weights if weight.name.endswith("kernel")]
    return 2 * num_elements(matrices) + (row_of(PER_UNIT, cell) or 0) * int(cell.units)


def _convolutional(call: LayerCall) -> int:
    """Both kernels are used whole at every place of the state (Shi et al., arXiv 1506.04214)."""
    cell = call.layer.cell
    images = num_elements(call.outputs[:1])
    if call.layer.return_sequences:
        images //= call.inputs[0][0]
    places = images // int(cell.filters)
    products = 2 * num_elements([cell.kernel.shape, cell.recurrent_kernel.shape])
    return call.inputs[0][0] * places * (products + PER_UNIT[layers.LSTMCell] * int(cell.filters))


FORMULAS: Mapping[type, Any] = MappingProxyType(
    {
        layers.RNN: _sequence,
        layers.SimpleRNNCell: _one_step,
        layers.GRUCell: _one_step,
        layers.LSTMCell: _one_step,
        layers.StackedRNNCells: _one_step,
        layers.ConvLSTM1D: _convolutional,
        layers.ConvLSTM2D: _convolutional,
        layers.ConvLSTM3D: _convolutional,
    }
)
