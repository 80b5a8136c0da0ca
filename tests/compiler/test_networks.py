"""The network: shapes, parameters, names, and what Keras refuses, at the row of the spec."""

import keras
import numpy as np
import pytest

import recipe
from recipe.diagnostics.problems import RecipeError

HEADER = """recipe: 1
name: network
data: {source: {bundled: digits}}
optimizer: {SGD: {learning_rate: 0.1}}
training: {epochs: 1}
architecture:
"""
FIRST_ROW = 7


def compiled(architecture: str) -> recipe.api.Compilation:
    return recipe.compile(recipe.load("network.yaml", text=HEADER + architecture))


def refusal(architecture: str) -> RecipeError:
    with pytest.raises(RecipeError) as refused:
        compiled(architecture)
    return refused.value


def test_the_model_is_a_plain_functional_keras_model():
    model = compiled("  - Flatten\n  - Dense: 5\n  - head\n").model
    assert type(model) is keras.src.models.functional.Functional
    assert [type(layer).__module__.split(".")[0] for layer in model.layers] == ["keras"] * 4


def test_shapes_and_parameters_of_every_layer_stand_in_the_table():
    table = compiled("  - Flatten\n  - Dense: 64\n  - head\n").compiled.layers
    assert [row.parameters for row in table] == [0, 64 * 64 + 64, 64 * 10 + 10]
    assert [row.shape for row in table] == ["(64,)", "(64,)", "(10,)"]


def test_from_wires_a_layer_to_several_others_in_order():
    architecture = """
  - Flatten:
    as: flat
  - Dense:
      units: 3
    as: left
  - Dense:
      units: 4
    from: flat
    as: right
  - Concatenate:
    from: [right, left]
  - head
"""
    model = compiled(architecture).model
    joined = model.get_layer("concatenate")
    assert [tensor.shape[-1] for tensor in joined.input] == [4, 3]


def test_attention_with_one_input_attends_to_itself():
    architecture = """
  - Reshape: {target_shape: [8, 8]}
  - MultiHeadAttention:
      num_heads: 2
      key_dim: 4
    call: {use_causal_mask: true}
  - Flatten
  - head
"""
    assert compiled(architecture).model.get_layer("multi_head_attention").output.shape == (None, 8, 8)


def test_a_layer_that_when_skips_passes_its_input_on():
    architecture = '  - Flatten\n  - Dense:\n      units: 3\n    when: "${1 > 2}"\n    as: gone\n  - head\n'
    model = compiled(architecture).model
    assert [layer.name for layer in model.layers] == ["input", "flatten", "head"]


def test_a_kernel_larger_than_the_image_is_refused_at_its_row_with_the_layers_before_it():
    small, large = "{filters: 4, kernel_size: 3}", "{filters: 4, kernel_size: 7}"
    (problem,) = refusal(f"  - Conv2D: {small}\n  - Conv2D: {large}\n  - Flatten\n  - head\n").problems
    assert problem.code == "R401"
    assert problem.span.line == FIRST_ROW + 1
    assert "(6, 6, 4)" in problem.message
    assert "conv2d" in problem.help


def test_a_layer_of_the_wrong_rank_is_refused_at_its_row():
    (problem,) = refusal("  - Flatten\n  - Conv2D: {filters: 4, kernel_size: 3}\n  - head\n").problems
    assert (problem.code, problem.span.line) == ("R401", FIRST_ROW + 1)


def test_merging_unequal_shapes_is_refused_at_its_row_with_both_shapes():
    architecture = """  - Flatten:
    as: flat
  - Dense: 3
    as: narrow
  - Add:
    from: [flat, narrow]
  - head
"""
    (problem,) = refusal(architecture).problems
    assert (problem.code, problem.span.line) == ("R401", FIRST_ROW + 4)
    assert "(64,) and (3,)" in problem.message


def test_a_head_without_flatten_is_refused_with_what_helps():
    (problem,) = refusal("  - Conv2D: {filters: 4, kernel_size: 3}\n  - head\n").problems
    assert (problem.code, problem.span.line) == ("R404", FIRST_ROW + 1)
    assert "Flatten" in problem.help


def test_more_outputs_than_a_flag_has_are_refused_at_the_last_layer():
    spec = HEADER.replace("digits", "xor") + "  - Dense: {units: 4, activation: relu}\n  - Dense: 2\n"
    with pytest.raises(RecipeError) as refused:
        recipe.compile(recipe.load("network.yaml", text=spec))
    (problem,) = refused.value.problems
    assert (problem.code, problem.span.line) == ("R404", FIRST_ROW + 1)
    assert problem.help.endswith("or with 1 unit")


def test_a_layer_inside_a_block_that_ships_is_refused_where_the_spec_names_the_block():
    block = "  - conv_bn: {filters: 4, kernel_size: 9, padding: valid}\n"
    (problem,) = refusal(f"  - ReLU\n{block}  - Flatten\n  - head\n").problems
    assert (problem.code, problem.span.source) == ("R401", "network.yaml")
    assert problem.span.line == FIRST_ROW + 1


def test_what_a_constructor_refuses_is_told_at_its_row():
    (problem,) = refusal("  - Flatten\n  - Reshape: {target_shape: [3, 5]}\n  - Flatten\n  - head\n").problems
    assert (problem.code, problem.span.line) == ("R401", FIRST_ROW + 1)


def test_planning_gives_no_weight_a_value():
    from recipe.compiler.compiling import abstract_network

    wide = "  - Flatten\n  - Dense: 100000\n  - Dense: 100000\n  - head\n"  # 40 GB of weights
    prepared = recipe.api.prepare(recipe.load("network.yaml", text=HEADER + wide))
    table = abstract_network(prepared.program).table
    assert sum(row.parameters for row in table) == 65 * 100000 + 100001 * 100000 + 100001 * 10


def test_the_states_of_one_recurrent_layer_start_another_as_in_keras():
    architecture = """
  - Reshape: {target_shape: [8, 8]}
    as: rows
  - LSTM: {units: 4, return_state: true}
    as: [end, h, c]
  - LSTM: 4
    from: {sequences: rows, initial_state: [h, c]}
  - head
"""
    model = compiled(architecture).model
    images = np.random.default_rng(0).random((2, 8, 8, 1), "float32")
    first, second, head = (model.get_layer(name) for name in ("lstm", "lstm_1", "head"))
    rows = images.reshape(2, 8, 8)
    _, h, c = first(rows)
    expected = head(second(rows, initial_state=[h, c]))
    np.testing.assert_allclose(np.asarray(model(images)), np.asarray(expected), rtol=1e-5)


def test_more_names_than_outputs_are_refused_at_the_row_of_the_layer():
    row = "  - Flatten\n  - Dense: 3\n    as: [a, b]\n  - Add:\n    from: [a, b]\n  - head\n"
    (found,) = refusal(row).problems
    assert (found.code, found.span.line, found.outputs) == ("R244", FIRST_ROW + 1, 1)


def test_a_name_that_nothing_reads_needs_an_output_too():
    row = "  - Flatten:\n    as: [flat, shape]\n  - head\n"
    (found,) = refusal(row).problems
    assert (found.code, found.span.line, found.outputs) == ("R244", FIRST_ROW, 1)
