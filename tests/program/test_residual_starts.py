"""Residual branches begin as `init.residual` says; the formulas are those of the papers."""

import math

import pytest

from recipe.catalog.calls import Call
from recipe.program.residual_starts import scaled
from tests.program.programs import network

ZERO, SCALED = "init: {residual: zero}", "init: {residual: scaled}"


def first(layers: str, layer: str, slot: str, more: str):
    found = network(layers, more=more).layers[layer].get(slot)
    return (found.name, {name: one.value for name, one in found.arguments.items()}) if found else None


def test_the_scale_of_a_norm_that_ends_a_branch_begins_at_zero():
    layers = "- Flatten\n- residual: [{Dense: 64}, BatchNormalization]"
    assert first(layers, "residual.body.batch_normalization", "gamma_initializer", ZERO) == ("Zeros", {})
    assert first(layers, "residual.body.dense", "kernel_initializer", ZERO) == ("GlorotUniform", {})


def test_the_projection_that_ends_a_branch_begins_at_zero_through_what_has_no_weights():
    layers = "- Flatten\n- residual: [LayerNormalization, {Dense: 8}, ReLU, {Dense: 64}, {Dropout: 0.1}]"
    assert first(layers, "residual.body.dense_1", "kernel_initializer", ZERO) == ("Zeros", {})
    assert first(layers, "residual.body.dense", "kernel_initializer", ZERO) == ("HeNormal", {})
    assert first(layers, "residual.body.layer_normalization", "gamma_initializer", ZERO) is None


def test_of_an_attention_only_the_output_begins_otherwise():
    layers = "- Reshape: [8, 8]\n- residual: [{MultiHeadAttention: {num_heads: 2, key_dim: 4}}]\n- Flatten"
    built = network(layers, more=ZERO)
    name = "residual.body.multi_head_attention"
    assert {weight: call.name for weight, call in built.layer(name).starts.items()} == {
        "attention_output/kernel": "Zeros"
    }
    assert "kernel_initializer" not in built.layers[name]


def test_every_branch_of_a_sum_begins_at_zero_and_of_a_product_the_first_factor():
    ends = "[{parallel: {branches: [[{Dense: 64}], [{Dense: 64}]], merge: @}}]"
    dense = [f"residual.body.parallel.{branch}.dense" for branch in ("branch", "branch_1")]
    for merge, begun in (("Add", ["Zeros", "Zeros"]), ("Multiply", ["Zeros", "GlorotUniform"])):
        built = network(f"- Flatten\n- residual: {ends.replace('@', merge)}", more=ZERO)
        assert [built.layers[name]["kernel_initializer"].name for name in dense] == begun


def test_a_branch_is_divided_by_the_root_of_the_number_of_branches():
    layers = "- Flatten\n- repeat: {times: 9, layers: [{residual: [{Dense: 64}]}]}"
    name, settings = first(layers, "repeat.4.residual.body.dense", "kernel_initializer", SCALED)
    assert name == "VarianceScaling"
    assert settings == {
        "scale": pytest.approx(1 / 9),
        "mode": "fan_avg",
        "distribution": "uniform",
    }


def test_an_initializer_of_a_pattern_is_scaled_and_that_of_the_layer_itself_stays():
    layers = (
        "- Flatten\n- residual: [{Dense: 64}]\n- residual: [{Dense: {units: 64, kernel_initializer: Ones}}]"
    )
    more = "init: {residual: scaled, match: {'*/kernel': {RandomNormal: {stddev: 0.02}}}}"
    assert first(layers, "residual.body.dense", "kernel_initializer", more) == (
        "RandomNormal",
        {"stddev": pytest.approx(0.02 / math.sqrt(2))},
    )
    assert first(layers, "residual_1.body.dense", "kernel_initializer", more) == ("Ones", {})


@pytest.mark.parametrize(
    "body",
    ["[{Dense: 64}, {BatchNormalization: {scale: false}}]", "[ReLU]", "[{residual: [{Dense: 64}]}]"],
    ids=["a norm without scale", "no weights", "a residual that ends in its shortcut"],
)
def test_a_branch_whose_last_weights_are_not_known_is_told(body):
    assert network(f"- Flatten\n- residual: {body}", more=ZERO).codes == ["R337"]


def test_a_network_without_residuals_is_told():
    assert network("- Flatten", more=ZERO).codes == ["R337"]


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("HeNormal", {}),
        ("GlorotUniform", {}),
        ("LecunUniform", {}),
        ("RandomNormal", {}),
        ("TruncatedNormal", {"stddev": 0.02}),
        ("RandomUniform", {"minval": -1.0, "maxval": 2.0}),
        ("VarianceScaling", {"scale": 3.0}),
        ("Orthogonal", {"gain": 2.0}),
        ("Constant", {"value": 0.5}),
        ("Ones", {}),
        ("Zeros", {}),
    ],
)
def test_a_scaled_initializer_of_keras_draws_a_multiple(name, settings):
    """The same seed gives the same numbers, times the factor; Keras itself is asked."""
    import keras
    import numpy as np

    from recipe.catalog.calls import Argument, Origin
    from recipe.compiler.constructing import construct

    seeded = settings if name in ("Constant", "Ones", "Zeros") else {**settings, "seed": 7}
    arguments = {key: Argument(value, Origin(None)) for key, value in seeded.items()}
    call = Call(name, f"keras.initializers.{name}", arguments)
    before, after = (
        keras.ops.convert_to_numpy(construct(one)((64, 48))) for one in (call, scaled(call, 0.25))
    )
    np.testing.assert_allclose(after, 0.25 * before, rtol=1e-5, atol=1e-7)
