import numpy as np
import pytest

from recipe.program.plans import Split
from tests.data.plans import kind, npz_source, plan_of

LABELS = np.array([0, 1, 0, 1])


@pytest.fixture
def save(tmp_path):
    def save_arrays(features, name="data.npz"):
        path = tmp_path / name
        np.savez(path, x=features, y=LABELS[: len(features)])
        return npz_source(path)

    return save_arrays


@pytest.mark.parametrize(
    ("array", "written", "expected"),
    [
        (((4, 5, 6), np.uint8), None, ("image", (5, 6, 1), "uint8", 1 / 255)),
        (((4, 5, 6, 3), np.uint8), None, ("image", (5, 6, 3), "uint8", 1 / 255)),
        (((4, 5, 6, 3), np.float64), None, ("image", (5, 6, 3), "float32", 1)),
        (((4, 5, 6), np.float32), None, ("number", (5, 6), "float32", 1)),
        (((4, 5, 6), np.float32), "image", ("image", (5, 6, 1), "float32", 1)),
        (((4, 5, 6), np.uint8), "number", ("number", (5, 6), "float32", 1)),
        (((4, 5), np.float32), None, ("number", (5,), "float32", 1)),
        (((4, 5), np.uint8), None, ("number", (5,), "float32", 1)),
        (((4,), np.int64), None, ("number", (1,), "float32", 1)),
    ],
)
def test_an_array_is_fed_by_its_rank_and_type(save, dataset_of, array, written, expected):
    shape, dtype = array
    values = np.random.default_rng(0).integers(0, 256, shape).astype(dtype)
    features = None if written is None else {"x": kind(written)}
    dataset = dataset_of(plan_of(save(values), features=features))
    fact, column = dataset.facts.inputs["input"], dataset.facts.columns[0]
    assert (column.kind, fact.shape, fact.dtype, fact.scale) == expected
    assert column.width == np.prod(fact.shape)
    fed = dataset.splits["train"].inputs["input"]
    assert (fed.shape, fed.dtype) == ((4, *fact.shape), fact.dtype)
    assert np.array_equal(fed.reshape(shape), values)


def test_a_kind_that_an_array_cannot_have_is_refused(save, problems_of):
    (problem,) = problems_of(plan_of(save(np.zeros((4, 5))), features={"x": kind("image")}))
    assert (problem.code, problem.accepted) == ("R528", ("number",))


def test_rows_with_nan_are_named(save, problems_of):
    values = np.zeros((4, 5, 2), dtype=np.float32)
    values[1, 2, 0], values[3, 0, 1] = np.nan, -np.inf
    (problem,) = problems_of(plan_of(save(values)))
    assert problem.message == "`x` holds NaN or infinity in 2 examples of `train`: data.npz rows 1, 3"


def test_images_of_another_size_are_refused(save, problems_of):
    sources = {
        "train": save(np.zeros((4, 5, 5), np.uint8)),
        "test": save(np.zeros((2, 6, 6), np.uint8), "test.npz"),
    }
    (problem,) = problems_of(plan_of(sources))
    assert (problem.code, problem.expected, problem.received) == ("R539", (5, 5), (6, 6))


def test_a_whole_array_is_not_copied(save, dataset_of):
    dataset = dataset_of(plan_of(save(np.zeros((4, 5, 5), np.uint8))))
    assert not dataset.splits["train"].inputs["input"].flags.owndata


def test_labels_outside_the_classes_cannot_be(save, dataset_of):
    dataset = dataset_of(
        plan_of(save(np.zeros((4, 5))), {"y": kind("category")}, split=Split(0, 1, False, None))
    )
    labels = np.concatenate([arrays.targets["y"] for arrays in dataset.splits.values()])
    assert labels.dtype == np.int32
    assert set(labels.tolist()) <= set(range(len(dataset.facts.targets[0].classes)))


def test_whole_numbers_written_as_a_category_stay_integer_ids(save, dataset_of):
    ids = np.array([[0, 3], [2, 1], [9, 0], [4, 4]])
    dataset = dataset_of(plan_of(save(ids), features={"x": kind("category")}))
    fact, column = dataset.facts.inputs["input"], dataset.facts.columns[0]
    assert (fact.shape, fact.dtype, fact.encoded_dtype) == ((2,), "int32", "int32")
    assert (column.kind, column.statistics["vocabulary"], column.is_array) == ("category", 10, True)
    assert np.array_equal(dataset.splits["train"].inputs["input"], ids)


def test_the_vocabulary_does_not_hang_on_the_split(save, dataset_of):
    ids = np.array([[0, 1], [2, 1], [9, 0], [4, 4]])
    vocabularies = {
        dataset_of(
            plan_of(save(ids), features={"x": kind("category")}, split=Split(1, 0, False, None), seed=seed)
        )
        .facts.columns[0]
        .statistics["vocabulary"]
        for seed in range(8)
    }
    assert vocabularies == {10}


@pytest.mark.parametrize("wrong", [-1, 10])
def test_ids_outside_the_vocabulary_are_refused(save, problems_of, wrong):
    sources = {
        "train": save(np.array([[0, 3], [9, 1]])),
        "test": save(np.array([[0, 1], [wrong, 2]]), "test.npz"),
    }
    (problem,) = problems_of(plan_of(sources, features={"x": kind("category")}))
    assert problem.message == (
        f"the ids of `x` lie from 0 to 9. Received: {wrong}, in 1 example of `test`: test.npz row 1"
    )


def test_fractions_are_no_ids(save, problems_of):
    (problem,) = problems_of(plan_of(save(np.zeros((4, 5))), features={"x": kind("category")}))
    assert (problem.code, problem.accepted) == ("R528", ("number",))
