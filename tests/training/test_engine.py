"""The engine: blocks of steps give what single steps give, and evaluation what Keras gives."""

import keras
import numpy as np
import pytest

import recipe
from recipe.api import Compilation
from recipe.compiler.batches import Batch
from recipe.data.order import epoch_order, in_batches
from recipe.training.engines.engine import Engine, Kind, engine_for
from tests.training.specs import DIGITS, IMAGES

AUGMENTED = """
regularization:
  augmentation:
    - RandomFlip: horizontal
    - RandomTranslation: {height_factor: 0.2, width_factor: 0.2}
"""


def compiled(text: str, *overrides: str) -> Compilation:
    return recipe.compile(recipe.load("small.yaml", overrides, text=text))


def engine_of(compilation: Compilation) -> Engine:
    return engine_for(compilation.compiled)


def weights_after(text: str, block: int) -> list[np.ndarray]:
    compilation = compiled(text)
    engine = engine_of(compilation)
    train = compilation.dataset.splits["train"]
    full, rest = in_batches(epoch_order(1, 0, len(train)), 64)
    for start in range(0, len(full), block):
        engine.run(Kind.TRAIN, train, full[start : start + block].astype("int32"))
    engine.run(Kind.TRAIN, train, rest.reshape(1, -1).astype("int32"))
    return compilation.model.get_weights()


@pytest.mark.parametrize(
    "text", [DIGITS, IMAGES, IMAGES + AUGMENTED], ids=["mlp", "dropout, batch norm", "augmented"]
)
def test_the_block_size_changes_no_bit_of_the_weights(text: str):
    for one, other in zip(weights_after(text, 1), weights_after(text, 7), strict=True):
        np.testing.assert_array_equal(one, other)


def test_evaluation_gives_the_loss_and_accuracy_of_keras():
    compilation = compiled(IMAGES)
    test = compilation.dataset.splits["test"]
    images = test.inputs["input"].astype("float32") / 16
    (labels,) = test.targets.values()
    expected = compilation.model.evaluate(images, labels, verbose=0, return_dict=True)
    assert engine_of(compilation).evaluate(test) == pytest.approx(expected, abs=1e-5)


def test_evaluation_changes_no_weight_and_no_random_state():
    compilation = compiled(IMAGES + AUGMENTED)
    before = [np.array(variable) for variable in compilation.model.variables]
    engine_of(compilation).evaluate(compilation.dataset.splits["validation"])
    for variable, value in zip(compilation.model.variables, before, strict=True):
        np.testing.assert_array_equal(np.array(variable), value)


def test_augmentation_never_touches_validation():
    plain, augmented = compiled(IMAGES), compiled(IMAGES + AUGMENTED)
    validation = plain.dataset.splits["validation"]
    without = engine_of(plain).evaluate(validation)
    assert engine_of(augmented).evaluate(validation) == without


def test_augmentation_changes_training_batches():
    compilation = compiled(IMAGES + AUGMENTED)
    images = compilation.dataset.splits["train"].inputs["input"][:64]
    changed = compilation.compiled.batch(Batch(images), training=True).inputs
    kept = compilation.compiled.batch(Batch(images), training=False).inputs
    np.testing.assert_allclose(kept, images / 16, rtol=1e-6)
    assert not np.allclose(changed, kept)


def test_label_smoothing_is_the_formula_of_the_paper():
    smoothed = compiled(DIGITS + "regularization: {label_smoothing: 0.1}\n")
    test = smoothed.dataset.splits["test"]
    images = test.inputs["input"].astype("float32") / 16
    (labels,) = test.targets.values()
    logits = np.asarray(smoothed.model(images), dtype=np.float64)
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    # Szegedy et al., arXiv 1512.00567, section 7: (1 - e) * one-hot + e / K.
    targets = np.eye(10)[labels] * 0.9 + 0.1 / 10
    expected = -(targets * logs).sum(axis=1).mean()
    assert engine_of(smoothed).evaluate(test)["loss"] == pytest.approx(expected, rel=1e-5)


def test_xla_gives_the_same_losses():
    even = "training.batch_size=499"  # three to an epoch: XLA compiles each size of a batch on its own
    graph = recipe.fit(recipe.load("small.yaml", [even], text=DIGITS), keep=False)
    xla = recipe.fit(recipe.load("small.yaml", [even, "runtime.engine=xla"], text=DIGITS), keep=False)
    for one, other in zip(graph.outcome.rows, xla.outcome.rows, strict=True):
        assert other.logs == pytest.approx(one.logs, abs=1e-4)


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_trains_with_float32_weights_and_logits(precision: str):
    spec = recipe.load("small.yaml", [f"runtime.precision={precision}", "training.epochs=4"], text=DIGITS)
    run = recipe.fit(spec, keep=False)
    assert {str(weight.dtype) for weight in run.model.weights} == {"float32"}
    assert run.model.get_layer("dense").compute_dtype == precision.removeprefix("mixed_")
    assert run.model.output.dtype == "float32"
    assert run.outcome.rows[-1].logs["loss"] < run.outcome.rows[0].logs["loss"] / 2


def test_a_float16_loss_is_scaled():
    compilation = compiled(DIGITS, "runtime.precision=mixed_float16")
    assert isinstance(compilation.optimizer, keras.optimizers.LossScaleOptimizer)
