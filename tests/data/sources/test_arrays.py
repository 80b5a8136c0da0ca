"""Source `arrays`: a Python program gives what the spec names; nobody else can."""

import numpy as np
import pandas as pd
import pytest

import recipe
from recipe.data.sources.arrays import read, read_given
from recipe.diagnostics.problems import RecipeError
from tests.data.plans import source

SPEC = """\
recipe: 1
data: {source: arrays, target: {y: category}, split: {validation: 25%}}
architecture: [{Dense: 4}, head]
optimizer: {SGD: 0.1}
training: {epochs: 2, batch_size: 8}
"""
X, Y = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32), np.arange(40) % 2


def test_arrays_lists_and_series_are_read_as_numpy_makes_arrays_of_them():
    problems = []
    call = source("arrays", features=("x", "ages"), target="y")
    given = {"x": X.tolist(), "ages": pd.Series(range(40)), "y": pd.Series(["a", "b"] * 20), "unused": 3}
    table = read_given(call, given, problems)
    assert problems == []
    assert np.array_equal(table.arrays["x"].values.astype(np.float32), X)
    assert table.arrays["ages"].values.tolist() == list(range(40))
    assert table.cells["y"][:2].tolist() == ["a", "b"]


def test_a_name_that_was_not_given_suggests_the_nearest():
    problems = []
    assert (
        read_given(source("arrays", features="x_train", target="y"), {"x_trian": X, "y": Y}, problems) is None
    )
    assert [(problem.code, problem.label) for problem in problems] == [("R513", "did you mean `x_trian`?")]


def test_without_a_program_the_source_is_refused_with_the_reason():
    problems = []
    assert read(source("arrays", features="x", target="y"), problems) is None
    assert problems[0].code == "R561"
    assert "recipe.fit(spec, arrays=" in problems[0].help


@pytest.mark.parametrize("values", [[{"a": 1}] * 40, [[1, 2], [3]] * 20])
def test_what_is_no_array_of_numbers_is_refused(values):
    problems = []
    assert read_given(source("arrays", features="x", target="y"), {"x": values, "y": Y}, problems) is None
    assert [problem.code for problem in problems] == ["R515"]


def test_fit_reads_the_arrays_of_the_program_and_equal_arrays_are_equal_data(tmp_path):
    spec = recipe.load("given.yaml", text=SPEC, arrays={"x": X, "y": Y})
    first = recipe.api.prepare(spec).program.facts
    again = recipe.api.prepare(
        recipe.load("given.yaml", text=SPEC, arrays={"x": X.copy(), "y": Y})
    ).program.facts
    other = recipe.api.prepare(
        recipe.load("given.yaml", text=SPEC, arrays={"x": X + 1, "y": Y})
    ).program.facts
    assert first.examples == {"train": 30, "validation": 10}
    assert first.fingerprint == again.fingerprint != other.fingerprint
    run = recipe.fit(spec, folder=tmp_path / "run")
    with pytest.raises(RecipeError, match="come from Python"):
        recipe.api.resume(run.path)
