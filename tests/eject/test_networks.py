"""The printed network is the compiled one."""

import runpy
from pathlib import Path

import pytest

import recipe
from recipe.eject.networks import network_source

SPECS = Path(__file__).parents[2] / "specs"

WIRED = """
recipe: 1
name: wired
data: {source: {bundled: digits}}
optimizer: {SGD: {learning_rate: 0.1}}
training: {epochs: 1}
runtime: {precision: mixed_bfloat16}
architecture:
  - Reshape: {target_shape: [8, 8]}
  - MultiHeadAttention: {num_heads: 2, key_dim: 4}
    as: attended
  - LSTM: {units: 6, return_state: true}
    as: [last, hidden, cell]
  - Bidirectional: {LSTM: 3}
    from: attended
    as: both
  - Concatenate:
    from: [both, hidden, cell]
  - head
"""


@pytest.mark.parametrize("name", ["xor", "digits-mlp", "digits-cnn", "penguins-mlp", "wired"])
def test_the_printed_network_is_the_compiled_one(name: str, tmp_path: Path):
    spec = recipe.load("wired.yaml", text=WIRED) if name == "wired" else recipe.load(SPECS / f"{name}.yaml")
    compilation = recipe.compile(spec)
    script = tmp_path / "network.py"
    script.write_text(network_source(compilation.program))
    printed = runpy.run_path(str(script))["build_network"]()
    assert printed.get_config() == compilation.model.get_config()
    assert [weight.path for weight in printed.weights] == [
        weight.path for weight in compilation.model.weights
    ]


def test_the_printed_network_imports_keras_alone():
    text = network_source(recipe.compile(SPECS / "xor.yaml").program)
    assert [line for line in text.splitlines() if "import" in line] == ["import keras"]


def test_no_variable_hides_a_module():
    text = """
recipe: 1
name: odd
data: {source: {bundled: digits}}
architecture: [{Flatten: , as: keras}, head]
optimizer: SGD
training: {epochs: 1}
"""
    printed = network_source(recipe.compile(recipe.load("odd.yaml", text=text)).program)
    assert 'keras_ = keras.layers.Flatten(name="keras")(input_)' in printed
