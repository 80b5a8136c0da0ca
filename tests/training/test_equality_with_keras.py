"""A spec and a hand-written Keras script train the same network to the same weights."""

from functools import cache

import keras
import numpy as np
import pytest

import recipe
from tests.training import scripts
from tests.training.specs import BACKEND

EPOCHS, BATCH, SEED = 3, 32, 7

SPEC = """
recipe: 1
name: equality
data:
  source: {bundled: digits}
  split: {test: 20%}
architecture:
  - Flatten
  - Dense: {units: 16, activation: relu}
  - head
OPTIMIZER
training: {epochs: 3, batch_size: 32}
runtime: {seed: 7, backend: BACKEND}
""".replace("BACKEND", BACKEND)

SGD = """
optimizer:
  SGD: {learning_rate: 0.1, momentum: 0.9, nesterov: true}
"""

ADAMW = """
optimizer:
  AdamW: {learning_rate: 3e-3}
schedule:
  warmup_cosine: {warmup: 10%, floor: 1%}
regularization:
  weight_decay: 1e-2
"""


def hand_written(
    compilation: recipe.api.Compilation, optimizer: keras.optimizers.Optimizer
) -> list[np.ndarray]:
    """The script that a user of Keras would write, fed in the same order and begun from the same weights."""
    train = compilation.dataset.splits["train"]
    images = train.inputs["input"].astype("float32") / 16
    labels = next(iter(train.targets.values()))
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    model.set_weights(compilation.model.get_weights())
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    scripts.fit(model, images, labels, seed=SEED, epochs=EPOCHS, batch=BATCH)
    return model.get_weights()


def spec_of(optimizer: str) -> recipe.api.Spec:
    return recipe.load("equality.yaml", text=SPEC.replace("OPTIMIZER", optimizer))


def trained(optimizer: str) -> list[np.ndarray]:
    return recipe.fit(spec_of(optimizer), keep=False).model.get_weights()


@cache
def through_a_spec(optimizer: str) -> list[np.ndarray]:
    """The weights of one run, which several tests compare with others."""
    return trained(optimizer)


def adamw(model_steps: int) -> keras.optimizers.Optimizer:
    warmup = -(-model_steps // 10)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, model_steps - warmup, alpha=0.01, warmup_target=3e-3, warmup_steps=warmup
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=1e-2)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


def test_sgd_with_momentum_gives_the_weights_of_a_hand_written_script_bit_for_bit():
    compilation, ours = recipe.compile(spec_of(SGD)), through_a_spec(SGD)
    theirs = hand_written(compilation, keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)


def test_adamw_with_warmup_cosine_and_excluded_biases_gives_the_weights_of_a_hand_written_script():
    compilation, ours = recipe.compile(spec_of(ADAMW)), through_a_spec(ADAMW)
    steps = compilation.program.training.total_steps
    assert isinstance(steps, int)
    theirs = hand_written(compilation, adamw(steps))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)


@pytest.mark.parametrize("optimizer", [SGD, ADAMW])
def test_the_same_spec_gives_the_same_weights_twice(optimizer: str):
    for one, other in zip(through_a_spec(optimizer), trained(optimizer), strict=True):
        np.testing.assert_array_equal(one, other)
