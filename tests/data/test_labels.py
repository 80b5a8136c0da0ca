"""Columns whose cells hold any number of names."""

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import MultiLabelBinarizer

from recipe.data.health import health
from recipe.data.reading import find, read
from recipe.program.plans import Split
from tests.data.plans import csv_source, kind, npz_source, plan_of

CELLS = ["drama|comedy", "comedy", "war | drama", "", "war|war|", "10.0|9"]
FILMS = ("x,genres", *(f"{row * row},{cell}" for row, cell in enumerate(CELLS)))
GENRES = kind("labels", "empty", separator="|")


@pytest.fixture
def films(write):
    return csv_source(write(*FILMS))


def test_a_target_has_a_one_for_each_label_as_in_scikit_learn(dataset_of, films):
    dataset = dataset_of(plan_of(films, {"genres": GENRES}))
    (target,) = dataset.facts.targets
    found = dataset.splits["train"].targets["genres"]
    named = [{name.strip().removesuffix(".0") for name in cell.split("|")} - {""} for cell in CELLS]
    assert target.classes == ("9", "10", "comedy", "drama", "war")
    theirs = MultiLabelBinarizer(classes=target.classes).fit_transform(named)
    assert found.dtype == np.float32
    assert found.tolist() == theirs.tolist()
    assert target.counts == tuple(theirs.sum(axis=0))
    assert (target.kind, target.shape, target.num_counted) == ("labels", (5,), 6)


def test_an_empty_cell_is_an_example_without_labels(dataset_of, films):
    dataset = dataset_of(plan_of(films, {"genres": GENRES}))
    assert not dataset.splits["train"].targets["genres"][3].any()


def test_an_empty_cell_is_refused_or_dropped_where_the_spec_says_so(dataset_of, problems_of, films):
    refused = kind("labels", "error", separator="|")
    (problem,) = problems_of(plan_of(films, {"genres": refused}))
    assert problem.message == "the target `genres` is missing in 1 of 6 rows: data.csv line 5"
    dropped = kind("labels", "drop", separator="|")
    assert dataset_of(plan_of(films, {"genres": dropped})).facts.examples == {"train": 5}


def test_a_label_that_training_lacks_is_named_with_its_lines(write, problems_of, films):
    other = csv_source(write("x,genres", "1,drama", "2,drama|noir", "3,noir", name="other.csv"))
    (problem,) = problems_of(plan_of({"train": films, "validation": other}, {"genres": GENRES}))
    assert problem.code == "R535"
    assert problem.message == (
        "`validation` has the class `noir` of `genres` 2 times, and the training data never: "
        "other.csv lines 3, 4"
    )


def test_one_label_for_every_example_is_nothing_to_learn(write, problems_of, dataset_of):
    path = write("x,y", "1,a|a", "2,a", "3,a")
    (problem,) = problems_of(plan_of(csv_source(path), {"y": kind("labels", "empty", separator="|")}))
    assert problem.code == "R534"
    dataset = dataset_of(plan_of(csv_source(write("x,y", "1,a|a", "2,", "3,a")), {"y": GENRES}))
    assert dataset.splits["train"].targets["y"].tolist() == [[1], [0], [1]]


def test_a_separator_that_never_stands_in_the_column_is_told(films):
    problems = []
    read(plan_of(films, {"genres": kind("labels", "empty", separator=";")}), problems)
    assert [problem.code for problem in problems] == ["R589"]
    assert "`drama|comedy`" in problems[0].message


def test_cells_that_look_like_labels_are_told_the_kind(write, problems_of):
    cells = [f"{one};{other}" for one in "abcdefg" for other in "abcdefg"]
    path = write("x,y", *(f"{row * row},{cell}" for row, cell in enumerate(cells)))
    (problem,) = problems_of(plan_of(csv_source(path), "y"))
    assert problem.code == "R524"
    assert problem.help.endswith('give the kind: `y: {labels: ";"}`')


def test_a_few_values_that_look_like_labels_are_categories_and_told(write):
    def told(*cells: str) -> list[str]:
        problems = []
        read(
            plan_of(
                csv_source(write("x,y", *(f"{row * row},{cell}" for row, cell in enumerate(cells)))), "y"
            ),
            problems,
        )
        return [problem.code for problem in problems]

    assert told(*["a|b", "a|c", "b|c", "a|b|c"] * 5) == ["R579"]
    assert told(*["a|b", "c|d"] * 5) == []  # as many names as values: nothing is shared
    assert told(*["Portland; OR", "Salem; OR", "Reno; NV"] * 5) == []


def test_a_split_cannot_be_stratified_by_labels(problems_of, films):
    split = Split(validation=2, test=0, stratified=True, group=None)
    (problem,) = problems_of(plan_of(films, {"genres": GENRES}, split=split))
    assert problem.message == "`stratified` needs a class for each example, and the target `genres` is labels"


def test_a_feature_has_a_number_for_each_label_as_in_pandas(write, dataset_of):
    cells = ["b|a", "", "a", "c|b"]
    path = write("tags,z,y", *(f"{cell},{row / 7},{row % 2}" for row, cell in enumerate(cells)))
    dataset = dataset_of(plan_of(csv_source(path), "y", features={"tags": GENRES}))
    expected = pd.Series([cell or None for cell in cells]).str.get_dummies("|")
    assert dataset.splits["train"].inputs["input"][:, :3].tolist() == expected.to_numpy().tolist()
    assert dataset.facts.columns[0].statistics["categories"] == tuple(expected)


def test_labels_of_a_feature_that_training_lacks_are_counted_and_left_out(write):
    train = csv_source(write("tags,y", "a|b,0", "b,1"))
    other = csv_source(write("tags,y", "a|c,0", "d,1", "b,1", name="other.csv"))
    problems = []
    dataset = read(plan_of({"train": train, "validation": other}, "y", features={"tags": GENRES}), problems)
    assert [(one.code, one.count, one.values) for one in problems] == [("R536", 2, ("c", "d"))]
    assert dataset.splits["validation"].inputs["input"].tolist() == [[1, 0], [0, 0], [0, 1]]


def test_a_look_at_data_counts_labels_and_examples_without_any(films):
    problems = []
    found = find(plan_of(films, {"genres": GENRES}), problems)
    dataset = found.encoded(problems)
    assert problems == []
    target = health(found, dataset.facts).columns[-1]
    assert dict(zip(target.classes, target.counts["train"], strict=True))["drama"] == 2
    assert (target.totals, target.without, target.distinct) == ({"train": 6}, {"train": 1}, 5)
    assert "war" in target.distribution.names


def test_a_look_at_an_array_of_labels_counts_them_too(tmp_path):
    bits = np.array([[1, 0, 1], [0, 0, 0], [1, 1, 0]])
    np.savez(tmp_path / "bits.npz", x=np.eye(3), y=bits)
    plan = plan_of(npz_source(tmp_path / "bits.npz"), {"y": kind("labels", "empty", separator=None)})
    found = find(plan, [])
    target = health(found, found.encoded([]).facts).columns[-1]
    assert (target.counts["train"], target.totals, target.without) == ((2, 1, 1), {"train": 3}, {"train": 1})
