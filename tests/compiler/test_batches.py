import keras
import numpy as np
import pytest

import recipe
from recipe.compiler.batches import Batch, _moved
from recipe.program.batch_steps import MOVING

TOKENS = """\
recipe: 1
name: tokens
data: {source: {bundled: tokens}, split: {validation: 10%}}
architecture:
  - Embedding: {input_dim: "${data.vocabulary}", output_dim: 4}
  - head
optimizer: {SGD: {learning_rate: 0.1}}
training: {epochs: 1}
"""
MASKS = """\
recipe: 1
name: masks
data: {source: {bundled: masks}, split: {validation: 10%}}
architecture: [{Conv2D: {filters: 2, kernel_size: 3, padding: same}}, head]
optimizer: {SGD: {learning_rate: 0.1}}
training: {epochs: 1}
regularization: {label_smoothing: 0.1}
"""


def batch_of(text: str):
    compilation = recipe.compile(recipe.load("spec.yaml", text=text))
    train = compilation.dataset.splits["train"]
    (inputs,), (targets,) = train.inputs.values(), train.targets.values()
    return compilation, inputs[:3], targets[:3]


def test_ids_stay_integers_and_reach_an_embedding_as_they_are() -> None:
    compilation, inputs, targets = batch_of(TOKENS)
    encoded, answers, _ = compilation.compiled.batch(Batch(inputs, targets), training=True)
    assert keras.backend.standardize_dtype(encoded.dtype) == "int32"
    assert np.array_equal(encoded, inputs)
    assert np.array_equal(answers, targets)
    assert compilation.model.input.dtype == "int32"
    assert compilation.model.output.shape == (None, 64, 26)


def test_classes_of_pixels_become_one_hot_at_every_pixel() -> None:
    compilation, inputs, targets = batch_of(MASKS)
    encoded, answers, _ = compilation.compiled.batch(Batch(inputs, targets), training=False)
    np.testing.assert_allclose(encoded, inputs.astype("float32") / 255, rtol=1e-6)
    assert np.array_equal(answers, np.eye(3)[targets])
    assert compilation.loss.get_config()["label_smoothing"] == 0.1


@pytest.mark.parametrize(
    "layer", ["RandomFlip", "RandomRotation: 0.3", "RandomTranslation", "RandomZoom: 0.3"]
)
def test_the_classes_of_pixels_move_with_their_image(layer: str) -> None:
    name, _, value = layer.partition(": ")
    arguments = {
        "RandomTranslation": "{height_factor: 0.2, width_factor: 0.2}",
        "RandomFlip": "horizontal_and_vertical",
    }.get(name, value)
    text = MASKS.replace("label_smoothing: 0.1", f"augmentation: [{{{name}: {arguments}}}]")
    compilation, _, _ = batch_of(text)
    train = compilation.dataset.splits["train"]
    # Images that are their own masks: what moves alike is equal afterwards, but for the edges, which
    # are interpolated in the image alone.
    classes = train.targets["mask"][:16]
    images = np.repeat(classes[..., np.newaxis] * 100, 3, axis=-1).astype(np.uint8)
    moved, answers, _ = compilation.compiled.batch(Batch(images, classes), training=True)
    there = np.asarray(moved)[..., 0] * 255 / 100
    assert np.mean(np.abs(there - answers) < 0.5) > 0.9
    assert np.mean(np.asarray(answers) != classes) > 0.05
    assert keras.backend.standardize_dtype(answers.dtype) == "int32"
    still, same, _ = compilation.compiled.batch(Batch(images, classes), training=False)
    assert np.array_equal(same, classes)
    np.testing.assert_allclose(still, images / 255, rtol=1e-5, atol=1e-7)


ARGUMENTS = {
    "RandomCrop": {"height": 24, "width": 24},
    "RandomElasticTransform": {"factor": 0.5},
    "RandomPerspective": {"factor": 0.5},
    "RandomRotation": {"factor": 0.2},
    "RandomShear": {"x_factor": 0.3, "y_factor": 0.3},
    "RandomTranslation": {"height_factor": 0.2, "width_factor": 0.2},
    "RandomZoom": {"height_factor": 0.2},
}


@pytest.mark.parametrize("name", sorted(MOVING - {"RandAugment"}))
@pytest.mark.parametrize("is_flag", [False, True])
def test_no_layer_that_moves_masks_makes_a_class_that_is_none(name: str, is_flag: bool) -> None:
    classes = np.zeros((8, 32, 32), np.uint8)
    classes[:, 8:20, 8:20], classes[:, 20:28, 5:15], classes[:, 7, 8:20] = 1, 2, 255
    classes[4:] = classes[4:, ::-1]
    images = np.repeat(classes[..., np.newaxis] / np.float32(255), 3, axis=-1)
    layer = getattr(keras.layers, name)(**ARGUMENTS.get(name, {}))
    masks = classes[..., np.newaxis] if is_flag else classes
    moved, answers = _moved(layer, *map(keras.ops.convert_to_tensor, (images, masks)))
    assert {*np.unique(answers).tolist()} <= {0, 1, 2, 255}
    there = np.asarray(answers).reshape(moved.shape[:3])
    assert np.mean(np.abs(np.asarray(moved)[..., 0] * 255 - there) < 0.5) > 0.8
    assert len(answers.shape) == len(masks.shape)


@pytest.mark.parametrize("targets", [None, "given"])
def test_several_inputs_are_encoded_by_name(targets: str | None, tmp_path) -> None:
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (20, 4, 4, 1)).astype(np.uint8)
    arrays = {"image": images, "ids": generator.integers(0, 5, (20, 3)), "y": generator.integers(0, 2, 20)}
    np.savez(tmp_path / "data.npz", **arrays)
    text = f"""\
recipe: 1
name: both
data:
  source: {{npz: {{path: {tmp_path}/data.npz, features: [image, ids], target: y}}}}
  features: {{image: image, ids: category}}
architecture:
  inputs: {{ids: auto, image: auto}}
  layers:
    - Embedding: {{input_dim: 5, output_dim: 2}}
    - Flatten:
      as: words
    - Flatten:
      from: image
      as: pixels
    - Concatenate:
      from: [words, pixels]
    - head
optimizer: {{SGD: {{learning_rate: 0.1}}}}
training: {{epochs: 1}}
"""
    compilation = recipe.compile(recipe.load("spec.yaml", text=text))
    train = compilation.dataset.splits["train"]
    answers = train.targets["y"] if targets else None
    encoded, _, _ = compilation.compiled.batch(Batch(train.inputs, answers), training=False)
    assert np.array_equal(encoded["ids"], arrays["ids"])
    np.testing.assert_allclose(encoded["image"], images / 255, rtol=1e-6)
    assert list(compilation.model.input) == ["ids", "image"]


def test_an_image_that_is_said_again_is_scaled_as_the_network_takes_it():
    text = """
recipe: 1
name: again
data: {source: {bundled: digits}, target: {image: same}, ignore: digit}
architecture: [{Conv2D: {filters: 3, kernel_size: 3, padding: same}}, head]
optimizer: SGD
regularization: {augmentation: [{RandomFlip: horizontal}]}
training: {epochs: 1}
"""
    compilation = recipe.compile(recipe.load("again.yaml", text=text))
    images = next(iter(compilation.dataset.splits["train"].inputs.values()))[:5]
    batch = compilation.compiled.batch(Batch(images, images), training=True)
    np.testing.assert_allclose(batch.targets, images / 16)  # what is flipped on its way in is not there
    loss = compilation.compiled.compute_loss(batch, compilation.model(batch.inputs), training=True)
    expected = np.mean((np.array(compilation.model(batch.inputs)) - images / 16) ** 2)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
