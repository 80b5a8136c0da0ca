import json
from pathlib import Path

import pytest

from recipe.catalog import keras_classes, lookup, overlay, words
from recipe.catalog.constraints import Constraint, Fields, ListOf, OneOf
from recipe.catalog.fitting import accepts
from recipe.catalog.leaves import Anything, Words
from recipe.catalog.rows import Required
from recipe.diagnostics.spans import Span
from recipe.language.nodes import ScalarNode

SPAN = Span("defaults", 1, 1, 1, 1)


def holds(family: str, owner: str, argument: str):
    row = lookup.find(family, owner)
    assert row is not None
    parameter = row.parameter(argument)
    assert parameter is not None
    return parameter.holds


def admits(node: ScalarNode, constraint: Constraint) -> bool:
    if isinstance(constraint, OneOf):
        return any(admits(node, option) for option in constraint.options)
    if isinstance(constraint, ListOf):
        return constraint.lone and admits(node, constraint.item)
    return accepts(node, constraint)


def generated() -> dict:
    (path,) = Path(keras_classes.__file__).parent.glob("keras-*.json")
    return json.loads(path.read_text(encoding="utf-8"))["families"]


def test_a_class_of_keras_is_a_row_with_its_own_arguments():
    row = lookup.find("layer", "Dense")
    assert row is not None
    assert (row.target, row.parameters[0].name) == ("keras.layers.Dense", "units")
    assert {"units", "activation", "kernel_initializer"} <= set(row.known)


def test_names_are_spelled_as_on_keras_io_and_in_no_other_way():
    assert lookup.find("layer", "dense") is None
    assert lookup.find("optimizer", "adamw") is None


@pytest.mark.parametrize("family", lookup.KERAS_FAMILIES)
def test_every_class_of_the_generated_file_has_a_row(family):
    expected = generated()[lookup.KERAS_FAMILIES[family]]
    assert len(expected) > 3
    assert [name for name in expected if lookup.find(family, name) is None] == []
    assert set(lookup.names(family)) == set(expected)


def test_what_the_generated_file_calls_a_thing_is_a_constraint():
    kinds = {
        parameter["holds"]
        for family in lookup.KERAS_FAMILIES.values()
        for entry in generated()[family].values()
        for parameter in entry.get("parameters", ())
    }
    assert kinds - {"activation", *overlay.HOLDS} == set()


@pytest.mark.parametrize("family", overlay.RANGES)
def test_every_range_of_the_overlay_is_of_an_argument_that_keras_has(family):
    rows = [lookup.find(family, name) for name in lookup.names(family)]
    arguments = {name for row in rows if row for name in row.known}
    qualified = {f"{row.name}.{name}" for row in rows if row for name in row.known}
    assert set(overlay.RANGES[family]) - arguments - qualified == set()


@pytest.mark.parametrize("family", lookup.KERAS_FAMILIES)
def test_keras_s_own_defaults_are_within_the_ranges_of_the_overlay(family):
    """A range that excludes the default would refuse what works without being written."""
    outside = []
    for name in lookup.names(family):
        for parameter in keras_classes.load().find(lookup.KERAS_FAMILIES[family], name).parameters:
            default = ScalarNode(parameter.default, SPAN, str(parameter.default))
            is_number = isinstance(parameter.default, bool | int | float)
            if is_number and not admits(default, holds(family, name, parameter.name)):
                outside.append((name, parameter.name, parameter.default))
    assert outside == []


def test_an_argument_that_may_be_none_admits_null():
    options = holds("layer", "Dense", "activation").options
    assert options[0] == overlay.NULL


def test_an_activation_is_one_of_keras_s_functions():
    activation = holds("layer", "Dense", "activation").options[1]
    assert isinstance(activation, Words)
    assert "relu" in activation.choices
    assert "ReLU" not in activation.choices


def test_the_rate_of_a_dropout_may_be_left_out_and_units_may_not():
    rate = lookup.find("layer", "Dropout").parameter("rate")
    units = lookup.find("layer", "Dense").parameter("units")
    assert not isinstance(rate.default, Required)
    assert isinstance(units.default, Required)


@pytest.mark.parametrize("layer", ["StringLookup", "IntegerLookup", "TextVectorization"])
def test_a_vocabulary_is_a_list_and_never_the_path_of_a_file(layer):
    options = holds("layer", layer, "vocabulary").options
    lists = [option for option in options if isinstance(option, ListOf)]
    assert [one.lone for one in lists] == [False]
    assert Anything() not in options


def test_a_class_may_be_in_two_families():
    assert set(lookup.families_of("Poisson")) == {"loss", "metric"}
    assert lookup.families_of("NoSuchThing") == ()


def test_keras_s_other_names_lead_to_the_one_that_is_used():
    assert lookup.alias_of("Convolution2D") == "Conv2D"
    assert lookup.alias_of("mse") == "MeanSquaredError"
    assert lookup.alias_of("nothing") == ""


def test_an_augmentation_maps_one_array_without_weights():
    found = lookup.names("augmentation")
    assert {"RandomFlip", "RandomRotation", "RandomCrop", "GaussianNoise", "Rescaling"} <= set(found)
    assert not {"Dense", "Conv2D", "Bidirectional", "Add", "BatchNormalization"} & set(found)


def test_a_key_is_found_in_its_section():
    assert lookup.sections_with("epochs") == ("training",)
    assert lookup.sections_with("minimum_delta") == ("regularization.early_stopping",)
    assert lookup.sections_with("architecture") == ("",)


def test_every_section_of_the_language_is_found_by_path():
    assert {"", "data", "data.split", "regularization.weight_decay", "training", "runtime"} <= set(
        lookup.SECTION_PATHS
    )


def test_a_row_of_ours_is_found_by_what_stands_behind_it():
    assert lookup.own_row("recipe.data.sources.csv") is lookup.find("source", "csv")
    assert lookup.own_row("keras.layers.Dense") is None


def test_an_argument_of_a_family_is_known_without_its_class():
    assert lookup.is_argument("learning_rate", ("optimizer",))
    assert not lookup.is_argument("units", ("optimizer",))


def test_the_default_of_keras_is_known_where_nobody_writes_one():
    assert lookup.keras_default("optimizer", "AdamW", "weight_decay") == 0.004
    assert lookup.keras_default("optimizer", "SGD", "weight_decay") is None
    assert lookup.keras_default("optimizer", "SGD", "no_such_argument") is None


def test_the_direction_of_a_metric_is_known_where_keras_says_it():
    assert lookup.direction_of("SparseCategoricalAccuracy") == "max"
    assert lookup.direction_of("MeanAbsoluteError") == "min"
    assert lookup.direction_of("NoSuchMetric") is None


def test_the_tensors_of_a_call_are_known_by_name():
    assert lookup.inputs_of("Dense") == (("inputs",), False)
    assert lookup.inputs_of("Concatenate")[1] is True
    assert lookup.tensors_of("MultiHeadAttention")[:3] == ("query", "value", "key")
    assert lookup.tensors_of("NoSuchLayer") == ()


def test_the_settings_of_a_call_are_no_tensors():
    row = lookup.call_row("MultiHeadAttention")
    assert "use_causal_mask" in row.known
    assert not {"query", "value", "key", "attention_mask"} & set(row.known)


def test_a_word_that_has_its_own_place_is_an_argument_of_keras():
    """Otherwise the row of ELSEWHERE would refuse nothing."""
    for argument, families, _ in words.ELSEWHERE:
        assert any(lookup.is_argument(argument, (family,)) for family in families), argument


def test_the_section_of_a_list_is_told_by_its_rows():
    optional = [name for name, row in lookup.SECTION_PATHS.items() if not row.parameters]
    assert optional == []
    assert isinstance(lookup.SECTION_PATHS[""].parameter("data").holds, Fields)
