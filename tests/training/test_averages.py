"""`regularization.ema`: what is validated, kept and saved is averaged; a stopped run ends with its bits."""

from pathlib import Path

import keras
import numpy as np
import pytest

import recipe
from tests.api.runs import StopAfter, StoppedError, prepared, train, weights, write_rows
from tests.training.specs import BACKEND, DIGITS

EMA = "regularization.ema={decay: 0.9}"
EVERYTHING = (
    "regularization={ema: {decay: 0.9, every: 2 steps}, gradient_noise: 0.01, l2: 1e-3, max_norm: 2, "
    "gradient_clip: {adaptive: 0.1}, gradient_centralization: true, "
    "weight_decay: {value: 0.01, coupled: true}}",
    "optimizer={SGD: {learning_rate: 0.1, momentum: 0.9}, groups: [{match: 'dense/*', freeze: 1 epoch}, "
    "{match: '**', layer_decay: 0.5}]}",
    "training.accumulate=2",
    f"runtime.backend={BACKEND}",
)


class Seen(keras.callbacks.Callback):
    """The weights that each end of an epoch shows, and those that each step left."""

    def __init__(self) -> None:
        super().__init__()
        self.epochs: list[list[np.ndarray]] = []
        self.steps: list[list[np.ndarray]] = []

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        self.steps.append(self.model.get_weights())

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        self.epochs.append(self.model.get_weights())


def test_epochs_end_with_the_average_and_steps_with_the_weights():
    seen = Seen()
    run = recipe.fit(recipe.load("small.yaml", [EMA], text=DIGITS), callbacks=[seen], keep=False)
    average = [np.array(one, np.float64) for one in seen.steps[0]]
    per_epoch = len(seen.steps) // 2
    for number, step in enumerate(seen.steps[1:], start=2):
        average = [0.9 * old + 0.1 * new for old, new in zip(average, step, strict=True)]
        if number % per_epoch == 0:
            for shown, expected in zip(seen.epochs[number // per_epoch - 1], average, strict=True):
                np.testing.assert_allclose(shown, expected, atol=1e-5)
    for kept, shown in zip(run.model.get_weights(), seen.epochs[-1], strict=True):
        np.testing.assert_array_equal(kept, shown)
    assert any(
        np.abs(one - two).max() > 1e-3 for one, two in zip(seen.steps[-1], seen.epochs[-1], strict=True)
    )


def test_validation_and_the_saved_model_are_of_the_average(tmp_path: Path):
    run = recipe.fit(recipe.load("small.yaml", [EMA], text=DIGITS), folder=tmp_path / "run")
    compilation = recipe.compile(recipe.load("small.yaml", text=DIGITS))
    compilation.model.set_weights(run.model.get_weights())
    validation = compilation.dataset.splits["validation"]
    images = validation.inputs["input"].astype("float32") / 16
    (labels,) = validation.targets.values()
    loss, _ = compilation.model.evaluate(images, labels, verbose=0)
    assert run.history["val_loss"].iloc[-1] == pytest.approx(loss, rel=1e-4)
    served = keras.models.load_model(tmp_path / "run" / "model.keras")
    for one, other in zip(served.get_weights(), run.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_run_with_everything_that_was_stopped_ends_with_the_bits_of_one_that_was_not(tmp_path: Path):
    write_rows(tmp_path)
    train(tmp_path, tmp_path / "whole", *EVERYTHING)
    with pytest.raises(StoppedError):
        train(tmp_path, tmp_path / "stopped", *EVERYTHING, callbacks=(StopAfter(7),))
    train(tmp_path, tmp_path / "stopped", *EVERYTHING)
    assert weights(tmp_path / "whole") == weights(tmp_path / "stopped")


def test_a_penalty_is_its_sum_and_a_norm_is_held(tmp_path: Path):
    write_rows(tmp_path)
    words = "regularization={l1: 0.01, l2: {value: 0.1, match: head}, max_norm: 0.2}"
    compilation = recipe.compile(prepared(tmp_path, words, EVERYTHING[-1]).spec)
    kernels = {
        one.path: np.array(one, np.float64) for one in compilation.model.weights if "kernel" in one.path
    }
    assert len(kernels) > 1
    expected = 0.01 * sum(np.abs(one).sum() for one in kernels.values())
    expected += 0.1 * np.square(kernels["head/kernel"]).sum()
    assert float(sum(compilation.model.losses)) == pytest.approx(expected, rel=1e-5)
    run = recipe.fit(prepared(tmp_path, words, EVERYTHING[-1]).spec, keep=False)
    for one in run.model.weights:
        if one.path in kernels:
            assert np.linalg.norm(np.array(one), axis=0).max() <= 0.2 + 1e-5
