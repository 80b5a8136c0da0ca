from dataclasses import replace

from recipe.catalog import lookup
from recipe.program.batch_steps import OF_IMAGES
from recipe.program.facts import Column, Facts, InputFact
from recipe.program.programs import Phase
from tests.program.programs import DIGITS, built
from tests.program.programs import facts as table

AUGMENTED = """\
recipe: 1
name: augmented
data: {source: {bundled: digits}, split: {validation: 10%}}
architecture:
  inputs: {left: auto, right: auto, age: auto}
  layers:
    - Concatenate:
      from: [left, right]
    - Flatten:
      as: pixels
    - Concatenate:
      from: [pixels, age]
    - head
optimizer: {SGD: {learning_rate: 0.1}}
regularization: {augmentation: [{RandomFlip: horizontal}, {RandomRotation: 0.1}]}
training: {epochs: 2}
"""
IMAGE = InputFact((8, 8, 1), "uint8", 1 / 255)


def facts() -> Facts:
    inputs = {
        "left": replace(IMAGE, features=("left",)),
        "right": replace(IMAGE, features=("right",)),
        "age": InputFact((1,), "float32", features=("age",)),
    }
    columns = (Column("left", "image", 64), Column("right", "image", 64), Column("age", "number", 1))
    return replace(DIGITS, inputs=inputs, columns=columns)


def test_every_image_is_scaled_and_augmented_by_itself_and_nothing_else_is():
    steps = built(AUGMENTED, facts()).program.batch
    assert [(step.name, step.of) for step in steps] == [
        ("left.rescaling", "left"),
        ("right.rescaling", "right"),
        ("augmentation.0", "left"),
        ("augmentation.0.right", "right"),
        ("augmentation.1", "left"),
        ("augmentation.1.right", "right"),
    ]


def test_two_images_are_augmented_by_different_draws():
    steps = built(AUGMENTED, facts()).program.batch
    seeds = [step.call["seed"] for step in steps if step.phase is Phase.TRAINING]
    assert len(set(seeds)) == 4


def on_a_table(augmentation: str) -> list[str]:
    text = AUGMENTED.replace("{RandomFlip: horizontal}, {RandomRotation: 0.1}", augmentation)
    text = text.replace("{left: auto, right: auto, age: auto}", "{input: auto}")
    text = text[: text.index("    - Concatenate")] + text[text.index("    - head") :]
    return [problem.message for problem in built(text, table("number")).problems]


def test_layers_of_images_are_refused_for_a_table_and_noise_is_not():
    assert on_a_table("{RandomFlip: horizontal}, {GaussianNoise: 0.1}, {RandomHue: 0.1}") == [
        "`regularization.augmentation.RandomFlip` needs inputs that are images. "
        "Received: `input`, examples of shape (4,)",
        "`regularization.augmentation.RandomHue` needs inputs that are images. "
        "Received: `input`, examples of shape (4,)",
    ]


def test_layers_of_images_are_those_that_keras_says():
    import keras

    augmentations = {name: getattr(keras.layers, name) for name in lookup.names("augmentation")}
    assert {
        name for name, layer in augmentations.items() if ".image_preprocessing." in layer.__module__
    } == OF_IMAGES
