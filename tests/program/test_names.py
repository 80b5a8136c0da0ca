import pytest

from recipe.program.names import Namer, snake_case
from tests.program.programs import network

# What Keras itself calls the first layer of a class; `tests/compiler` holds these against the installed one.
KERAS_CALLS_IT = {
    "Dense": "dense",
    "Conv2D": "conv2d",
    "Conv2DTranspose": "conv2d_transpose",
    "BatchNormalization": "batch_normalization",
    "ReLU": "re_lu",
    "PReLU": "p_re_lu",
    "LSTM": "lstm",
    "GRU": "gru",
    "MaxPooling2D": "max_pooling2d",
    "GlobalAveragePooling2D": "global_average_pooling2d",
    "MultiHeadAttention": "multi_head_attention",
    "TimeDistributed": "time_distributed",
}


@pytest.mark.parametrize(("name", "expected"), KERAS_CALLS_IT.items())
def test_a_class_is_named_as_keras_names_its_layers(name, expected):
    assert snake_case(name) == expected


def test_the_second_of_a_class_has_a_number():
    namer = Namer()
    assert [namer.automatic("dense") for _ in range(3)] == ["dense", "dense_1", "dense_2"]
    assert namer.automatic("flatten") == "flatten"


def test_a_name_that_was_given_is_passed_over():
    namer = Namer(given=frozenset({"dense", "dense_2"}))
    assert [namer.automatic("dense") for _ in range(2)] == ["dense_1", "dense_3"]


def test_thousands_of_given_names_are_passed_over():
    namer = Namer(given=frozenset(f"dense_{number}" for number in range(1, 5000)))
    assert [namer.automatic("dense") for _ in range(2)] == ["dense", "dense_5000"]


def test_a_scope_stands_before_the_name():
    assert Namer("stem.residual").automatic("dense") == "stem.residual.dense"


def test_two_programs_of_one_spec_have_the_same_names():
    layers = "- Dense: 3\n- Dense: 3\n- Flatten"
    assert (
        list(network(layers).layers)
        == list(network(layers).layers)
        == ["dense", "dense_1", "flatten", "head"]
    )


def test_inserting_a_layer_renames_only_equals_after_it():
    before = list(network("- Conv2D: {filters: 3, kernel_size: 3}\n- Flatten\n- Dense: 3").layers)
    after = list(network("- Dense: 3\n- Conv2D: {filters: 3, kernel_size: 3}\n- Flatten\n- Dense: 3").layers)
    assert before == ["conv2d", "flatten", "dense", "head"]
    assert after == ["dense", "conv2d", "flatten", "dense_1", "head"]


def test_a_layer_with_a_name_of_its_own_is_never_renamed():
    layers = "- Dense: 3\n  as: stem"
    assert "stem" in network(layers).layers
    assert "stem" in network("- Dense: 3\n" + layers).layers
