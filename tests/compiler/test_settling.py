"""What shapes settle: projections, dropped paths, operations and shared layers as Keras objects."""

import keras
import numpy as np
import pytest

import recipe
from recipe.compiler.compiling import abstract_network
from tests.compiler.test_networks import HEADER, compiled, refusal

RESNET = """\
  - Conv2D: {filters: 8, kernel_size: 3, padding: same}
  - residual:
      body:
        - Conv2D: {filters: 8, kernel_size: 3, padding: same}
      shortcut: project
  - residual:
      body:
        - Conv2D: {filters: 16, kernel_size: 3, strides: 2, padding: same}
      shortcut: project
  - GlobalAveragePooling2D
  - head
"""


def names(architecture: str) -> list[str]:
    return [row.name for row in compiled(architecture).compiled.layers]


def test_a_projection_is_a_convolution_only_where_the_shapes_differ():
    found = compiled(RESNET)
    table = {row.name: row for row in found.compiled.layers}
    assert "residual.shortcut" not in table
    shortcut = table["residual_1.shortcut"]
    assert (shortcut.shape, shortcut.parameters) == ("(4, 4, 16)", 8 * 16)
    assert found.model.get_layer("residual_1.shortcut").strides == (2, 2)


def test_the_program_of_what_was_compiled_holds_classes_of_keras_alone():
    graph = compiled(RESNET).program.graph
    assert all(layer.call.target.startswith("keras.") for layer in graph.layers)
    assert graph.layer("residual.add").wires[0].layer == "conv2d"


@pytest.mark.parametrize(
    ("before", "body", "kind"),
    [
        ("  - Flatten\n", "{Dense: 7}", "Dense"),
        ("  - op: {reshape: {newshape: [-1, 8, 8]}}\n", "{Conv1D: {filters: 7, kernel_size: 1}}", "Conv1D"),
        ("", "{Conv2D: {filters: 7, kernel_size: 1}}", "Conv2D"),
        ("  - Reshape: [8, 8, 1, 1]\n", "{Conv3D: {filters: 7, kernel_size: 1}}", "Conv3D"),
    ],
)
def test_a_projection_has_the_rank_of_what_it_projects(before, body, kind):
    rows = compiled(f"{before}  - residual: {{body: [{body}], shortcut: project}}\n  - Flatten\n  - head\n")
    assert {row.name: row.kind for row in rows.compiled.layers}["residual.shortcut"] == kind


def test_own_layers_of_a_projection_are_built_only_where_the_shapes_differ():
    shortcut = "{{project: [{{Dense: {0}}}, ReLU]}}"
    text = (
        f"  - Flatten\n  - residual: {{{{body: [{{{{Dense: {{0}}}}}}], shortcut: {shortcut}}}}}\n  - head\n"
    )
    assert "residual.shortcut.dense" in names(text.format(32))
    assert "residual.shortcut.dense" not in names(text.format(64))


def test_a_dropped_path_skips_whole_examples():
    model = compiled("  - Flatten\n  - residual: {body: [{Dense: 64}], drop_path: 0.5}\n  - head\n").model
    layer = model.get_layer("residual.drop_path")
    kept = np.asarray(layer(np.ones((200, 64), "float32"), training=True))
    assert set(np.unique(kept)) == {0.0, 2.0}
    assert (kept == kept[:, :1]).all(), "an example is kept or skipped as a whole"
    assert 60 < (kept[:, 0] > 0).sum() < 140


def test_a_residual_is_the_sum_that_keras_computes():
    model = compiled("  - Flatten\n  - residual: [{Dense: {units: 64, activation: relu}}]\n  - head\n").model
    kernel, bias, head, head_bias = (np.asarray(weight) for weight in model.weights)
    images = np.random.default_rng(0).random((5, 8, 8, 1), "float32")
    flat = images.reshape(5, 64)
    expected = (flat + np.maximum(flat @ kernel + bias, 0)) @ head + head_bias
    np.testing.assert_allclose(np.asarray(model(images)), expected, rtol=1e-5, atol=1e-5)


def test_a_shared_layer_is_one_object_and_counts_once():
    found = compiled("  - Flatten\n  - Dense: 64\n    as: twin\n  - reuse: twin\n  - head\n")
    assert [row.parameters for row in found.compiled.layers] == [0, 64 * 64 + 64, 0, 650]
    assert found.model.count_params() == 64 * 64 + 64 + 650
    kernel, bias = (np.asarray(weight) for weight in found.model.get_layer("twin").weights)
    images = np.random.default_rng(0).random((3, 8, 8, 1), "float32")
    twice = (images.reshape(3, 64) @ kernel + bias) @ kernel + bias
    inner = keras.Model(found.model.inputs, found.model.get_layer("head").input)
    np.testing.assert_allclose(np.asarray(inner(images)), twice, rtol=1e-5, atol=1e-5)


def test_operations_have_names_of_ours_and_the_model_survives_saving(tmp_path):
    text = "  - op: {reshape: {newshape: [-1, 64]}}\n  - op: {multiply: {x2: 0.5}}\n  - op: relu\n  - head\n"
    model = compiled(text).model
    assert [operation.name for operation in model.operations[1:]] == ["reshape", "multiply", "relu", "head"]
    model.save(tmp_path / "model.keras")
    images = np.random.default_rng(0).random((2, 8, 8, 1), "float32")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(np.asarray(model(images)), np.asarray(again(images)))


def test_the_names_of_operations_do_not_depend_on_what_was_built_before():
    text = "  - op: {reshape: {newshape: [-1, 64]}}\n  - head\n"
    one, two = (compiled(text).model for _ in range(2))
    assert [each.name for each in one.operations] == [each.name for each in two.operations]


def test_shapes_that_do_not_add_up_are_told_at_the_row_of_the_residual():
    problem = refusal("  - Flatten\n  - residual: [{Dense: 3}]\n  - head\n").problems[0]
    assert (problem.code, problem.span.line) == ("R401", 8)


def test_the_table_of_a_deep_network_needs_no_weights():
    spec = recipe.load(
        "deep.yaml",
        text=f"{HEADER}  - Flatten\n  - Dense: 100000\n"
        "  - repeat: {times: 10, layers: [{residual: [{Dense: 100000}]}]}\n  - head\n",
    )
    table = abstract_network(recipe.api.prepare(spec).program).table
    assert sum(row.parameters for row in table) > 10**11
