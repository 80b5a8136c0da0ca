"""The words of the installed Keras for shapes that do not fit are those that the causes look for."""

import keras
import pytest
from keras import layers

from recipe.compiler.constructing import first_sentence
from recipe.diagnostics.shape_causes import Refusal, explained

REFUSED = {
    "Conv2D on a vector": (layers.Conv2D, {"filters": 8, "kernel_size": 3}, [(64,)]),
    "Conv1D on images": (layers.Conv1D, {"filters": 8, "kernel_size": 3}, [(8, 8, 1)]),
    "LSTM on images": (layers.LSTM, {"units": 8}, [(8, 8, 1)]),
    "global pooling of a vector": (layers.GlobalAveragePooling2D, {}, [(8,)]),
    "TimeDistributed on a vector": (layers.TimeDistributed, {"layer": layers.Flatten()}, [(8,)]),
    "RepeatVector on a sequence": (layers.RepeatVector, {"n": 3}, [(8, 8)]),
    "a large kernel": (layers.Conv2D, {"filters": 8, "kernel_size": 9}, [(8, 8, 1)]),
    "a large depthwise kernel": (layers.DepthwiseConv2D, {"kernel_size": 9}, [(8, 8, 1)]),
    "a large kernel on a sequence": (layers.Conv1D, {"filters": 8, "kernel_size": 9}, [(8, 1)]),
    "a large pool": (layers.MaxPooling2D, {"pool_size": 9}, [(8, 8, 1)]),
    "a large cropping": (layers.Cropping2D, {"cropping": 5}, [(8, 8, 1)]),
    "Add of unequal channels": (layers.Add, {}, [(8, 8, 3), (8, 8, 4)]),
    "Concatenate of unequal maps": (layers.Concatenate, {}, [(8, 8, 3), (4, 4, 3)]),
    "Dot of unequal vectors": (layers.Dot, {"axes": 1}, [(8,), (7,)]),
    "Add of one": (layers.Add, {}, [(8,)]),
    "Dense of two": (layers.Dense, {"units": 8}, [(8,), (8,)]),
    "Reshape to more": (layers.Reshape, {"target_shape": (3, 3)}, [(8,)]),
    "an axis that is not there": (layers.BatchNormalization, {"axis": 5}, [(8,)]),
    "Dense on an unknown size": (layers.Dense, {"units": 8}, [(None,)]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_each_cause_is_known_from_what_keras_says(case):
    kind, arguments, shapes = REFUSED[case]
    fed = [keras.Input(shape) for shape in shapes]
    with pytest.raises((ValueError, IndexError)) as refused:
        kind(**arguments)(fed[0] if len(fed) == 1 else fed)
    reason = first_sentence(refused.value)
    words, helps = explained(Refusal(kind.__name__, tuple(shapes), reason))
    assert words != reason
    assert helps


def test_where_keras_met_an_error_and_its_colours_are_left_out():
    pooled = layers.MaxPooling2D(9)
    with pytest.raises(ValueError, match="Exception encountered") as refused:
        pooled(keras.Input((8, 8, 1)))
    assert first_sentence(refused.value).startswith("Computed output size would be zero or negative")
