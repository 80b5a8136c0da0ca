"""Weights by path: twins differ, and inserting a layer moves nothing else."""

from collections.abc import Mapping

import keras
import numpy as np

import recipe
from recipe.training.folders import arrays_by_path

HEADER = """
recipe: 1
name: weights
data: {source: {bundled: digits}}
optimizer: {SGD: {learning_rate: 0.1}}
training: {epochs: 1}
architecture:
"""


def weights_of(architecture: str) -> Mapping[str, np.ndarray]:
    spec = recipe.load("weights.yaml", text=HEADER + architecture)
    return arrays_by_path(recipe.compile(spec).model)


ATTENTION = """
  - Reshape: {target_shape: [8, 8]}
  - MultiHeadAttention: {num_heads: 2, key_dim: 4}
  - Bidirectional: {LSTM: 5}
  - head
"""


def test_query_key_and_value_of_one_attention_differ():
    weights = weights_of(ATTENTION)
    kernels = [weights[f"multi_head_attention/{part}/kernel"] for part in ("query", "key", "value")]
    assert kernels[0].shape == kernels[1].shape == kernels[2].shape
    assert not np.array_equal(kernels[0], kernels[1])
    assert not np.array_equal(kernels[1], kernels[2])


def test_an_attention_has_the_same_weights_in_every_compilation():
    # Keras draws a seed for the kernels of an attention, as if somebody had written it.
    one, other = weights_of(ATTENTION), weights_of(ATTENTION)
    assert all(np.array_equal(one[path], other[path]) for path in one)


def test_both_directions_of_a_bidirectional_differ():
    weights = weights_of(ATTENTION)
    forward = weights["bidirectional/forward_lstm/lstm_cell/kernel"]
    assert not np.array_equal(forward, weights["bidirectional/backward_lstm/lstm_cell/kernel"])


def test_twin_layers_differ():
    weights = weights_of("  - Flatten\n  - Dense: 64\n  - Dense: 64\n  - head\n")
    assert not np.array_equal(weights["dense/kernel"], weights["dense_1/kernel"])


def test_a_written_seed_takes_the_place_of_the_root_and_twins_still_differ():
    seeded = "{units: 64, kernel_initializer: {GlorotUniform: {seed: 3}}}"
    weights = weights_of(f"  - Flatten\n  - Dense: {seeded}\n  - Dense: {seeded}\n  - head\n")
    assert not np.array_equal(weights["dense/kernel"], weights["dense_1/kernel"])


def test_inserting_a_layer_changes_only_weights_whose_path_or_shape_changed():
    last = "  - Dense: 32\n    as: last\n  - head\n"
    before = weights_of(f"  - Flatten\n  - Dense: 32\n{last}")
    after = weights_of(f"  - Flatten\n  - Dense: 32\n  - LayerNormalization\n  - Dense: 32\n{last}")
    assert set(before) < set(after)
    for path, weight in before.items():
        np.testing.assert_array_equal(weight, after[path], err_msg=path)


def test_another_seed_gives_other_kernels():
    spec = recipe.load("w.yaml", ["runtime.seed=5"], text=HEADER + "  - Flatten\n  - head\n")
    other = arrays_by_path(recipe.compile(spec).model)
    assert not np.array_equal(other["head/kernel"], weights_of("  - Flatten\n  - head\n")["head/kernel"])


def test_he_normal_has_the_variance_of_the_paper():
    weights = weights_of("  - Flatten\n  - Dense: {units: 2048, activation: relu}\n  - head\n")
    # He et al., equation 10: variance 2 / fan_in.
    np.testing.assert_allclose(weights["dense/kernel"].var(), 2 / 64, rtol=0.02)


def test_what_draws_inside_other_layers_is_seeded_by_its_path():
    architecture = ATTENTION.replace("{LSTM: 5}", "{LSTM: {units: 5, dropout: 0.2}}")
    states = [_seeds(architecture) for _ in range(2)]
    assert states[0] == states[1]
    assert len(set(states[0])) == len(states[0]) >= 2


def _seeds(architecture: str) -> list[int]:
    model = recipe.compile(recipe.load("weights.yaml", text=HEADER + architecture)).model
    cells = [layer for layer in model._flatten_layers() if layer._seed_generators]
    return [int(np.asarray(one.state)[0]) for layer in cells for one in layer._seed_generators]


# init.residual, init.head_bias and init.weights: values, not only initializers

DEEP = """
  - Reshape: {target_shape: [8, 8]}
  - repeat: {times: 2, layers: [{transformer: {width: 8, heads: 2}}]}
  - Flatten
  - head
"""


ATTENTION_ONLY = """
  - Reshape: {target_shape: [8, 8]}
  - repeat: {times: 1, layers: [{residual: [{MultiHeadAttention: {num_heads: 2, key_dim: 4}}]}]}
  - Flatten
  - head
"""


def test_residual_branches_that_begin_at_zero_begin_as_their_shortcuts():
    spec = recipe.load("weights.yaml", text=HEADER + DEEP + "init: {residual: zero}\n")
    network = recipe.compile(spec).model
    images = np.random.default_rng(0).random((3, 8, 8, 1), np.float32)
    stem = keras.Model(network.input, network.get_layer("flatten").output)
    np.testing.assert_array_equal(stem(images), images.reshape(3, 64))


def test_a_network_begins_at_the_prior_of_its_target():
    spec = recipe.load("weights.yaml", text=HEADER + "  - Flatten\n  - head\ninit: {head_bias: prior}\n")
    compilation = recipe.compile(spec)
    counts = compilation.program.facts.targets[0].counts
    logits = compilation.model.get_layer("head").bias
    np.testing.assert_allclose(keras.ops.softmax(logits), np.array(counts) / sum(counts), rtol=1e-5)


def test_the_output_of_an_attention_begins_as_a_multiple_of_what_it_would():
    four = ATTENTION_ONLY.replace("times: 1", "times: 4")  # the root of four branches is two
    plain, scaled = (
        arrays_by_path(recipe.compile(recipe.load("weights.yaml", text=HEADER + four + more)).model)
        for more in ("", "init: {residual: scaled}\n")
    )
    for path in plain:
        is_last = path.endswith("attention_output/kernel")
        np.testing.assert_allclose(scaled[path], plain[path] / (2 if is_last else 1), rtol=1e-6, err_msg=path)
