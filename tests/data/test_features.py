"""What columns become beside plain numbers, one-hot names and flags."""

import numpy as np
import pytest
from sklearn.impute import SimpleImputer

from recipe.data.hashing import bin_of
from tests.data.plans import csv_source, kind, plan_of


@pytest.fixture
def column(write, dataset_of):
    """The facts and the inputs of a table whose first column has some cells and a kind."""

    def read(cells, written=None, **plan):
        path = write("x,z,y", *(f"{cell},{row / 7},{'ab'[row % 2]}" for row, cell in enumerate(cells)))
        dataset = dataset_of(plan_of(csv_source(path), "y", features={"x": written}, **plan))
        facts = {one.name: one for one in dataset.facts.columns}
        return facts["x"], dataset.splits["train"].inputs, dataset.facts

    return read


def test_an_embedded_category_is_an_input_of_ids_that_leaves_zero_to_the_unseen(column):
    facts, inputs, whole = column(["b", "a", "c", "a"], kind("category", embedding=8))
    assert inputs["input.x"].tolist() == [2, 1, 3, 1]
    assert inputs["input.x"].dtype == np.int32
    assert inputs["input"].shape == (4, 1)
    assert (facts.width, facts.statistics["vocabulary"]) == (8, 4)
    assert whole.shapes == {"input": (9,)}


def test_rare_names_count_as_unseen(column):
    _, inputs, _ = column(["b", "a", "c", "a", "b"], kind("category", minimum_count=2))
    assert inputs["input"][:, :2].tolist() == [[0, 1], [1, 0], [0, 0], [1, 0], [0, 1]]


def test_hashed_names_are_one_hot_over_the_bins(column):
    names = ["b", "a", "c", "a"]
    _, inputs, _ = column(names, kind("category", hashing=5))
    assert inputs["input"][:, :5].argmax(axis=1).tolist() == [bin_of(name, 5) for name in names]
    assert inputs["input"][:, :5].sum() == 4


def test_hashed_names_may_be_embedded_and_have_no_unseen(column):
    facts, inputs, _ = column(["b", "a", "b"], kind("category", hashing=5, embedding=3))
    assert inputs["input.x"].tolist() == [bin_of(name, 5) for name in "bab"]
    assert facts.statistics["vocabulary"] == 5


def test_many_names_may_be_embedded_or_hashed_where_one_hot_is_refused(column):
    cells = [f"w{row}" for row in range(10_001)]
    facts, _, _ = column(cells, kind("category", embedding=2))
    assert facts.statistics["vocabulary"] == 10_002


@pytest.mark.parametrize("policy", ["column", "section"])
def test_an_indicator_fills_numbers_and_says_where_as_scikit_learn_does(column, policy):
    cells = ["1", "", "4", "10"]
    written, section = (kind("number", "indicator"), "error") if policy == "column" else (None, "indicator")
    _, inputs, _ = column(cells, written, missing=section)
    theirs = SimpleImputer(strategy="median", add_indicator=True).fit_transform(
        [[float(cell or "nan")] for cell in cells]
    )
    present = np.array([1.0, 4, 10])
    assert np.allclose(inputs["input"][:, 0], (theirs[:, 0] - present.mean()) / present.std())
    assert inputs["input"][:, 1].tolist() == theirs[:, 1].tolist() == [0, 1, 0, 0]


def test_a_column_without_gaps_has_no_indicator_but_a_fill(column):
    facts, inputs, _ = column(["1", "2", "4", "10"], None, missing="indicator")
    assert inputs["input"].shape == (4, 2)
    assert facts.statistics["fill"] == 3.0


def test_an_indicator_of_a_category_is_a_name_of_its_own(column):
    facts, _, _ = column(["a", "", "b", "a"], None, missing="indicator")
    assert facts.statistics["categories"] == ("", "a", "b")


def test_a_flag_keeps_its_share_and_says_where_it_was_missing(column):
    _, inputs, _ = column(["yes", "", "no", "yes"], None, missing="indicator")
    assert inputs["input"][:, :2].tolist() == [[1, 0], [1, 1], [0, 0], [1, 0]]


@pytest.mark.parametrize(
    ("target", "argument"),
    [
        (kind("category", embedding=4), "embedding"),
        (kind("category", hashing=4), "hashing"),
        (kind("number", scale="quantile"), "scale: quantile"),
    ],
)
def test_what_only_features_have_is_refused_of_a_target(write, problems_of, target, argument):
    path = write("x,y", *(f"{row / 7},{row % 3}" for row in range(9)))
    (problem,) = problems_of(plan_of(csv_source(path), {"y": target}))
    assert (problem.code, problem.argument) == ("R580", argument)


def test_a_threshold_is_refused_of_a_feature(write, problems_of):
    path = write("x,y", *(f"{row / 7},{'ab'[row % 2]}" for row in range(9)))
    (problem,) = problems_of(plan_of(csv_source(path), "y", features={"x": kind("flag", above=1.0)}))
    assert (problem.code, problem.argument) == ("R580", "above")
