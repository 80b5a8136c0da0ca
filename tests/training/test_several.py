"""Several inputs and several targets train as a hand-written Keras model with dictionaries does."""

import keras
import numpy as np
import pandas as pd
import pytest

import recipe
from recipe.compiler.batches import Batch
from recipe.data.order import epoch_order
from recipe.program.seeds import derive
from tests.training.specs import BACKEND

EPOCHS, BATCH, SEED, EXAMPLES = 3, 16, 7, 90

SPEC = """
recipe: 1
name: several
data:
  source: {npz: {path: PATH, features: [image, numbers, ids], target: [shape, place, each]}}
  features: {image: image, numbers: number, ids: category}
  target: {shape: category, place: number, each: category}
architecture:
  inputs: {image: {shape: [6, 6, 1]}, numbers: auto, ids: auto}
  layers:
    - Conv2D: {filters: 4, kernel_size: 3, activation: relu}
      from: image
    - Flatten:
      as: pixels
    - Embedding: {input_dim: "${data.vocabulary}", output_dim: 3}
      from: ids
      as: words
    - GlobalAveragePooling1D:
      as: mean
    - Concatenate:
      from: [pixels, numbers, mean]
    - Dense: {units: 8, activation: tanh, kernel_regularizer: {L2: 0.01}}
      as: all
    - head: shape
    - head: place
      from: all
    - head: each
      from: words
loss: {place: {Huber: , weight: 0.25}, each: {SparseCategoricalCrossentropy: , weight: 2}}
metrics: {place: [MeanAbsoluteError], each: accuracy}
optimizer:
  SGD: {learning_rate: 0.1, momentum: 0.9}
training: {epochs: 3, batch_size: 16}
monitor: {best: {max: each_accuracy}}
runtime: {seed: 7, backend: BACKEND}
""".replace("BACKEND", BACKEND)


def drawn() -> dict[str, np.ndarray]:
    """Arrays that somebody saved."""
    generator = np.random.default_rng(0)
    ids = generator.integers(0, 11, (EXAMPLES, 5))
    return {
        "image": generator.integers(0, 256, (EXAMPLES, 6, 6, 1)).astype(np.uint8),
        "numbers": generator.normal(size=(EXAMPLES, 4)).astype(np.float32),
        "ids": ids,
        "shape": generator.choice(["disc", "square", "star"], EXAMPLES),
        "place": generator.normal(size=(EXAMPLES, 2)).astype(np.float32),
        "each": ids % 3,
    }


@pytest.fixture(scope="module")
def compilation(tmp_path_factory: pytest.TempPathFactory) -> recipe.api.Compilation:
    path = tmp_path_factory.mktemp("several") / "several.npz"
    np.savez(path, allow_pickle=False, **drawn())
    return recipe.compile(recipe.load("several.yaml", text=SPEC.replace("PATH", str(path))))


@pytest.fixture(scope="module")
def theirs(compilation: recipe.api.Compilation) -> tuple[keras.Model, pd.DataFrame]:
    """The model that a user of Keras would write, begun from the same weights and fed in the same order."""
    image, numbers = keras.Input((6, 6, 1), name="image"), keras.Input((4,), name="numbers")
    ids = keras.Input((5,), name="ids", dtype="int32")
    pixels = keras.layers.Flatten()(keras.layers.Conv2D(4, 3, activation="relu")(image))
    words = keras.layers.Embedding(11, 3)(ids)
    mean = keras.layers.GlobalAveragePooling1D()(words)
    everything = keras.layers.Dense(8, activation="tanh", kernel_regularizer=keras.regularizers.L2(0.01))(
        keras.layers.Concatenate()([pixels, numbers, mean])
    )
    outputs = {
        "shape": keras.layers.Dense(3)(everything),
        "place": keras.layers.Dense(2)(everything),
        "each": keras.layers.Dense(3)(words),
    }
    model = keras.Model({"image": image, "numbers": numbers, "ids": ids}, outputs)
    # No two kernels have one shape, and all biases begin at zero.
    by_shape = {tuple(weight.shape): np.array(weight) for weight in compilation.model.weights}
    model.set_weights([by_shape[tuple(weight.shape)] for weight in model.weights])
    crossentropy = keras.losses.SparseCategoricalCrossentropy
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        {"shape": crossentropy(True), "place": keras.losses.Huber(), "each": crossentropy(True)},
        loss_weights={"shape": 1.0, "place": 0.25, "each": 2.0},
        metrics={
            "shape": ["accuracy"],
            "place": [keras.metrics.MeanAbsoluteError()],
            "each": ["accuracy"],
        },
    )
    return model, pd.concat([_epoch(model, epoch) for epoch in range(EPOCHS)], ignore_index=True)


def _epoch(model: keras.Model, epoch: int) -> pd.DataFrame:
    arrays = drawn()
    names = sorted(set(arrays["shape"].tolist()))
    inputs = {
        "image": arrays["image"].astype("float32") * np.float32(1 / 255),
        "numbers": arrays["numbers"],
        "ids": arrays["ids"].astype("int32"),
    }
    targets = {
        "shape": np.array([names.index(name) for name in arrays["shape"]]),
        "place": arrays["place"],
        "each": arrays["each"],
    }
    order = epoch_order(derive(SEED, "order"), epoch, EXAMPLES)
    history = model.fit(
        {name: values[order] for name, values in inputs.items()},
        {name: values[order] for name, values in targets.items()},
        batch_size=BATCH,
        shuffle=False,
        verbose=0,
    )
    return pd.DataFrame(history.history)


def test_weights_losses_and_metrics_are_those_of_a_hand_written_model(
    compilation: recipe.api.Compilation, theirs: tuple[keras.Model, pd.DataFrame]
) -> None:
    run = compilation.fit(keep=False)
    model, expected = theirs
    names = ["loss", "shape_accuracy", "place_mean_absolute_error", "each_accuracy"]
    for name in names:
        np.testing.assert_allclose(run.history[name], expected[name], rtol=1e-6, err_msg=name)
    assert [name for name in run.history.columns if name not in ("step", "learning_rate", "seconds")] == names
    kernels = {tuple(weight.shape): np.array(weight) for weight in run.model.weights if len(weight.shape) > 1}
    assert len(kernels) == 6
    for weight in model.weights:
        if len(weight.shape) > 1:
            np.testing.assert_allclose(kernels[tuple(weight.shape)], np.array(weight), rtol=0, atol=1e-6)


def test_the_compiled_model_is_what_keras_itself_would_measure(compilation: recipe.api.Compilation) -> None:
    train = compilation.dataset.splits["train"]
    inputs, targets, _ = compilation.compiled.batch(Batch(train.inputs, train.targets), training=False)
    measured = compilation.model.evaluate(inputs, targets, batch_size=EXAMPLES, verbose=0, return_dict=True)
    assert {"loss", "shape_accuracy", "place_mean_absolute_error", "each_accuracy"} <= set(measured)


def test_the_best_epoch_is_watched_by_the_name_of_the_target(compilation: recipe.api.Compilation) -> None:
    assert (compilation.program.monitor.metric, compilation.program.monitor.direction) == (
        "each_accuracy",
        "max",
    )
