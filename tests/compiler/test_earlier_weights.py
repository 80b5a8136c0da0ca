"""`init.weights`: a network begins as an earlier one, wherever path and shape are the same."""

import numpy as np
import pytest

import recipe
from recipe.diagnostics.problems import RecipeError
from recipe.training.folders import arrays_by_path

SPEC = """
recipe: 1
name: earlier
data: {source: {bundled: digits}, split: {validation: 20%}}
architecture:
  - Flatten
  - Dense: {units: 8, activation: relu}
@
  - head
optimizer: {SGD: {learning_rate: 0.1}}
training: {epochs: 1, batch_size: 128}
"""


def spec(layers="", more=""):
    return recipe.load("earlier.yaml", text=SPEC.replace("@", layers) + more)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return recipe.fit(spec(), runs=tmp_path_factory.mktemp("runs"))


@pytest.mark.parametrize("file", ["", "weights.safetensors", "model.keras"])
def test_a_network_begins_as_the_end_of_a_run(run, file):
    compilation = recipe.compile(spec(more=f"init: {{weights: {run.path / file}}}\n"))
    found, trained = (arrays_by_path(model) for model in (compilation.model, run.model))
    assert found.keys() == trained.keys()
    for path, values in trained.items():
        np.testing.assert_array_equal(found[path], values, err_msg=path)
    (note,) = compilation.compiled.notes
    assert (note.count, note.total, note.new, note.others, note.unused) == (4, 4, (), (), ())


def test_what_has_another_shape_or_path_begins_anew_and_is_said(run):
    more = f"init: {{weights: {run.path}}}\n"
    compilation = recipe.compile(spec("  - Dense: {units: 9, activation: relu}", more))
    anew = arrays_by_path(recipe.compile(spec("  - Dense: {units: 9, activation: relu}")).model)
    found = arrays_by_path(compilation.model)
    np.testing.assert_array_equal(found["head/kernel"], anew["head/kernel"])
    np.testing.assert_array_equal(found["dense_1/kernel"], anew["dense_1/kernel"])
    np.testing.assert_array_equal(found["dense/kernel"], arrays_by_path(run.model)["dense/kernel"])
    assert compilation.compiled.notes[0].message.startswith("3 of 6 weights begin as those of")
    assert "head/kernel (8 x 10 there, 9 x 10 here)" in compilation.compiled.notes[0].message


def test_a_plan_says_what_begins_as_what(run):
    written = spec("  - Dense: {units: 9, activation: relu}", f"init: {{weights: {run.path}}}\n")
    (said,) = [one for one in recipe.api.plan(written).warnings if one.code == "R339"]
    assert said == recipe.compile(written).compiled.notes[0]


@pytest.mark.parametrize("action", [recipe.compile, recipe.api.plan])
def test_a_run_that_is_not_there_is_told_at_its_place(action, tmp_path):
    with pytest.raises(RecipeError) as raised:
        action(spec(more=f"init: {{weights: {tmp_path / 'none'}}}\n"))
    assert [problem.code for problem in raised.value.problems] == ["R341"]
    assert raised.value.problems[0].span is not None


def test_a_file_that_holds_no_weights_is_told(tmp_path):
    for name in ("weights.safetensors", "model.keras", "weights.h5"):
        (tmp_path / name).write_bytes(b"none")
        with pytest.raises(RecipeError) as raised:
            recipe.compile(spec(more=f"init: {{weights: {tmp_path / name}}}\n"))
        assert [problem.code for problem in raised.value.problems] == ["R341"]


def test_an_earlier_network_of_which_nothing_fits_is_told(run):
    text = SPEC.replace("  - head", "  - head:\n    as: top").replace("units: 8", "units: 7").replace("@", "")
    with pytest.raises(RecipeError) as raised:
        recipe.compile(recipe.load("e.yaml", text=text + f"init: {{weights: {run.path}}}\n"))
    assert [problem.code for problem in raised.value.problems] == ["R342"]
