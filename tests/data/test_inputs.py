import numpy as np
import pytest

from recipe.data.inputs import share
from recipe.program.plans import Split
from tests.data.plans import SPAN, csv_source, npz_source, plan_of, source

TABLE = ("a,b,c,y", *(f"{row % 5}.5,{row % 3}.5,w{row % 2},{row % 2}" for row in range(20)))


@pytest.mark.parametrize(
    ("features", "inputs", "expected"),
    [
        ("abc", (), {"input": ("a", "b", "c")}),
        ("abc", ("everything",), {"everything": ("a", "b", "c")}),
        ("abc", ("b", "others"), {"b": ("b",), "others": ("a", "c")}),
        ("abc", ("c", "b", "a"), {"c": ("c",), "b": ("b",), "a": ("a",)}),
    ],
)
def test_an_input_takes_the_feature_of_its_name_and_one_other_all_that_are_left(features, inputs, expected):
    problems = []
    assert share(features, dict.fromkeys(inputs, SPAN), None, problems) == expected
    assert problems == []


@pytest.mark.parametrize(
    ("inputs", "codes", "named"),
    [
        (("a", "rest", "more"), ["R241"], "more"),
        (("a", "b", "c", "more"), ["R241"], "more"),
    ],
)
def test_an_input_that_no_feature_is_left_for_is_refused(inputs, codes, named):
    problems = []
    assert share("abc", dict.fromkeys(inputs, SPAN), None, problems) == {}
    assert [problem.code for problem in problems] == codes
    assert problems[0].name == named


def test_features_that_no_input_takes_are_refused():
    problems = []
    assert share("abc", {"b": SPAN}, None, problems) == {}
    assert (problems[0].code, problems[0].names) == ("R243", ("a", "c"))


def test_columns_of_several_inputs_are_the_parts_of_the_one_vector(write, dataset_of):
    path = write(*TABLE)
    whole = dataset_of(plan_of(csv_source(path), "y"))
    parts = dataset_of(plan_of(csv_source(path), "y", inputs=("b", "others")))
    together = whole.splits["train"].inputs["input"]
    divided = parts.splits["train"].inputs
    assert np.array_equal(divided["b"], together[:, 1:2])
    assert np.array_equal(divided["others"], together[:, [0, 2, 3]])
    assert [column.name for column in parts.facts.columns_of("others")] == ["a", "c"]
    assert parts.facts.inputs["others"].shape == (3,)


def test_arrays_are_inputs_beside_each_other(tmp_path, dataset_of):
    images = np.arange(4 * 6 * 6 * 1, dtype=np.uint8).reshape(4, 6, 6, 1)
    ages = np.array([[1.0], [2.0], [3.0], [4.0]])
    np.savez(tmp_path / "data.npz", image=images, age=ages, y=[0, 1, 0, 1])
    call = npz_source(tmp_path / "data.npz", features=("image", "age"))
    dataset = dataset_of(plan_of(call, inputs=("image", "age"), split=Split(1, 0, False, None)))
    arrays = dataset.splits["train"]
    assert np.array_equal(arrays.inputs["image"], images[arrays.rows])
    assert np.array_equal(arrays.inputs["age"], ages[arrays.rows].astype(np.float32))
    assert {name: fact.dtype for name, fact in dataset.facts.inputs.items()} == {
        "image": "uint8",
        "age": "float32",
    }


def test_an_array_is_not_joined_with_other_features(tmp_path, problems_of):
    np.savez(tmp_path / "data.npz", image=np.zeros((4, 6, 6, 1)), age=np.zeros(4), y=[0, 1, 0, 1])
    call = npz_source(tmp_path / "data.npz", features=("image", "age"))
    (problem,) = problems_of(plan_of(call))
    assert problem.code == "R538"
    assert "inputs: {image: auto, others: auto}" in problem.help


def test_a_lone_array_is_taken_by_an_input_of_any_name(dataset_of):
    dataset = dataset_of(plan_of(source("bundled", name="digits"), inputs=("picture",)))
    assert dataset.facts.inputs["picture"].shape == (8, 8, 1)
