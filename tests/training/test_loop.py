"""The one training loop: epochs, steps, callbacks, and what stops it."""

import keras
import pytest

import recipe
from recipe.training.loop import DivergedError
from tests.training.specs import DIGITS


def load(*overrides: str) -> recipe.api.Spec:
    return recipe.load("small.yaml", overrides, text=DIGITS)


class Hooks(keras.callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def on_train_begin(self, logs=None):
        self.calls.append("train begin")

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(f"epoch {epoch} begin")

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(f"epoch {epoch} end {sorted(logs)}")

    def on_test_begin(self, logs=None):
        self.calls.append("test begin")

    def on_test_end(self, logs=None):
        self.calls.append(f"test end {sorted(logs)}")

    def on_train_end(self, logs=None):
        self.calls.append("train end")


class Batches(keras.callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[int] = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append(batch)


def test_callbacks_are_called_as_keras_calls_them():
    hooks = Hooks()
    recipe.fit(load(), keep=False, callbacks=[hooks])
    logs = ["accuracy", "loss", "val_accuracy", "val_loss"]
    test = ["test begin", "test end ['accuracy', 'loss']"]
    middle = [[f"epoch {epoch} begin", *test, f"epoch {epoch} end {logs}"] for epoch in (0, 1)]
    assert hooks.calls == ["train begin", *middle[0], *middle[1], "train end"]


def test_a_callback_on_batches_sees_every_step():
    batches = Batches()
    recipe.fit(load(), keep=False, callbacks=[batches])
    # 1,497 examples in batches of 64, the smaller last one counted.
    assert batches.seen == 2 * list(range(24))


def test_a_callback_on_batches_changes_no_weight():
    watched = recipe.fit(load(), keep=False, callbacks=[Batches()])
    plain = recipe.fit(load(), keep=False)
    assert [row.logs for row in watched.outcome.rows] == [row.logs for row in plain.outcome.rows]


def test_steps_cut_the_last_epoch():
    spec = recipe.load("small.yaml", text=DIGITS.replace("epochs: 2", "steps: 30"))
    run = recipe.fit(spec, keep=False)
    assert [row.step for row in run.outcome.rows] == [24, 30]


def test_a_full_batch_is_one_step_an_epoch():
    run = recipe.fit(load("training.batch_size=full"), keep=False)
    assert [row.step for row in run.outcome.rows] == [1, 2]


def test_early_stopping_brings_back_the_best_weights():
    stopping = "regularization={early_stopping: {patience: 2 epochs, metric: val_loss}}"
    run = recipe.fit(load(stopping, "training.epochs=40", "optimizer.learning_rate=1.0"), keep=False)
    losses = [row.logs["val_loss"] for row in run.outcome.rows]
    assert len(losses) < 40
    assert run.outcome.stopped == "val_loss did not improve for 2 epochs"
    assert losses.index(min(losses)) == len(losses) - 3
    assert run.outcome.best.epoch == losses.index(min(losses)) + 1


def test_the_best_weights_are_those_of_the_best_epoch():
    stopping = "regularization={early_stopping: {patience: 2 epochs, metric: val_loss}}"
    spec = load(stopping, "training.epochs=40", "optimizer.learning_rate=1.0")
    run = recipe.fit(spec, keep=False)
    again = recipe.fit(
        load("optimizer.learning_rate=1.0", f"training.epochs={run.outcome.best.epoch}"), keep=False
    )
    for one, other in zip(run.model.get_weights(), again.model.get_weights(), strict=True):
        assert (one == other).all()


def test_a_loss_that_is_no_number_ends_the_run_with_the_learning_rate():
    with pytest.raises(DivergedError, match="not finite in epoch 1.*1e"):
        recipe.fit(load("optimizer.learning_rate=1e30"), keep=False)


def test_the_learning_rate_of_each_epoch_is_that_of_the_schedule():
    run = recipe.fit(load("schedule={warmup_linear: {warmup: 1 epoch}}", "training.epochs=3"), keep=False)
    # 24 steps an epoch: the peak after one, then a straight line to zero over two.
    assert run.history["learning_rate"].tolist() == pytest.approx([0.1, 0.05, 0.0], abs=1e-7)
