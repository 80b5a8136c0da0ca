"""A Keras model as a spec, and that spec compiled: the same outputs from the same weights."""

import keras
import numpy as np
import pytest

from recipe.compiler.compiling import compile_program
from recipe.compiler.from_keras.reading import Read, open_model, read_model
from recipe.diagnostics.problems import RecipeError
from recipe.program.facts import Facts, InputFact, Target
from recipe.training.placements import open_placement
from tests.program.programs import built

REST = """
name: read
data: {source: {bundled: digits}}
optimizer: {SGD: {learning_rate: 0.1}}
training: {epochs: 1}
loss: MeanSquaredError
metrics: MeanAbsoluteError
"""
LARGE = [
    *("DenseNet121", "EfficientNetB0", "EfficientNetV2B0", "InceptionV3", "MobileNet"),
    *("ResNet50", "ResNet101", "ResNet50V2", "VGG16", "Xception", "MobileNetV3Small"),
]


def again(read: Read, model: keras.Model) -> keras.Model:
    """The model of a spec that was read from a model, with the weights of that model."""
    inputs = {_input(tensor, model): InputFact(tuple(tensor.shape)[1:], "float32") for tensor in model.inputs}
    targets = (Target("y", "category", tuple(map(str, range(model.outputs[0].shape[-1]))), (1,) * 1000),)
    facts = Facts({"train": 8}, inputs, (), targets, "0" * 64)
    found = built(f"{read.text}{REST}", facts)
    assert found.problems == ()
    compiled = compile_program(found.program, open_placement(found.program.runtime))
    assert len(compiled.layers) == len(read.layers)
    for row, layer in zip(compiled.layers, read.layers, strict=True):
        if row.parameters:
            compiled.model.get_layer(row.name).set_weights(model.get_layer(layer).get_weights())
    return compiled.model


def _input(tensor: keras.KerasTensor, model: keras.Model) -> str:
    return tensor.name if len(model.inputs) > 1 else "input"


def assert_equal(one: keras.Model, other: keras.Model) -> None:
    """Equal outputs on random input."""
    generator = np.random.default_rng(0)
    shapes = [[size or 64 for size in tensor.shape[1:]] for tensor in one.inputs]
    arrays = [generator.random((2, *shape), "float32") for shape in shapes]
    fed = arrays[0] if len(arrays) == 1 else arrays
    np.testing.assert_allclose(
        np.asarray(one(fed, training=False)), np.asarray(other(fed, training=False)), rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize(
    "name", ["MobileNetV2", *(pytest.param(one, marks=pytest.mark.slow) for one in LARGE)]
)
def test_an_application_read_compiled_and_given_its_weights_is_the_same(name):
    keras.utils.set_random_seed(0)
    model = open_model(name)
    read = read_model(model, name)
    other = again(read, model)
    assert other.count_params() == model.count_params()
    assert_equal(model, other)


def layers(model: keras.Model) -> str:
    """The architecture of a model, as it is printed."""
    return read_model(model, "small").text.partition("architecture:\n")[2]


def test_a_sequential_model_is_a_list():
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3, activation="relu"), keras.layers.Dense(2)]
    )
    assert layers(model) == "  - Dense: {units: 3, activation: relu}\n  - Dense: 2\n"


def test_what_keras_fills_in_is_left_out_and_what_differs_is_written():
    inputs = keras.Input((8, 8, 1))
    layer = keras.layers.Conv2D(4, (3, 3), strides=(2, 1), bias_initializer="ones")
    assert layers(keras.Model(inputs, layer(inputs))) == (
        "  - Conv2D: {filters: 4, kernel_size: 3, strides: [2, 1], bias_initializer: Ones}\n"
    )


def test_the_commonest_initializer_is_that_of_the_spec():
    inputs = keras.Input((4,))
    hidden = inputs
    for initializer in ("he_normal", "he_normal", "glorot_uniform"):
        hidden = keras.layers.Dense(4, kernel_initializer=initializer)(hidden)
    text = read_model(keras.Model(inputs, hidden), "small").text
    assert "init: HeNormal\n" in text
    assert text.endswith(
        "- Dense: 4\n  - Dense: 4\n  - Dense: {units: 4, kernel_initializer: GlorotUniform}\n"
    )


def test_a_sum_with_what_went_in_is_a_residual():
    inputs = keras.Input((4,))
    body = keras.layers.Dense(4)(keras.layers.ReLU()(inputs))
    model = keras.Model(inputs, keras.layers.Add()([inputs, body]))
    assert layers(model) == "  - residual:\n      - ReLU\n      - Dense: 4\n"


def test_branches_that_join_are_parallel():
    inputs = keras.Input((4,))
    branches = [keras.layers.Dense(2)(inputs), inputs, keras.layers.ReLU()(keras.layers.Dense(3)(inputs))]
    model = keras.Model(inputs, keras.layers.Concatenate()(branches))
    assert layers(model) == (
        "  - parallel:\n      branches:\n"
        "        - - Dense: 2\n        - []\n        - - Dense: 3\n          - ReLU\n"
    )


def test_equal_neighbours_are_folded():
    inputs = keras.Input((4,))
    hidden = inputs
    for _ in range(5):
        hidden = keras.layers.ReLU()(keras.layers.Dense(4)(hidden))
    assert layers(keras.Model(inputs, hidden)) == (
        "  - repeat:\n      times: 5\n      layers:\n        - Dense: 4\n        - ReLU\n"
    )


def test_what_is_tangled_is_named():
    inputs = keras.Input((4,))
    one = keras.layers.Dense(4, name="one")(inputs)
    two = keras.layers.Dense(4, name="two")(one)
    three = keras.layers.Add()([keras.layers.Dense(4)(two), one])
    model = keras.Model(inputs, keras.layers.Multiply()([three, two]))
    read = read_model(model, "small")
    assert "as: two" in read.text
    assert_equal(model, again(read, model))


def test_shared_layers_and_several_inputs_are_named_too():
    left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
    shared = keras.layers.Dense(4, name="shared")
    model = keras.Model([left, right], keras.layers.Subtract()([shared(left), shared(right)]))
    read = read_model(model, "twins")
    assert "- reuse: shared" in read.text
    assert "inputs: {left: {shape: [4]}, right: {shape: [4]}}" in read.text


def test_wrappers_hold_their_layer():
    model = keras.Sequential([keras.Input((5, 4)), keras.layers.Bidirectional(keras.layers.LSTM(3))])
    assert "- Bidirectional: {LSTM: {units: 3}}\n" in layers(model)
    read = read_model(model, "both-ways")
    assert_equal(model, again(read, model))


def test_operations_are_written_with_their_constants():
    inputs = keras.Input((4,))
    hidden = keras.ops.mean(2.0 * (inputs + 3.0), axis=-1, keepdims=True)
    model = keras.Model(inputs, keras.layers.Dense(2)(hidden))
    assert layers(model).splitlines()[:3] == [
        "  - op: {add: {x2: 3.0}}",
        "  - op: {multiply: {x2: 2.0}}",
        "  - op: {mean: {axis: -1, keepdims: true}}",
    ]
    assert_equal(model, again(read_model(model, "small"), model))


def test_an_operation_whose_first_operand_is_a_constant_cannot_be_said():
    inputs = keras.Input((4,))
    with pytest.raises(RecipeError) as refused:
        read_model(keras.Model(inputs, 1.0 - inputs), "small")
    assert refused.value.problems[0].code == "R620"


def test_a_layer_that_a_spec_cannot_say_is_told():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Lambda(lambda value: value, name="mine")(inputs))
    with pytest.raises(RecipeError) as refused:
        read_model(model, "small")
    assert [(one.code, one.layer) for one in refused.value.problems] == [("R620", "mine")]


def test_what_is_no_model_is_told(tmp_path):
    (tmp_path / "no.keras").write_text("nothing", encoding="utf-8")
    for source in (str(tmp_path / "no.keras"), str(tmp_path / "missing.keras"), "ResNet51"):
        with pytest.raises(RecipeError) as refused:
            open_model(source)
        assert refused.value.problems[0].code == "R621"


def test_a_saved_model_is_read_from_its_file(tmp_path):
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)]).save(tmp_path / "small.keras")
    assert "- Dense: 3" in read_model(open_model(str(tmp_path / "small.keras")), "small").text
