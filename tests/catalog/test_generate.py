import json
import sys
from typing import Any

import pytest

from recipe.catalog import generate
from recipe.catalog.keras_docstrings import argument_texts, first_sentence, summary
from recipe.catalog.keras_families import LEFT_OUT
from recipe.catalog.keras_kinds import HOLDS, Kind, kind_of


@pytest.fixture(scope="module")
def fresh() -> dict[str, Any]:
    return json.loads(generate.render(generate.generate()))


@pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="Python 3.13 dedents docstrings, which shifts one help text"
)
def test_the_file_says_what_the_installed_keras_says(fresh):
    written = json.loads(generate.file_path(fresh["keras"]).read_text(encoding="utf-8"))
    changed = generate.differences(written, fresh)
    assert not changed, f"{', '.join(changed)}: refresh with `{generate.COMMAND}` and read the diff"


def test_the_file_is_rendered_as_it_was_written(fresh):
    text = generate.file_path(fresh["keras"]).read_text(encoding="utf-8")
    assert generate.render(json.loads(text)) == text
    assert len(text) < 700_000


def test_what_is_left_out_is_a_public_name_of_keras():
    import keras

    modules = {
        "activation": keras.activations,
        "callback": keras.callbacks,
        "layer": keras.layers,
        "metric": keras.metrics,
        "op": keras.ops,
        "optimizer": keras.optimizers,
    }
    missing = [
        name for family, names in LEFT_OUT.items() for name in names if not hasattr(modules[family], name)
    ]
    assert missing == []


def test_a_difference_names_the_class(fresh):
    changed = json.loads(json.dumps(fresh))
    changed["families"]["layer"]["Dense"]["parameters"][0]["name"] = "width"
    del changed["families"]["loss"]["Huber"]
    changed["aliases"]["Fully"] = "Dense"
    assert generate.differences(changed, fresh) == ("layer Dense", "loss Huber", "aliases")


def test_every_kind_is_in_the_closed_vocabulary(fresh):
    entries = [entry for family in fresh["families"].values() for entry in family.values()]
    found = {
        item["holds"] for entry in entries for item in entry.get("parameters", []) + entry.get("call", [])
    }
    assert found <= HOLDS.keys()


def test_a_default_is_one_of_the_choices(fresh):
    entries = [(name, entry) for family in fresh["families"].values() for name, entry in family.items()]
    wrong = [
        (name, item["name"])
        for name, entry in entries
        for item in entry.get("parameters", [])
        if item.get("default") is not None and "choices" in item and item["default"] not in item["choices"]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "default", "text", "kind"),
    [
        ("units", ..., "Positive integer, dimensionality of the output space.", Kind("integer")),
        ("stddev", ..., "Float, standard deviation of the noise distribution.", Kind("number")),
        ("strides", 1, "int or tuple/list of 1 integer, specifying the stride.", Kind("integers")),
        ("depthwise_initializer", "glorot_uniform", "", Kind("initializer")),
        ("rows", None, "Integer or None. Rows.", Kind("integer", null=True)),
        ("width_factor", None, "a float, or a tuple of size 2.", Kind("numbers")),
        ("mode", "fan_in", 'One of `"fan_in"`, `"fan_out"`.', Kind("text", choices=("fan_in", "fan_out"))),
        ("vocabulary", None, "An array or a string path to a text file.", Kind("list", path=True)),
        ("whatever", None, "", Kind("any")),
    ],
)
def test_an_argument_holds_what_its_documentation_says(name, default, text, kind):
    assert kind_of("Anything", name, default, text) == kind


def test_choices_that_admit_other_values_too_are_not_choices():
    assert kind_of("Anything", "split", "a", 'Either `"a"`, `"b"` or a callable.').choices == ()


def test_arguments_are_read_from_a_docstring_with_examples_pasted_without_indentation():
    docstring = """Turns images.

    Args:
        factor: a float, or a tuple
            of size 2.
        seed: Integer. Used to
            create a random seed.

    Example:

x = layer(images)
    """
    assert argument_texts(docstring) == {
        "factor": "a float, or a tuple of size 2.",
        "seed": "Integer. Used to create a random seed.",
    }


def test_help_is_the_first_sentence_that_says_something():
    assert first_sentence("Boolean. Whether to stop. Defaults to `False`.") == "Boolean. Whether to stop"
    assert (
        first_sentence("The size of the window, e.g. 3 pixels. More.")
        == "The size of the window, e.g. 3 pixels"
    )
    assert len(first_sentence("word " * 100)) <= 120
    assert summary("Regular\n    layer.\n\n    More.") == "Regular layer"
