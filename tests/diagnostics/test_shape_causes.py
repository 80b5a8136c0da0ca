"""What a refused layer is told, from the words that Keras 3.15 uses."""

import pytest

from recipe.diagnostics.shape_causes import Refusal, explained, written
from recipe.diagnostics.shapes import LayerRefused, OutputDoesNotFit

RANK = "Input 0 with name 'None' of layer 'x' is incompatible with the layer: expected {}, found ndim=9."
LARGE = (
    "Computed output size would be zero or negative. Received `inputs shape=(None, {})`, {}, `padding=valid`"
)
UNEQUAL = "Inputs have incompatible shapes. Received shapes (8, 8, 3) and (8, 8, 4)"
MATCHING = "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis."

CASES = {
    "images wanted, a vector fed": (
        Refusal("Conv2D", ((64,),), RANK.format("min_ndim=4")),
        "it takes `(height, width, channels)`, and is fed 1 axis",
        "`Reshape: [64, 1, 1]`",
    ),
    "an operation took even the axis of the examples": (
        Refusal("Flatten", ((),), RANK.format("min_ndim=1")),
        "it takes 0 axes, and is fed 0 axes",
        "`Reshape: []`",
    ),
    "a channel is missing": (
        Refusal("Conv2D", ((8, 8),), RANK.format("min_ndim=4")),
        "it takes `(height, width, channels)`, and is fed 2 axes",
        "`Reshape: [8, 8, 1]`",
    ),
    "images fed to a recurrent layer": (
        Refusal("LSTM", ((8, 8, 3),), RANK.format("ndim=3")),
        "it takes `(steps, features)`, and is fed 3 axes",
        "`Reshape: [8, 24]`",
    ),
    "an image in one dimension": (
        Refusal("Conv1D", ((8, 8, 1),), "Kernel shape must have the same length as input, but received"),
        "it takes `(steps, features)`, and is fed 3 axes",
        "`Reshape: [8, 8]`",
    ),
    "a sequence of unknown length": (
        Refusal("RepeatVector", ((None, 8),), RANK.format("ndim=2")),
        "it takes `(features,)`, and is fed 2 axes",
        "`Flatten`",
    ),
    "a kernel larger than the map": (
        Refusal("Conv2D", ((6, 6, 4),), LARGE.format("6, 6, 4", "`kernel shape=(7, 7, 4, 8)`")),
        "its window of 7 x 7 is larger than the map of 6 x 6",
        "a smaller `kernel_size`",
    ),
    "a pool larger than the map": (
        Refusal("MaxPooling2D", ((6, 6, 4),), LARGE.format("6, 6, 4", "`pool_size=[9 9]`")),
        "its window of 9 x 9 is larger than the map of 6 x 6",
        "a smaller `pool_size`",
    ),
    "channels that differ": (
        Refusal("Add", ((8, 8, 3), (8, 8, 4)), UNEQUAL),
        "they differ in axis 3, 3 and 4",
        "join them with `Concatenate`",
    ),
    "maps that differ": (
        Refusal("Concatenate", ((8, 8, 3), (4, 4, 3)), MATCHING),
        "they differ in axis 1, 8 and 4",
        "`padding: same`",
    ),
    "ranks that differ": (
        Refusal("Concatenate", ((8, 8, 3), (3,)), MATCHING),
        "one has 3 axes and another 1",
        "as many axes",
    ),
    "a shape that does not hold as many": (
        Refusal(
            "Reshape",
            ((8,),),
            "The total size of the tensor must be unchanged. Received: input_shape=(8,), target_shape=(3, 3)",
        ),
        "it has 8 numbers, and (3, 3) holds 9",
        "-1",
    ),
    "an axis that is not there": (
        Refusal("BatchNormalization", ((8,),), "tuple index out of range"),
        "it works on an axis that its input does not have",
        "another `axis`",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_cause_is_said_in_our_words_with_what_helps(case):
    refusal, sentence, help_ = CASES[case]
    words, helps = explained(refusal)
    assert words == sentence
    assert help_ in helps


def test_what_no_row_knows_stays_in_keras_s_words():
    assert explained(Refusal("Dense", ((8,),), "something new")) == ("something new", "")


def test_a_shape_is_written_as_python_writes_it():
    assert [written(()), written((8,)), written((None, 3))] == ["()", "(8,)", "(?, 3)"]


def test_a_refused_layer_shows_its_shapes_the_layers_before_it_and_keras_s_words():
    table = (("input", "(8, 8, 3)"), ("conv2d", "(8, 8, 4)"))
    refused = LayerRefused(None, "Add", ((8, 8, 3), (8, 8, 4)), UNEQUAL, table)
    assert refused.message == "`Add` cannot take (8, 8, 3) and (8, 8, 4): they differ in axis 3, 3 and 4"
    assert refused.help.splitlines()[1:] == [
        "the layers before it:",
        "  input   (8, 8, 3)",
        "  conv2d  (8, 8, 4)",
        f"Keras says: {UNEQUAL}",
    ]


def test_of_a_deep_network_the_last_layers_are_shown():
    table = tuple((f"dense_{number}", "(8,)") for number in range(100))
    rows = LayerRefused(None, "Add", ((8,),), "something new", table).help.splitlines()
    assert len(rows) == 32
    assert rows[1] == "  ..."
    assert rows[-1].startswith("  dense_99")


@pytest.mark.parametrize(
    ("shape", "helps"), [((6, 6, 10), "`Flatten`"), ((3,), "10 units"), ((), "`Dense` of 10 units")]
)
def test_an_output_that_does_not_fit_is_told_what_would(shape, helps):
    assert helps in OutputDoesNotFit(None, "digit", shape, (10,)).help


@pytest.mark.parametrize(
    ("shape", "helps"),
    [
        ((1,), "end with `Dense: 48` and `Reshape: [48, 1]` in place of `head`"),
        ((96, 1), "end with `Flatten`, `Dense: 48` and `Reshape: [48, 1]` in place of `head`"),
        ((48, 3), "end with `head`, which counts what the target has, or with 1 unit"),
    ],
)
def test_a_horizon_that_is_no_window_is_said_by_a_layer_of_its_numbers(shape, helps):
    assert OutputDoesNotFit(None, "horizon", shape, (48, 1), ((96, 3),)).help.endswith(helps)


@pytest.mark.parametrize("shape", [(1,), (5, 1)])
def test_positions_that_the_input_has_are_kept(shape):
    assert OutputDoesNotFit(None, "load", shape, (24, 1), ((24, 2),)).help.startswith("keep the positions")
