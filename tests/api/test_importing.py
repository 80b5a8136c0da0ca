"""Classes of the user's own modules: imported with permission, trained, kept and found again."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import recipe
from recipe import api
from recipe.diagnostics.problems import RecipeError
from recipe.diagnostics.runs import RunFolderError

MODULE = '''
"""Classes of a user."""

import keras


@keras.saving.register_keras_serializable("tests")
class Gated(keras.layers.Layer):
    """A dense layer times a gate that begins wide open."""

    def __init__(self, units, gate=2.0, **kwargs):
        super().__init__(**kwargs)
        self.units, self.gate = units, gate

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="kernel")
        begin = keras.initializers.Constant(self.gate)
        self.scale = self.add_weight(shape=(), initializer=begin, name="scale")

    def call(self, inputs):
        return keras.ops.matmul(inputs, self.kernel) * self.scale

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units, "gate": self.gate}


@keras.saving.register_keras_serializable("tests")
class Absolute(keras.losses.Loss):
    """The mean distance."""

    def call(self, y_true, y_pred):
        return keras.ops.mean(keras.ops.abs(y_true - y_pred), axis=-1)


@keras.saving.register_keras_serializable("tests")
class Largest(keras.metrics.Metric):
    """The largest answer so far."""

    def __init__(self, name="largest", **kwargs):
        super().__init__(name=name, **kwargs)
        self.value = self.add_weight(name="value", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.value.assign(keras.ops.maximum(self.value, keras.ops.max(y_pred)))

    def result(self):
        return self.value


class Note(keras.callbacks.Callback):
    """Counts epochs."""

    epochs = 0

    def on_epoch_end(self, epoch, logs=None):
        Note.epochs += 1


class Stranger(keras.layers.Layer):
    """A layer that Keras could not load again."""
'''
SPEC = """
recipe: 1
name: gated
imports: [gated_classes]
data:
  source: {csv: {path: rows.csv}}
  target: answer
  split: {validation: 20%}
architecture:
  - gated_classes.Gated: {units: 4}
  - ReLU
  - TimeDistributed: {gated_classes.Gated: {units: 3, gate: 0.5}}
    when: false
  - head
loss: gated_classes.Absolute
metrics: [gated_classes.Largest]
optimizer: {Adam: {learning_rate: 0.01}}
training: {epochs: 2, batch_size: 8, callbacks: [gated_classes.Note]}
runtime: {engine: graph, seed: 4}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a spec, its data and its module, which no test before has imported."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "gated_classes", raising=False)
    generator = np.random.default_rng(6)
    rows = [f"{a:.4f},{b:.4f},{a - b:.4f}" for a, b in generator.normal(size=(60, 2))]
    Path("rows.csv").write_text("\n".join(["a,b,answer", *rows]) + "\n")
    Path("gated.yaml").write_text(SPEC)
    Path("gated_classes.py").write_text(MODULE)
    return tmp_path


IMPORTED = "imports: [gated_classes]"


def spec_with(old: str, new: str) -> api.Spec:
    """The spec with a piece of it in another way, its imports allowed."""
    assert old in SPEC
    return api.load("gated.yaml", text=SPEC.replace(old, new), allow_imports=True)


def test_layers_losses_metrics_and_callbacks_of_a_module_are_trained_with_and_found_again(folder: Path):
    trained = recipe.fit(api.load("gated.yaml", allow_imports=True))
    assert trained.path is not None
    assert [weight.path for weight in trained.model.weights][:2] == ["gated/kernel", "gated/scale"]
    assert float(trained.model.weights[1].numpy()) == pytest.approx(2.0, abs=0.5)
    assert "val_largest" in trained.history
    assert sys.modules["gated_classes"].Note.epochs == 2
    measured, _ = api.evaluate(trained.path, allow_imports=True)
    assert measured["validation"]["loss"] == pytest.approx(trained.history["val_loss"].iloc[-1], rel=1e-5)
    said, _ = api.predict(trained.path, folder / "rows.csv", allow_imports=True)
    assert len(said) == 60
    assert isinstance(keras.models.load_model(trained.path / "model.keras"), keras.Model)


def test_a_module_that_was_edited_is_another_run_and_keeps_an_old_one_from_going_on(folder: Path):
    def spec() -> api.Spec:
        return api.load("gated.yaml", allow_imports=True)

    first = recipe.fit(spec())
    assert first.path is not None
    Path("gated_classes.py").write_text(MODULE.replace("* self.scale", "* self.scale * 1.5"))
    for action in (
        lambda: api.fit(spec(), folder=first.path),
        lambda: api.resume(first.path, allow_imports=True),
    ):
        with pytest.raises(RunFolderError) as error:
            action()
        (problem,) = error.value.problems
        assert (problem.code, [change.path for change in problem.changes]) == (
            "R611",
            ["imports.gated_classes"],
        )
    assert recipe.fit(spec()).path != first.path


def test_a_layer_of_a_module_inside_another_layer_is_named_by_its_place(folder: Path):
    text = SPEC.replace("    when: false\n", "").replace("ReLU", "Reshape: {target_shape: [2, 2]}")
    wrapped = text.replace("  - head\n", "  - Flatten\n  - head\n")
    paths = [
        [
            weight.path
            for weight in recipe.compile(api.load("w.yaml", text=wrapped, allow_imports=True)).model.weights
        ]
        for _ in range(2)
    ]
    assert paths[0] == paths[1]
    assert "time_distributed/gated/kernel" in paths[0]


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        (IMPORTED, "imports: [gated_classes, missing]\ninit: missing.Ones", "R681", "was not found"),
        (IMPORTED, "imports: [gated_classes, broken]\ninit: broken.Ones", "R681", "ZeroDivisionError"),
        ("gated_classes.Gated: {units: 4}", "gated_classes.Stranger: {}", "R682", "Layer"),
        ("gated_classes.Gated: {units: 4}", "gated_classes.Nobody: {}", "R682", "Layer"),
        ("loss: gated_classes.Absolute", "loss: gated_classes.Note", "R682", "Loss"),
        ("gated_classes.Gated: {units: 4}", "gated_classes.Gated: {width: 4}", "R402", "units"),
    ],
)
def test_what_a_module_lacks_is_told_at_the_row_that_names_it(
    old: str, new: str, code: str, words: str, folder: Path
):
    (folder / "broken.py").write_text("1 / 0\n")
    with pytest.raises(RecipeError) as refused:
        recipe.compile(spec_with(old, new))
    (problem,) = refused.value.problems
    assert (problem.code, words in problem.message) == (code, True)
    assert problem.span is not None
