import numpy as np
import pandas as pd
import pytest

from recipe.data.predicting import encode_labelled_rows
from tests.data.plans import csv_source, kind, plan_of

TABLE = ("delay,x,y", "20,1.5,a", "15,2.5,b", "-3,3.5,a", ",4.5,b", "15.5,5.5,b")
LATE = kind("flag", "drop", column="delay", above=15)


@pytest.fixture
def table(write):
    return csv_source(write(*TABLE))


def test_a_target_is_one_above_the_threshold_and_its_column_is_no_feature(table, dataset_of):
    dataset = dataset_of(plan_of(table, {"late": LATE}))
    delays = pd.Series([20, 15, -3, 15.5])
    assert dataset.splits["train"].targets["late"][:, 0].tolist() == (delays > 15).astype(float).tolist()
    assert [column.name for column in dataset.facts.columns] == ["x", "y"]
    assert dataset.splits["train"].rows.tolist() == [0, 1, 2, 4]


def test_the_column_that_tells_the_target_is_refused_as_a_feature(table, problems_of):
    (problem,) = problems_of(plan_of(table, {"late": LATE}, features={"delay": kind("number")}))
    assert (problem.code, problem.column, problem.target) == ("R586", "delay", "late")


def test_a_target_does_not_take_the_name_of_another_column(table, problems_of):
    (problem,) = problems_of(plan_of(table, {"y": LATE}))
    assert problem.code == "R585"


def test_a_column_may_be_its_own_flag(table, dataset_of):
    target = kind("flag", "drop", above=0)
    dataset = dataset_of(plan_of(table, {"delay": target}))
    assert dataset.splits["train"].targets["delay"][:, 0].tolist() == [1, 1, 0, 1]


def test_a_flag_may_be_read_from_a_column_of_another_name(table, dataset_of):
    dataset = dataset_of(
        plan_of(table, {"is_b": kind("flag", column="y")}, features={"delay": kind("number", "mean")})
    )
    assert dataset.splits["train"].targets["is_b"][:, 0].tolist() == [0, 1, 0, 1, 1]


def test_a_column_that_is_not_there_or_no_number_is_named(table, problems_of):
    (unknown,) = problems_of(plan_of(table, {"late": kind("flag", column="dealy", above=15)}))
    assert (unknown.code, unknown.label) == ("R520", "did you mean `delay`?")
    (wrong,) = problems_of(plan_of(table, {"late": kind("flag", column="y", above=15)}))
    assert (wrong.code, wrong.cell) == ("R526", "a")


def test_answers_of_later_rows_are_made_in_the_same_way(table, dataset_of, write):
    facts = dataset_of(plan_of(table, {"late": LATE})).facts
    rows = write("y,x,delay", "a,1,16", "b,2,3", name="later.csv")
    problems = []
    arrays = encode_labelled_rows(rows, facts, problems)
    assert problems == []
    assert np.array_equal(arrays.targets["late"], [[1], [0]])
