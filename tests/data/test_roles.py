from dataclasses import replace

import pytest

from tests.data.plans import SPAN, csv_source, kind, plan_of

TABLE = ("name,age,city,bought", "x,31,Rome,yes", "y,42,Oslo,no", "x,53,Rome,yes", "y,64,Oslo,no")


@pytest.fixture
def table(write):
    return csv_source(write(*TABLE))


def names(dataset):
    return [column.name for column in dataset.facts.columns]


def test_every_other_column_is_a_feature(table, dataset_of):
    dataset = dataset_of(plan_of(table, "bought"))
    assert names(dataset) == ["name", "age", "city"]
    assert [target.name for target in dataset.facts.targets] == ["bought"]


def test_ignored_columns_are_no_features(table, dataset_of):
    assert names(dataset_of(plan_of(table, "bought", ignore=["name", "city"]))) == ["age"]


def test_a_listed_feature_takes_no_other_away(table, dataset_of):
    dataset = dataset_of(plan_of(table, "bought", features={"city": None, "age": kind("category")}))
    assert names(dataset) == ["name", "age", "city"]
    assert dataset.facts.columns[1].kind == "category"


def test_only_listed_features_are_read_when_the_others_are_ignored(table, dataset_of):
    plan = plan_of(table, "bought", features={"city": None, "age": kind("category")}, ignores_others=True)
    assert names(dataset_of(plan)) == ["age", "city"]


def test_a_group_is_no_feature_unless_it_is_listed(table, dataset_of):
    plan = plan_of(table, "bought")
    grouped = replace(plan, split=replace(plan.split, group="city"))
    assert names(dataset_of(grouped)) == ["name", "age"]
    assert names(dataset_of(replace(grouped, features={"city": None}))) == ["name", "age", "city"]


def test_all_unknown_columns_are_told_at_once(table, problems_of):
    plan = plan_of(table, "bougth", features={"agee": None}, ignore=["nmae"])
    problems = problems_of(replace(plan, split=replace(plan.split, group="ciyt")))
    assert {(problem.column, problem.label) for problem in problems} == {
        ("bougth", "did you mean `bought`?"),
        ("agee", "did you mean `age`?"),
        ("nmae", "did you mean `name`?"),
        ("ciyt", "did you mean `city`?"),
    }
    assert all(problem.span == SPAN for problem in problems)


def test_a_table_needs_a_target(table, problems_of):
    (problem,) = problems_of(plan_of(table))
    assert (problem.code, problem.known) == ("R521", ("name", "age", "city", "bought"))


def test_a_table_needs_a_feature(table, problems_of):
    (problem,) = problems_of(plan_of(table, "bought", ignore=["name", "age", "city"]))
    assert problem.code == "R522"


def test_a_target_cannot_be_a_feature_or_ignored(table, problems_of):
    plan = plan_of(table, "bought", features={"bought": None, "age": None}, ignore=["bought", "age"])
    assert [(problem.column, problem.second) for problem in problems_of(plan)] == [
        ("bought", "a feature"),
        ("bought", "ignored"),
        ("age", "ignored"),
    ]
