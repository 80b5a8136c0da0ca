"""`keras.applications` as layers: their range, their weights, and the same seeds in every process."""

import keras
import numpy as np
import pytest

from recipe.compiler.pretrained import load_pretrained
from recipe.diagnostics.problems import RecipeError
from tests.compiler.test_networks import compiled

RGB = (
    "  - Concatenate:\n    from: [input, input, input]\n  - Resizing: {height: 32, width: 32}\n    as: rgb\n"
)
TOP = "  - GlobalAveragePooling2D\n  - head\n"


def network(application: str) -> str:
    return f"{RGB}  - {application}: {{include_top: false, weights: null}}\n    as: backbone\n{TOP}"


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("MobileNetV2", "mobilenet_v2"),
        pytest.param("ResNet50", "resnet50", marks=pytest.mark.slow),
        pytest.param("DenseNet121", "densenet", marks=pytest.mark.slow),
        pytest.param("EfficientNetB0", "efficientnet", marks=pytest.mark.slow),
    ],
)
def test_images_reach_an_application_as_keras_preprocesses_them(name, module):
    model = compiled(network(name)).model
    backbone = model.get_layer("backbone")
    images = np.random.default_rng(0).random((2, 32, 32, 3), "float32")
    fed = keras.Model(model.get_layer("rgb").output, _before(model, backbone))
    expected = getattr(keras.applications, module).preprocess_input(images * 255)
    np.testing.assert_allclose(np.asarray(fed(images)), expected, rtol=1e-4, atol=1e-3)


def _before(model: keras.Model, layer: keras.Layer) -> keras.KerasTensor:
    """What a layer is fed in a model."""
    (node,) = [node for node in layer._inbound_nodes if node.operation is layer and _inside(model, node)]
    return node.arguments.keras_tensors[0]


def _inside(model: keras.Model, node) -> bool:
    return any(node is one for nodes in model._nodes_by_depth.values() for one in nodes)


def test_the_same_spec_gives_an_application_the_same_weights():
    one, two = (compiled(network("MobileNetV2")).model for _ in range(2))
    assert len({variable.path for variable in one.weights}) == len(one.weights)
    for left, right in zip(one.weights, two.weights, strict=True):
        np.testing.assert_array_equal(np.asarray(left), np.asarray(right))


def test_trained_weights_are_those_that_keras_loads(tmp_path, monkeypatch):
    trained = keras.applications.MobileNetV2(include_top=False, weights=None, input_shape=(96, 96, 3))
    path = tmp_path / "weights.weights.h5"
    trained.save_weights(path)
    monkeypatch.setattr(_files(), "get_file", lambda *arguments, **named: str(path))
    text = network("MobileNetV2").replace("weights: null", "weights: imagenet")
    model = compiled(text.replace("height: 32, width: 32", "height: 96, width: 96")).model
    for ours, theirs in zip(model.get_layer("backbone").weights, trained.weights, strict=True):
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


def _files():
    from keras.src.utils import file_utils

    return file_utils


def test_weights_that_cannot_be_fetched_are_told(monkeypatch):
    def refuse(*arguments, **named):
        raise Exception("URL fetch failure")

    monkeypatch.setattr(_files(), "get_file", refuse)
    with pytest.raises(RecipeError) as refused:
        compiled(network("MobileNetV2").replace("weights: null", "weights: imagenet"))
    assert refused.value.problems[0].code == "R619"
    assert refused.value.exit_code == 6


def test_a_network_without_applications_fetches_nothing(monkeypatch):
    monkeypatch.setattr(_files(), "get_file", lambda *arguments, **named: pytest.fail("fetched"))
    found = compiled("  - Flatten\n  - head\n")
    load_pretrained(found.model, found.program.graph)


def test_an_application_that_is_used_again_is_fed_the_same_range():
    twice = "  - reuse: backbone\n    from: rgb\n  - Subtract:\n    from: [backbone, reuse_again]\n"
    text = (
        network("MobileNetV2")
        .replace(TOP, twice + TOP)
        .replace("from: rgb\n  - S", "from: rgb\n    as: reuse_again\n  - S")
    )
    model = compiled(text).model
    images = np.random.default_rng(0).random((1, 32, 32, 3), "float32")
    difference = keras.Model(model.get_layer("rgb").output, model.get_layer("subtract").output)
    assert not np.any(np.asarray(difference(images)))


def test_two_applications_of_one_class_have_weights_of_their_own():
    other = "  - MobileNetV2: {include_top: false, weights: null}\n    from: rgb\n    as: other\n"
    text = network("MobileNetV2").replace(TOP, other + "  - Add:\n    from: [backbone, other]\n" + TOP)
    paths = [variable.path for variable in compiled(text).model.weights]
    assert len(set(paths)) == len(paths)
    assert {path.split("/")[0] for path in paths} == {"backbone", "other", "head"}
