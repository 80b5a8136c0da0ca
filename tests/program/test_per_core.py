"""Which networks are trained in parts of a batch side by side, by what a spec shows."""

from pathlib import Path

import pytest

import recipe
from recipe.program.per_core import obstacles, pays

SPECS = Path(__file__).parents[2] / "specs"
SPEC = """
recipe: 1
name: parts
data: {source: {bundled: digits}}
architecture:
  - Conv2D: {filters: 8, kernel_size: 3, activation: relu}
  - Dropout: 0.3
  - Flatten
  - head
optimizer: Adam
training: {epochs: 2, batch_size: 64}
"""
CONVOLUTION = "  - Conv2D: {filters: 8, kernel_size: 3, activation: relu}\n"


def program(text: str = SPEC, *overrides: str):
    return recipe.load("parts.yaml", overrides, text=text).program


def with_layer(layer: str) -> str:
    return SPEC.replace("  - Dropout: 0.3\n", f"  - {layer}\n")


def named(text: str) -> list[str]:
    return [call.name for call, _ in obstacles(program(text))]


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        ("BatchNormalization", "BatchNormalization"),
        ("TimeDistributed: {layer: BatchNormalization}", "BatchNormalization"),
        ("SpectralNormalization: {layer: {Conv2D: {filters: 4, kernel_size: 1}}}", "SpectralNormalization"),
        ("GaussianNoise: 0.1", "GaussianNoise"),
        ("TimeDistributed: {layer: {Dropout: 0.3}}", "Dropout"),
        ("ActivityRegularization: {l2: 0.1}", "ActivityRegularization"),
        ("Dense: {units: 4, activity_regularizer: {L2: 0.1}}", "Dense"),
        ("op: {sum: {axis: 0, keepdims: true}}", "sum"),
        ("op: transpose", "transpose"),
        ("Softmax: {axis: 0}", "Softmax"),
        ("UnitNormalization: {axis: 0}", "UnitNormalization"),
        ("ConvLSTM1D: {filters: 4, kernel_size: 3, stateful: true}", "ConvLSTM1D"),
    ],
)
def test_a_layer_that_looks_at_the_whole_batch_or_draws_stands_in_the_way(layer: str, name: str):
    assert named(with_layer(layer)) == [name]


@pytest.mark.parametrize(
    "layer",
    [
        "Dropout: 0.3",
        "SpatialDropout2D: 0.3",
        "residual: {body: [Dropout: 0.1], drop_path: 0.1}",
        "GaussianNoise: 0.0",
        "LayerNormalization",
        "op: {sum: {axis: 1}}",
        "op: {sum: {axis: -1}}",
        "op: tanh",
        "Dense: {units: 4, kernel_regularizer: {L2: 0.1}}",
        "Dense: {units: 4, kernel_constraint: {MaxNorm: {max_value: 2.0, axis: 0}}}",
        "residual: {body: [{Conv1D: {filters: 4, kernel_size: 1}}], shortcut: project, drop_path: 0.2}",
        "residual: {body: [ReLU], shortcut: {project: [LayerNormalization]}}",
    ],
)
def test_other_layers_do_not(layer: str):
    assert named(with_layer(layer)) == []


def test_the_last_axis_of_what_an_operation_gives_may_be_that_of_the_examples():
    twice = SPEC.replace("  - head\n", "  - op: {sum: {axis: -1}}\n  - op: {cumsum: {axis: -1}}\n  - head\n")
    assert named(twice) == ["cumsum"]


def test_a_transformer_has_nothing_in_the_way():
    shipped = recipe.load(SPECS / "shakespeare-gpt.yaml").program
    assert [call.name for call, _ in obstacles(shipped)] == []


def test_a_loss_over_the_whole_batch_stands_in_the_way():
    assert named(SPEC + "loss: {CategoricalFocalCrossentropy: {gamma: 1.0}}\n") == []
    assert "Dice" in named(SPEC + "loss: Dice\n")


@pytest.mark.parametrize("reduction", ["sum", "mean_with_sample_weight"])
def test_a_loss_that_is_no_mean_over_examples_stands_in_the_way(reduction: str):
    loss = f"{{SparseCategoricalCrossentropy: {{reduction: {reduction}}}}}"
    assert named(SPEC + f"loss: {loss}\n") == ["SparseCategoricalCrossentropy"]
    assert named(SPEC + f"loss: [{loss}, KLDivergence]\n") == ["CategoricalCrossentropy"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (with_layer("mine.Gate"), "mine.Gate"),
        (with_layer("TimeDistributed: {layer: mine.Gate}"), "mine.Gate"),
        (SPEC + "loss: mine.Ranking\n", "mine.Ranking"),
        (SPEC + "loss: [mine.Ranking, KLDivergence]\n", "mine.Ranking"),
        (SPEC + "metrics: mine.Correlation\n", "mine.Correlation"),
    ],
)
def test_of_an_imported_class_nobody_knows(text: str, name: str):
    assert named(text + "imports: [mine]\n") == [name]


@pytest.mark.parametrize(
    ("text", "cores", "expected"),
    [
        (SPEC, 2, True),
        (SPEC, 1, False),
        (SPEC, 8, True),
        (SPEC, 9, False),
        (SPEC.replace("batch_size: 64", "batch_size: 7"), 2, False),
        (SPEC.replace("batch_size: 64", "batch_size: 8"), 2, True),
        (SPEC.replace(CONVOLUTION, ""), 2, False),
        (with_layer("BatchNormalization"), 2, False),
        (SPEC + "runtime: {backend: jax}\n", 2, False),
        (SPEC + "runtime: {strategy: mirrored}\n", 2, False),
    ],
)
def test_it_pays_for_heavy_layers_on_some_cores_with_examples_for_each(text: str, cores: int, expected: bool):
    assert pays(program(text), cores) is expected
