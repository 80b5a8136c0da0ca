import numpy as np
import pandas as pd
import pytest

from recipe.data.predicting import encode_labelled_rows, encode_rows
from tests.data.plans import kind, npz_source, plan_of, source


@pytest.fixture
def tokens(dataset_of):
    return dataset_of(plan_of(source("bundled", name="tokens")))


@pytest.fixture
def several(tmp_path, dataset_of):
    """Two arrays and a class as inputs, an array and a number as targets."""
    generator = np.random.default_rng(0)
    arrays = {
        "image": generator.integers(0, 256, (12, 2, 2, 1)).astype(np.uint8),
        "ids": generator.integers(0, 5, (12, 3)),
        "each": generator.integers(0, 2, (12, 3)),
        "size": generator.normal(size=12),
    }
    np.savez(tmp_path / "several.npz", **arrays)
    call = npz_source(tmp_path / "several.npz", features=("image", "ids"), target=("each", "size"))
    features = {"image": None, "ids": kind("category")}
    return dataset_of(plan_of(call, features=features, inputs=("image", "ids")))


def rows_of(dataset, *, labelled):
    """The examples of a data set as somebody would write them into a CSV file."""
    train = dataset.splits["train"]
    parts = [*train.inputs.values()]
    if labelled:
        parts += [train.targets[one.name] for one in dataset.facts.targets if one.is_array]
    numbers = np.concatenate([part.reshape(len(train), -1) for part in parts], axis=1)
    table = pd.DataFrame(numbers).add_prefix("number ")
    for target in dataset.facts.targets if labelled else ():
        if not target.is_array:
            table.insert(1, target.name, train.targets[target.name])
    return table


def written(table, tmp_path):
    path = tmp_path / "rows.csv"
    table.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("name", ["tokens", "several"])
def test_rows_without_answers_are_encoded_as_in_training(name, request, tmp_path):
    dataset, problems = request.getfixturevalue(name), []
    path = written(rows_of(dataset, labelled=False), tmp_path)
    arrays = encode_rows(path, dataset.facts, problems)
    assert problems == []
    for input_name, values in dataset.splits["train"].inputs.items():
        assert arrays.inputs[input_name].dtype == values.dtype
        assert np.array_equal(arrays.inputs[input_name], values)


@pytest.mark.parametrize("name", ["tokens", "several"])
def test_the_answers_stand_behind_their_examples(name, request, tmp_path):
    dataset, problems = request.getfixturevalue(name), []
    path = written(rows_of(dataset, labelled=True), tmp_path)
    arrays = encode_labelled_rows(path, dataset.facts, problems)
    assert problems == []
    for target, values in dataset.splits["train"].targets.items():
        assert arrays.targets[target].dtype == values.dtype
        np.testing.assert_allclose(arrays.targets[target], values, rtol=1e-6)


@pytest.mark.parametrize("cell", ["-1", "99", "1.5"])
def test_what_is_no_id_is_refused(tokens, tmp_path, cell):
    table = rows_of(tokens, labelled=False).head(3).astype(object)
    table.iloc[1, 5] = cell
    problems = []
    assert encode_rows(written(table, tmp_path), tokens.facts, problems) is None
    (problem,) = problems
    assert (problem.code, f"{problem.value:g}") == ("R544", cell)
    assert [place.number for place in problem.places] == [3]


def test_rows_of_another_width_are_told_how_many_numbers_they_need(tokens, write):
    problems = []
    assert encode_rows(write("a,b", "1,2"), tokens.facts, problems) is None
    assert problems[0].message == (
        "a row of `data.csv` must have 64 numbers (one example of shape (64,)), or 64 more, its answers. "
        "Received: 2"
    )


def test_answers_that_are_arrays_are_needed_where_they_are_asked_for(tokens, tmp_path):
    problems = []
    path = written(rows_of(tokens, labelled=False).head(3), tmp_path)
    assert encode_labelled_rows(path, tokens.facts, problems) is None
    assert [problem.code for problem in problems] == ["R520"]
