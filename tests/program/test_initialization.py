import pytest

from recipe.catalog.calls import Call
from tests.checking import SPEC, problem
from tests.program.programs import network


def initializer(text_of_layers: str, layer: str = "dense", slot: str = "kernel_initializer", more: str = ""):
    return network(text_of_layers, more=more).layers[layer].get(slot)


def name(text_of_layers: str, layer: str = "dense") -> str:
    found = initializer(text_of_layers, layer)
    assert isinstance(found, Call)
    return found.name


def reason(layers: str, layer: str = "dense") -> str:
    return network(layers).layers[layer].arguments["kernel_initializer"].origin.reason


@pytest.mark.parametrize("activation", ["relu", "relu6", "leaky_relu", "elu", "gelu", "silu", "mish"])
def test_a_layer_of_the_relu_family_begins_as_he_said(activation):
    assert name(f"- Dense: {{units: 3, activation: {activation}}}") == "HeNormal"


def test_a_selu_layer_begins_as_lecun_said():
    assert name("- Dense: {units: 3, activation: selu}") == "LecunNormal"


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "softmax", "softplus"])
def test_other_layers_begin_as_glorot_said(activation):
    assert name(f"- Dense: {{units: 3, activation: {activation}}}") == "GlorotUniform"


def test_the_head_is_linear_and_begins_as_glorot_said():
    assert name("- Flatten", "head") == "GlorotUniform"
    assert reason("- Flatten", "head") == "init: auto, for a linear output"


@pytest.mark.parametrize("layer", ["ReLU", "LeakyReLU", "PReLU", "ELU", "Activation: relu"])
def test_a_linear_layer_asks_the_nonlinearity_after_it(layer):
    assert name(f"- Dense: 3\n- {layer}") == "HeNormal"


@pytest.mark.parametrize(
    "between",
    ["- BatchNormalization", "- Dropout: 0.2", "- MaxPooling2D: 2", "- Activation: linear", "- Flatten"],
)
def test_a_layer_that_is_linear_hands_the_question_on(between):
    layers = f"- Conv2D: {{filters: 3, kernel_size: 3, padding: same}}\n{between}\n- ReLU"
    assert name(layers, "conv2d") == "HeNormal"
    assert reason(layers, "conv2d") == "init: auto, for re_lu"


def test_a_linear_activation_of_its_own_is_none():
    assert name("- Dense: {units: 3, activation: linear}\n- ReLU") == "HeNormal"


def test_a_layer_before_another_with_weights_begins_as_glorot_said():
    layers = "- Dense: 3\n- Dense: {units: 3, activation: relu}"
    assert name(layers) == "GlorotUniform"
    assert reason(layers) == "init: auto, for dense_1, which is not a nonlinearity"


def test_consumers_that_differ_are_named():
    layers = "- Dense: 3\n  as: stem\n- ReLU:\n  from: stem\n- Activation: tanh\n  from: stem"
    assert name(layers, "stem") == "GlorotUniform"
    assert "consumers that differ" in reason(layers, "stem")
    assert "re_lu" in reason(layers, "stem")
    assert "activation (tanh)" in reason(layers, "stem")


def test_consumers_that_agree_decide_together():
    layers = "- Dense: 3\n  as: stem\n- ReLU:\n  from: stem\n- ELU:\n  from: stem"
    assert name(layers, "stem") == "HeNormal"


def test_paths_that_meet_again_are_looked_at_once():
    """A ladder of sums has more paths than atoms in the universe, and only as many layers as lines."""
    steps = "".join(f"- Add:\n  from: [a{i}, a{i + 1}]\n  as: a{i + 2}\n" for i in range(300))
    layers = f"- Flatten:\n  as: flat\n- Dense: 64\n  as: a0\n- Dense: 64\n  as: a1\n{steps}- ReLU"
    assert name(layers, "a0") == "GlorotUniform", "a1 follows it, and is no nonlinearity"
    assert name(layers, "a1") == "HeNormal"


@pytest.mark.parametrize(
    ("layer", "class_name"),
    [
        ("LSTM: 3", "lstm"),
        ("GRU: 3", "gru"),
        ("Embedding: {input_dim: 3, output_dim: 2}", "embedding"),
        ("MultiHeadAttention: {num_heads: 1, key_dim: 2}", "multi_head_attention"),
    ],
)
def test_recurrent_embedding_and_attention_layers_keep_keras_s_default(layer, class_name):
    arguments = network(f"- Reshape: [8, 8]\n- {layer}").layers[class_name].arguments
    assert [name for name in arguments if name.endswith("_initializer")] == []


def test_a_separable_convolution_has_two_kernels():
    call = network("- SeparableConv2D: {filters: 3, kernel_size: 3}\n- ReLU").layers["separable_conv2d"]
    assert {call["depthwise_initializer"].name, call["pointwise_initializer"].name} == {"HeNormal"}


def test_what_was_written_at_the_layer_stays():
    assert name("- Dense: {units: 3, activation: relu, kernel_initializer: Zeros}") == "Zeros"


def test_one_initializer_for_all_replaces_the_rule():
    more = "init: {RandomNormal: {stddev: 0.1}}\n"
    found = initializer("- Dense: {units: 3, activation: relu}", more=more)
    assert (found.name, found["stddev"]) == ("RandomNormal", 0.1)
    assert initializer("- Flatten", "head", more=more).name == "RandomNormal"


def test_a_default_leaves_the_slots_that_match_to_their_patterns():
    more = "init: {default: Zeros, match: {'head/*': Ones}}\n"
    built = network("- Dense: 3", more=more)
    assert built.layers["dense"]["kernel_initializer"].name == "Zeros"
    assert built.layers["head"]["kernel_initializer"].name == "Ones"
    assert built.layers["head"]["bias_initializer"].name == "Ones"


def test_a_pattern_says_how_many_slots_it_found():
    more = "init: {match: {'*/kernel': Ones}}\n"
    argument = network("- Dense: 3\n- Dense: 3", more=more).layers["dense"].arguments["kernel_initializer"]
    assert argument.origin.reason == "init.match */kernel (3 slots)"


def test_what_was_written_at_the_layer_is_nearer_than_a_pattern():
    layers = "- Dense: {units: 3, kernel_initializer: Zeros}"
    more = "init: {match: {'*': Ones}}\n"
    assert initializer(layers, more=more).name == "Zeros"
    assert initializer(layers, slot="bias_initializer", more=more).name == "Ones"


def test_the_first_pattern_that_matches_wins():
    more = "init: {match: {'dense/kernel': Zeros, '*/kernel': Ones}}\n"
    assert initializer("- Dense: 3", more=more).name == "Zeros"


def test_a_pattern_without_a_slot_is_refused_at_its_line_with_the_nearest_slot():
    found = problem(SPEC + "init:\n  match:\n    dense/kernl: Zeros\n")
    assert (found.code, found.label, found.span.line) == ("R314", "did you mean `dense/kernel`?", 15)
