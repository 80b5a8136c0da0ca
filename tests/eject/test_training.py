"""Printed batches, and what is trained on them, are those of the run."""

from pathlib import Path

import pytest

import recipe
from recipe import api
from recipe.diagnostics.problems import RecipeError
from tests.eject.running import differing

SPECS = Path(__file__).parents[2] / "specs"

IMPORTED = """
recipe: 1
name: imported
imports: [noisy]
data: {source: {bundled: digits}, split: {test: 30%}}
architecture: [Flatten, {Dense: 16}, {noisy.Noisy: {rate: 0.3}}, head]
loss: noisy.Absolute
optimizer: {SGD: {learning_rate: 0.1}}
training: {epochs: 1, batch_size: 64}
runtime: {engine: graph}
"""

NOISY = """
import keras

@keras.saving.register_keras_serializable("noisy")
class Noisy(keras.layers.Layer):
    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate, self.generator = rate, keras.random.SeedGenerator()

    def call(self, inputs, training=False):
        return keras.random.dropout(inputs, self.rate, seed=self.generator) if training else inputs

    def get_config(self):
        return {**super().get_config(), "rate": self.rate}

@keras.saving.register_keras_serializable("noisy")
class Absolute(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return keras.ops.mean(keras.ops.abs(y_true - y_pred), axis=-1)
"""

INSIDE = """
recipe: 1
name: inside
data: {source: {bundled: digits}, split: {test: 30%}}
architecture:
  - Reshape: {target_shape: [8, 8]}
  - Bidirectional: {LSTM: {units: 4, dropout: 0.3, recurrent_dropout: 0.2}}
  - head
optimizer: {SGD: {learning_rate: 0.1}}
training: {epochs: 1, batch_size: 64}
runtime: {engine: graph}
"""


WEIGHED = """
recipe: 1
name: weighed
data:
  source: {bundled: penguins}
  target: species
  missing: drop
  weight: body_mass_g
  split: {validation: 20%}
architecture: [{Dense: 8}, head]
optimizer: Adam
training: {epochs: 2, batch_size: 32}
runtime: {engine: graph}
"""


def digits(*overrides: str, name: str = "digits-mlp") -> api.Spec:
    """A small network for two epochs."""
    return recipe.load(SPECS / f"{name}.yaml", ["training.epochs=2", "runtime.engine=graph", *overrides])


@pytest.mark.slow
@pytest.mark.parametrize(
    "override",
    [
        "training.class_weight=balanced",
        "training.sampling=ordered",
        "training.sampling=balanced",
        "runtime.precision=mixed_bfloat16",
        "runtime.precision=mixed_float16",
        "regularization.mixup=0.2",
        "loss=[{CategoricalFocalCrossentropy: , weight: 0.5}, CategoricalCrossentropy]",
        "loss=[{CategoricalCrossentropy: , weight: 0.5}]",
    ],
)
def test_a_script_trains_on_what_the_run_trains_on(override: str, tmp_path: Path):
    assert differing(tmp_path, digits(override)) == []


@pytest.mark.slow
@pytest.mark.parametrize("words", ["{cutmix: 1.0}", "{cutmix: 1.0, mixup: 0.2}"])
def test_a_script_mixes_images_as_the_run_does(words: str, tmp_path: Path):
    assert differing(tmp_path, digits(f"regularization={words}", name="digits-cnn")) == []


@pytest.mark.slow
@pytest.mark.parametrize("overrides", [(), ("regularization.mixup=0.2",)], ids=["plain", "mixed"])
def test_a_script_weighs_examples_as_the_run_does(overrides: tuple[str, ...], tmp_path: Path):
    assert differing(tmp_path, api.load("weighed.yaml", overrides, text=WEIGHED)) == []


def test_weights_of_examples_count_in_metrics_too():
    text = api.eject(api.load("weighed.yaml", text=WEIGHED))
    assert "Examples = tuple[Array, Array, Array]" in text
    assert "        weighted_metrics=[" in text


@pytest.mark.slow
def test_a_script_seeds_what_draws_inside_of_layers(tmp_path: Path):
    assert differing(tmp_path, api.load("inside.yaml", text=INSIDE)) == []


@pytest.mark.slow
def test_a_script_imports_the_modules_of_the_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "noisy.py").write_text(NOISY)
    spec = api.load("imported.yaml", text=IMPORTED, allow_imports=True)
    assert differing(tmp_path, spec) == []
    assert "import noisy\n" in (tmp_path / "imported.py").read_text()


@pytest.mark.parametrize(
    ("override", "line"),
    [
        (
            "training.class_weight={'3': 2.5}",
            f"class_weight={{{', '.join(f'{digit}: {2.5 if digit == 3 else 1.0}' for digit in range(10))}}},",
        ),
        ("training.sampling=ordered", "order = np.arange(len(examples[1]))"),
        ("training.sampling=balanced", "order = balanced_order(epoch, examples[1].reshape(-1))"),
        ("runtime.precision=mixed_float16", "return keras.optimizers.LossScaleOptimizer(optimizer)"),
        ("regularization.mixup=0.2", 'inputs, targets = mixed["inputs"], mixed["targets"]'),
        ("optimizer.groups=[{match: 'dense/*', freeze: true}]", 'for name in ["dense"]:'),
        ("optimizer.groups=[{match: 'dense/bias', freeze: true}]", 'frozen = ["dense/bias"]'),
        ("loss=[{CategoricalCrossentropy: , weight: 0.5}]", "loss_weights=0.5,"),
    ],
)
def test_every_part_of_a_spec_is_a_line_of_keras(override: str, line: str):
    assert line in (written.strip() for written in api.eject(digits(override)).splitlines())


def test_batches_are_prepared_only_where_there_is_something_to_do():
    assert "prepare" in api.eject(digits())
    plain = api.eject(digits(name="penguins-mlp"))
    assert "prepare" not in plain
    assert "return rows.map(batch_of)" in plain


@pytest.mark.parametrize(
    ("override", "path"),
    [("metrics=[accuracy, AUC]", "metrics"), ("training.class_weight=balanced", "training.class_weight")],
)
def test_what_keras_does_otherwise_to_mixed_examples_is_refused(override: str, path: str):
    with pytest.raises(RecipeError) as refused:
        api.eject(digits("regularization.mixup=0.2", override))
    assert [getattr(one, "path", "") for one in refused.value.problems] == [path]
