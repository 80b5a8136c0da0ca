"""Columns whose cells hold a sequence."""

import keras
import numpy as np
import pytest
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from recipe.data.reading import read
from recipe.program.plans import Split
from tests.data.plans import csv_source, kind, plan_of

IDS = kind("sequence", length=4)
OPTIONS = {"separator": ",", "of": "number"}


@pytest.fixture
def column(write, dataset_of):
    """The facts and the input of a feature with some cells, which are quoted."""

    def read_column(cells, written):
        path = write("x,y", *(f'"{cell}",{row % 2}' for row, cell in enumerate(cells)))
        dataset = dataset_of(plan_of(csv_source(path), "y", features={"x": written}))
        return dataset.facts.columns[0], dataset.splits["train"].inputs["input"], dataset.facts

    return read_column


@pytest.fixture
def refusal(write, problems_of):
    """The problem of a feature with some cells."""

    def problem_of(cells, written, **plan):
        path = write("x,y", *(f'"{cell}",{row % 2}' for row, cell in enumerate(cells)))
        (problem,) = problems_of(plan_of(csv_source(path), "y", features={"x": written}, **plan))
        return problem

    return problem_of


def test_names_are_ids_as_keras_finds_them(column):
    cells = ["go stop go", "stop  left go right go", "left", "right right go"]
    facts, ids, whole = column(cells, IDS)
    layer = keras.layers.TextVectorization(standardize=None, output_sequence_length=4)
    layer.adapt(cells)
    assert ids.tolist() == np.asarray(layer(np.array(cells))).tolist()
    assert ids.dtype == np.int32
    assert facts.statistics["vocabulary"] == len(layer.get_vocabulary()) == 6
    assert whole.shapes == {"input": (4,)}


def test_whole_numbers_are_one_name_however_they_are_written(column):
    _, ids, _ = column(["3 3.0 17", "3"], IDS)
    assert ids.tolist() == [[2, 2, 3, 0], [2, 0, 0, 0]]


def test_the_vocabulary_keeps_the_most_frequent_names(column):
    facts, ids, _ = column(["a b a", "c a b"], kind("sequence", length=3, vocabulary=3))
    assert facts.statistics["categories"] == ("a",)
    assert ids.tolist() == [[2, 1, 2], [1, 2, 1]]


def test_numbers_are_scaled_by_all_steps_and_filled_up_with_zeros(column):
    facts, numbers, whole = column(["1, 2,4", "7"], kind("sequence", length=3, **OPTIONS))
    steps = np.array([1.0, 2, 4, 7])
    expected = np.zeros((2, 3))
    expected[0], expected[1, 0] = (steps[:3] - steps.mean()) / steps.std(), (7 - steps.mean()) / steps.std()
    np.testing.assert_allclose(numbers[:, :, 0], expected, rtol=1e-6)
    assert (numbers.dtype, whole.shapes) == (np.float32, {"input": (3, 1)})
    assert facts.statistics["mean"] == steps.mean()


@pytest.mark.parametrize("cells", [["1,2", "3,,4"], ["1,2", "3,x"], ["1,2", "3,inf"]])
def test_a_step_that_is_no_number_is_named_with_its_line(refusal, cells):
    problem = refusal(cells, kind("sequence", length=3, **OPTIONS))
    assert problem.code == "R526"
    assert problem.message.endswith("data.csv line 3")


def test_an_empty_cell_is_missing_and_may_be_an_unknown_name(refusal, column):
    assert refusal(["a b", ""], IDS).help == (
        "leave these rows out with `data.missing: drop`; "
        "`missing: category` of its kind makes an empty sequence of names one unknown name"
    )
    assert refusal(["1", ""], kind("sequence", length=2, of="number"), missing="category").code == "R530"
    _, ids, _ = column(["a b", ""], kind("sequence", "category", length=2))
    assert ids.tolist() == [[3, 2], [1, 0]]


@pytest.mark.parametrize(
    ("options", "argument"), [({"vocabulary": 9, "of": "number"}, "vocabulary"), ({"scale": "log"}, "scale")]
)
def test_what_says_nothing_of_its_steps_is_refused(refusal, options, argument):
    problem = refusal(["1 2", "3"], kind("sequence", length=2, **options))
    assert (problem.code, problem.argument) == ("R584", argument)


def test_a_scale_refuses_numbers_below_what_it_takes(refusal):
    problem = refusal(["1 2", "3 -4"], kind("sequence", length=2, of="number", scale="log"))
    assert (problem.code, problem.cell) == ("R581", "-4.0")


def test_names_that_training_lacks_are_counted(write):
    train = csv_source(write("x,y", "a b,0", "b,1"))
    other = csv_source(write("x,y", "a c,0", "d d,1", "b,1", name="other.csv"))
    problems = []
    dataset = read(plan_of({"train": train, "validation": other}, "y", features={"x": IDS}), problems)
    assert [(one.code, one.count, one.values) for one in problems] == [("R536", 2, ("c", "d"))]
    assert dataset.splits["validation"].inputs["input"][0].tolist() == [3, 1, 0, 0]


def test_a_sequence_shares_no_input(write, problems_of):
    path = write("x,z,y", "a b,1.5,0", "b,2.5,1")
    (problem,) = problems_of(plan_of(csv_source(path), "y", features={"x": IDS}))
    assert problem.message == "`x` is a sequence and needs an input of its own, beside `z`"


def test_a_target_has_a_class_for_each_step_and_none_behind_the_last(write, dataset_of):
    path = write("x,y", "1.5,b a b a b", "2.5,a", "3.5,10 9.0")
    dataset = dataset_of(plan_of(csv_source(path), {"y": IDS}))
    (target,) = dataset.facts.targets
    classes = dataset.splits["train"].targets["y"]
    assert target.classes == ("9", "10", "a", "b")
    assert classes.tolist() == [[3, 2, 3, 2], [2, -1, -1, -1], [1, 0, -1, -1]]
    assert (classes.dtype, target.kind, target.shape) == (np.int32, "category", (4,))
    assert target.counts == (1, 1, 3, 3)


def test_a_class_of_a_step_that_training_lacks_is_named_with_its_lines(write, problems_of):
    train = csv_source(write("x,y", "1.5,a b", "2.5,b"))
    other = csv_source(write("x,y", "1.5,a", "2.5,b c c", name="other.csv"))
    (problem,) = problems_of(plan_of({"train": train, "test": other}, {"y": IDS}))
    assert (problem.code, problem.value, problem.count) == ("R535", "c", 1)
    assert problem.message.endswith("other.csv line 3")


@pytest.mark.parametrize(
    ("options", "argument"),
    [({"vocabulary": 9}, "vocabulary"), ({"of": "number", "scale": "quantile"}, "scale: quantile")],
)
def test_a_vocabulary_and_ranks_are_of_features(write, problems_of, options, argument):
    path = write("x,y", "1.5,1 2", "2.5,3")
    (problem,) = problems_of(plan_of(csv_source(path), {"y": kind("sequence", length=4, **options)}))
    assert (problem.code, problem.argument) == ("R580", argument)


@pytest.mark.parametrize("scale", ["auto", "standard", "minmax", "robust", "log"])
def test_a_target_has_a_number_for_each_step_on_the_scale_of_all_steps_of_training(write, dataset_of, scale):
    path = write("x,y", "1.5,1.5; 2;7;9;100", "2.5,3", "3.5,10;0.5")
    written = kind("sequence", length=4, of="number", separator=";", scale=scale)
    dataset = dataset_of(plan_of(csv_source(path), {"y": written}))
    (target,), numbers = dataset.facts.targets, dataset.splits["train"].targets["y"]
    steps = np.array([1.5, 2, 7, 9, 3, 10, 0.5])
    theirs = {
        "auto": steps,
        "standard": StandardScaler().fit_transform(steps[:, np.newaxis])[:, 0],
        "minmax": MinMaxScaler().fit_transform(steps[:, np.newaxis])[:, 0],
        "robust": RobustScaler().fit_transform(steps[:, np.newaxis])[:, 0],
        "log": StandardScaler().fit_transform(np.log1p(steps)[:, np.newaxis])[:, 0],
    }[scale]
    is_step = np.array([[True] * 4, [True, False, False, False], [True, True, False, False]])
    assert (numbers.dtype, numbers.shape, target.kind, target.shape) == (
        np.float32,
        (3, 4, 1),
        "number",
        (4, 1),
    )
    np.testing.assert_allclose(numbers[is_step, 0], theirs, atol=1e-6)
    assert np.isnan(numbers[~is_step]).all()
    np.testing.assert_allclose((target.mean, target.std), (theirs.mean(), theirs.std()), atol=1e-6)


@pytest.mark.parametrize("cell", ["3;;4", "3;x", "inf;1", "1;nan", "3 4"])
def test_a_step_of_a_target_that_is_no_number_is_named_with_its_line(write, problems_of, cell):
    train = csv_source(write("x,y", "1.5,1;2", "2.5,3"))
    other = csv_source(write("x,y", "1.5,1", f"2.5,{cell}", name="other.csv"))
    target = {"y": kind("sequence", length=4, **{**OPTIONS, "separator": ";"})}
    for plan in (
        plan_of({"train": train, "test": other}, target),
        plan_of({"train": other, "test": train}, target),
    ):
        (problem,) = problems_of(plan)
        assert problem.code == "R526"
        assert problem.message.endswith("other.csv line 3")


def test_steps_below_the_scale_and_a_single_number_are_told(write, problems_of):
    for cells, scale, code in ((("1 2", "3 -4"), "log", "R581"), (("3 3", "3"), "auto", "R534")):
        path = write("x,y", *(f"{row}.5,{cell}" for row, cell in enumerate(cells)))
        written = kind("sequence", length=4, of="number", scale=scale)
        (problem,) = problems_of(plan_of(csv_source(path), {"y": written}))
        assert problem.code == code


def test_a_split_cannot_be_stratified_by_a_sequence(write, problems_of):
    path = write("x,y", "1.5,a b", "2.5,b", "3.5,a")
    split = Split(validation=1, test=0, stratified=True, group=None)
    (problem,) = problems_of(plan_of(csv_source(path), {"y": IDS}, split=split))
    assert problem.message == "`stratified` needs a class for each example, and the target `y` is a sequence"
