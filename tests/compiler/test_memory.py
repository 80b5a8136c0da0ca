"""Estimated memory against what Keras and JAX really make."""

import keras
import pytest
from keras import layers

import recipe
from recipe.compiler.activations import bytes_of
from recipe.compiler.budgets import budget
from recipe.compiler.compiling import abstract_network, compile_program
from recipe.compiler.memory import optimizer_bytes
from recipe.training.placements import open_placement

SPEC = """
recipe: 1
name: measured
data:
  source: {bundled: digits}
  split: {validation: 100}
architecture:
  - Conv2D: {filters: 8, kernel_size: 3}
  - BatchNormalization
  - ReLU
  - Flatten
  - Dense: {units: 16, activation: relu}
  - head
optimizer: {OPTIMIZER: {learning_rate: 0.01}}
training: {epochs: 2, batch_size: 64}
runtime: {precision: PRECISION}
"""


def prepared(optimizer="AdamW", precision="float32"):
    text = SPEC.replace("OPTIMIZER", optimizer).replace("PRECISION", precision)
    return recipe.api.prepare(recipe.load("measured.yaml", text=text))


def estimated(optimizer="AdamW", precision="float32", devices=1):
    program = prepared(optimizer, precision).program
    return budget(program, abstract_network(program), devices)


def held(variables):
    """Bytes of the arrays themselves."""
    return sum(keras.ops.convert_to_numpy(variable).nbytes for variable in variables)


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_weights_and_slots_are_those_of_the_compiled_objects(precision):
    program = prepared(precision=precision).program
    compiled = compile_program(program, open_placement(program.runtime))
    memory = estimated(precision=precision).memory
    assert memory.weights == held(compiled.model.variables)
    assert memory.gradients == held(compiled.model.trainable_variables)
    # Beside its slots the optimizer holds its step number and learning rate.
    assert memory.optimizer == pytest.approx(held(compiled.optimizer.variables), abs=32)


@pytest.mark.parametrize(
    "name",
    "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion Muon Nadam RMSprop SGD".split(),
)
def test_the_slots_of_every_optimizer_are_counted_without_making_them(name):
    model = keras.Sequential([keras.Input((6, 6, 3)), layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(5)])
    made = getattr(keras.optimizers, name)()
    before = held(made.variables)
    made.build(model.trainable_variables)
    counted = optimizer_bytes(getattr(keras.optimizers, name)(), model.trainable_variables)
    assert counted == pytest.approx(held(made.variables) - before, abs=64)  # Nadam holds a number of its own


def test_mixed_precision_halves_the_activations_and_adds_a_copy_of_the_weights():
    plain, mixed = estimated().memory, estimated(precision="mixed_bfloat16").memory
    assert mixed.weights == plain.weights
    assert plain.compute_weights == 0
    assert mixed.compute_weights > 0.4 * plain.weights
    assert mixed.activations == pytest.approx(plain.activations / 2, rel=0.1)


def test_devices_share_the_batch_and_each_holds_the_weights():
    one, four = estimated().memory, estimated(devices=4).memory
    assert four.weights == one.weights
    assert four.optimizer == one.optimizer
    assert four.activations == one.activations / 4


def test_the_whole_run_counts_every_example_once_an_epoch():
    counted = estimated()
    assert counted.examples == 2 * 1697
    assert counted.run_flops == 3 * counted.forward_flops * 2 * 1697
    assert counted.step_flops == 3 * counted.forward_flops * 64


def test_the_training_split_is_held_on_the_device():
    assert estimated().memory.data == 1697 * (64 + 4)  # a byte a pixel, and the class


@pytest.mark.parametrize("name", ["mlp", "cnn", "separable", "resnet", "transformer", "lstm", "gru"])
def test_activations_are_about_what_jax_keeps_for_the_gradient(jax_costs, name):
    # JAX counts masks of ReLU, and some arrays twice, before XLA sees them.
    ratio = jax_costs[name]["our_kept"] / jax_costs[name]["kept"]
    assert 0.6 < ratio < 1.15


@pytest.mark.parametrize(("dtype", "size"), [("float32", 4), ("bfloat16", 2), ("int64", 8), ("uint8", 1)])
def test_a_number_has_the_size_of_its_type(dtype, size):
    assert bytes_of(dtype) == size
