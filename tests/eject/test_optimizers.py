"""Printed optimizers move weights as those of the runs do, bit for bit."""

from pathlib import Path

import pytest

import recipe
from recipe import api
from recipe.diagnostics.problems import RecipeError
from tests.eject.running import differing

SPECS = Path(__file__).parents[2] / "specs"
SGD = "optimizer={SGD: {learning_rate: 0.05, momentum: 0.9}}"
GROUPS = (
    "optimizer.groups=[{match: 'dense/*', learning_rate: x3, weight_decay: 0.02}, "
    "{match: '*', layer_decay: 0.5}]"
)
EVERYTHING = (
    SGD,
    GROUPS,
    "regularization.gradient_clip={adaptive: 0.05}",
    "regularization.gradient_noise={variance: 0.01}",
    "regularization.gradient_centralization=true",
    "regularization.ema={decay: 0.9, every: 3 steps}",
)


def digits(*overrides: str) -> api.Spec:
    """A small network for two epochs."""
    chosen = ["training.epochs=2", "runtime.engine=graph", *overrides]
    return recipe.load(SPECS / "digits-mlp.yaml", chosen)


def test_everything_that_may_be_done_to_an_update_is_printed_at_once(tmp_path: Path):
    assert differing(tmp_path, digits(*EVERYTHING)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "overrides",
    [
        (SGD, GROUPS),
        ("optimizer={AdamW: {learning_rate: 2e-3}}", GROUPS),
        ("regularization.ema={decay: 0.99}",),
        ("regularization.gradient_clip={adaptive: 0.01}",),
        ("regularization.gradient_noise={variance: 0.1, decay: 0}",),
        ("regularization.gradient_centralization=true",),
        (SGD, "regularization.weight_decay={value: 1e-2, coupled: true}"),
        (SGD, "schedule={momentum: {warmup_linear: {warmup: 20%}}}"),
        (SGD, "optimizer.groups=[{match: 'dense/*', freeze: true}, {match: 'head/bias', freeze: true}]"),
    ],
    ids=lambda overrides: overrides[-1].partition("=")[0],
)
def test_a_script_updates_weights_as_the_run_does(overrides: tuple[str, ...], tmp_path: Path):
    assert differing(tmp_path, digits(*overrides)) == []


@pytest.mark.slow
def test_a_schedule_of_keras_is_rounded_as_in_the_run(tmp_path: Path):
    written = {
        "CosineDecay": "{initial_learning_rate: 0.01, decay_steps: 90, warmup_target: 0.05, warmup_steps: 7}",
        "ExponentialDecay": "{initial_learning_rate: 0.01, decay_steps: 5, decay_rate: 0.9}",
        "PolynomialDecay": "{initial_learning_rate: 0.01, decay_steps: 60, power: 1.7}",
        "PiecewiseConstantDecay": "{boundaries: [10, 20], values: [0.1, 0.05, 0.01]}",
    }
    specs = [
        digits(f"name={name}", "optimizer=Adam", f"schedule={{{name}: {arguments}}}")
        for name, arguments in written.items()
    ]
    assert differing(tmp_path, *specs) == []


def test_a_class_is_printed_only_where_an_optimizer_of_keras_does_not_do():
    assert "class Tuned" not in api.eject(digits(SGD))
    assert "optimizer = TunedSGD(" in api.eject(digits(SGD, "regularization.gradient_centralization=true"))


@pytest.mark.parametrize(
    ("overrides", "path"),
    [
        ((SGD, "optimizer.groups=[{match: 'dense/*', freeze: 1 epochs}]"), "optimizer.groups"),
        (
            (
                "regularization.ema={decay: 0.9}",
                "regularization.early_stopping={patience: 2 epochs, metric: {min: loss}}",
            ),
            "regularization.early_stopping.metric",
        ),
        (("regularization.ema={decay: 0.9}", "runtime.precision=mixed_float16"), "runtime.precision"),
    ],
)
def test_an_update_that_no_script_says_is_refused_at_its_part(overrides: tuple[str, ...], path: str):
    with pytest.raises(RecipeError) as refused:
        api.eject(digits(*overrides))
    assert [getattr(one, "path", "") for one in refused.value.problems] == [path]
