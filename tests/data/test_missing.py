import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import yaml

from recipe.data.reading import read
from recipe.diagnostics.problems import errors
from tests.data.plans import csv_source, kind, plan_of, source

OPTIONS = {
    "text": {"vocabulary": 10, "length": 3},
    "labels": {"separator": "|"},
    "sequence": {"length": 3, "of": "category", "separator": " ", "vocabulary": 10},
}
PENGUINS = source("bundled", name="penguins")


def test_missing_cells_are_refused_by_default_with_count_and_lines(problems_of):
    problems = problems_of(plan_of(PENGUINS))
    assert [(problem.column, problem.count) for problem in problems] == [
        ("bill_length_mm", 2),
        ("bill_depth_mm", 2),
        ("flipper_length_mm", 2),
        ("body_mass_g", 2),
        ("sex", 11),
    ]
    assert problems[-1].message == (
        "`sex` (category) has 11 missing cells in 344 rows: penguins.csv lines 5, 10, 11, 12, 13 and 6 more"
    )


def test_the_yaml_of_every_help_is_a_way_out(problems_of, dataset_of):
    problems = problems_of(plan_of(PENGUINS))
    policies = {re.search(r"fill all columns with `data.missing: (\w+)`", one.help)[1] for one in problems}
    assert policies == {"indicator"}
    assert dataset_of(plan_of(PENGUINS, missing="indicator")).facts.examples == {"train": 344}
    lines = [re.search(r"this one with `(.*)` in `data.features`", one.help)[1] for one in problems]
    written = {name: value for line in lines for name, value in yaml.safe_load(line).items()}
    kinds = {name: kind(next(iter(value)), **next(iter(value.values()))) for name, value in written.items()}
    assert dataset_of(plan_of(PENGUINS, features=kinds)).facts.examples == {"train": 344}


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("policy", ["error", "mean", "median", "category", "indicator"])
def test_a_policy_that_does_not_suit_a_kind_is_refused_with_another_way_out(write, name: str, policy: str):
    path = write("x,y", "a b,a", ",b", "b,a", "a,b")
    features = {"x": kind(name, **OPTIONS[name])}
    problems = []
    read(plan_of(csv_source(path), "y", features=features, missing=policy), problems)
    told = [(problem.code, problem.count) for problem in errors(problems)]
    suits = policy == "category" and name != "labels"
    assert told == ([] if suits else [("R530", 1)])
    assert all(f"data.missing: {policy}`" not in problem.help for problem in problems)


def test_dropping_leaves_the_rows_that_pandas_leaves(dataset_of, shared_data):
    dataset = dataset_of(plan_of(PENGUINS, missing="drop"))
    expected = pd.read_csv(shared_data("penguins.csv")).dropna().index
    assert dataset.splits["train"].rows.tolist() == expected.tolist()
    assert {
        column.name: column.statistics["dropped"]
        for column in dataset.facts.columns
        if "dropped" in column.statistics
    } == {
        "bill_length_mm": 2,
        "bill_depth_mm": 2,
        "flipper_length_mm": 2,
        "body_mass_g": 2,
        "sex": 11,
    }


def test_dropped_rows_are_told():
    problems = []
    read(plan_of(PENGUINS, missing="drop"), problems)
    assert [problem.message for problem in problems] == [
        "11 of 344 rows of `train` are left out because cells are missing"
    ]


def test_only_the_columns_that_are_read_decide_what_is_dropped(dataset_of):
    kinds = {"body_mass_g": None, "island": None}
    plan = plan_of(PENGUINS, features=kinds, ignores_others=True, missing="drop")
    assert dataset_of(plan).facts.examples == {"train": 342}


@pytest.mark.parametrize("policy", ["mean", "median"])
def test_numbers_are_filled_with_what_pandas_says(write, dataset_of, policy):
    path = write("x,y", "1,a", ",b", "4,a", "10,b")
    dataset = dataset_of(plan_of(csv_source(path), "y", missing=policy))
    numbers = pd.Series([1, np.nan, 4, 10])
    fill = getattr(numbers, policy)()
    assert dataset.facts.columns[0].statistics["fill"] == fill
    expected = (numbers.fillna(fill) - numbers.mean()) / numbers.std(ddof=0)
    assert np.allclose(dataset.splits["train"].inputs["input"][:, 0], expected)


def test_a_flag_is_filled_with_its_share(write, dataset_of):
    path = write("x,y", "yes,a", ",b", "no,a", "yes,b")
    dataset = dataset_of(plan_of(csv_source(path), "y", missing="mean"))
    assert np.allclose(dataset.splits["train"].inputs["input"][:, 0], [1, 2 / 3, 0, 1])


def test_what_is_missing_can_be_a_category_of_its_own(write, dataset_of):
    path = write("x,y", "b,a", ",b", "a,a", "b,b")
    dataset = dataset_of(plan_of(csv_source(path), "y", missing="category"))
    assert dataset.facts.columns[0].statistics["categories"] == ("", "a", "b")
    assert dataset.splits["train"].inputs["input"].tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_a_flag_with_missing_cells_becomes_a_category_where_these_are_one(write, dataset_of):
    path = write("x,y", "yes,a", ",b", "no,a", "yes,b")
    column = dataset_of(plan_of(csv_source(path), "y", missing="category")).facts.columns[0]
    assert (column.kind, column.statistics["categories"]) == ("category", ("", "no", "yes"))


@pytest.mark.parametrize(
    ("policy", "columns"),
    [
        ("mean", ["sex"]),
        ("median", ["sex"]),
        ("category", ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]),
    ],
)
def test_a_policy_is_refused_where_it_does_not_fit(problems_of, policy, columns):
    problems = problems_of(plan_of(PENGUINS, missing=policy))
    assert [problem.column for problem in problems] == columns


def test_the_refusal_says_which_policy_fits(problems_of):
    (problem,) = problems_of(plan_of(PENGUINS, missing="mean"))
    assert "a mean only exists of numbers" in problem.message
    assert "`sex: {category: {missing: category}}`" in problem.help


def test_a_column_can_have_a_policy_of_its_own(dataset_of):
    features = {
        "body_mass_g": kind("number", "median"),
        "sex": kind("category", "drop"),
        "island": kind("category"),
    }
    dataset = dataset_of(plan_of(PENGUINS, features=features, ignores_others=True))
    assert dataset.facts.examples == {"train": 333}
    assert {column.name: column.statistics.get("fill") for column in dataset.facts.columns} == {
        "island": None,
        "body_mass_g": 4050,
        "sex": None,
    }


def test_missing_targets_are_refused_or_dropped(write, problems_of, dataset_of):
    table = csv_source(write("x,y", "1,a", "2,", "3,b", "5,NA", "4,a"))
    (problem,) = problems_of(plan_of(table, "y", missing="mean"))
    assert problem.message == "the target `y` is missing in 2 of 5 rows: data.csv lines 3, 5"
    assert dataset_of(plan_of(table, "y", missing="drop")).splits["train"].rows.tolist() == [0, 2, 4]


def test_a_row_without_its_group_is_refused(write, problems_of):
    plan = plan_of(csv_source(write("x,g,y", "1,p,a", "2,,b", "3,q,b")), "y")
    (problem,) = problems_of(replace(plan, split=replace(plan.split, group="g")))
    assert problem.message == "the group `g` is missing in 1 of 3 rows: data.csv line 3"


def test_missing_cells_of_all_parts_are_one_problem(write, problems_of):
    train = csv_source(write("x,y", "1,a", ",b", "3,b", name="train.csv"))
    test = csv_source(write("x,y", "1,a", ",b", name="test.csv"))
    (problem,) = problems_of(plan_of({"train": train, "test": test}, "y"))
    assert (problem.count, problem.rows) == (2, 5)


def test_dropping_everything_is_refused(write, problems_of):
    path = write("x,z,y", "1,,a", "2,,b", ",3,a")
    (problem,) = problems_of(plan_of(csv_source(path), "y", missing="drop"))
    assert problem.message == "dropping rows with missing cells leaves none of the 3 rows of `train`"
    assert problem.emptiest == "z"
