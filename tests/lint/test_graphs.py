import pytest

from recipe.lint.graphs import activation_of
from recipe.program.building import build
from tests.lint.programs import root


@pytest.mark.parametrize(
    ("layer", "activation"),
    [
        ("{Dense: 10}", "linear"),
        ("{Dense: {units: 10, activation: relu}}", "relu"),
        ("{Dense: {units: 10, activation: linear}}", "linear"),
        ("{Dense: {units: 10, activation: null}}", "linear"),
        ("{LSTM: 10}", "tanh"),
        ("{LSTM: {units: 10, activation: null}}", "linear"),
        ("{Activation: gelu}", "gelu"),
        ("ReLU", "relu"),
        ("Softmax", "softmax"),
        ("BatchNormalization", "linear"),
    ],
)
def test_the_activation_is_the_written_one_or_keras_s_own_default(layer, activation):
    spec, _ = root(f"architecture: [Flatten, {layer}]")

    assert activation_of(build(spec, None, []).graph.layers[-1]) == activation
