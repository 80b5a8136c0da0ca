import numpy as np
import pytest

from recipe.program.plans import Split
from tests.data.plans import kind, npz_source, plan_of, source

LABELS = kind("labels", "empty", separator=None)


@pytest.fixture
def save(tmp_path):
    def save_targets(targets, name="data.npz"):
        path = tmp_path / name
        np.savez(path, x=np.arange(len(targets) * 3.0).reshape(-1, 3), y=targets)
        return npz_source(path)

    return save_targets


def drawn(shape, most):
    return np.random.default_rng(0).integers(0, most, shape)


@pytest.mark.parametrize(
    ("targets", "written", "expected"),
    [
        (drawn((30, 5), 3), None, ("category", ("0", "1", "2"), (5,), np.int32)),
        (drawn((30, 4, 5), 3), None, ("category", ("0", "1", "2"), (4, 5), np.int32)),
        (drawn((30, 5), 3), "number", ("number", (), (5,), np.float32)),
        (drawn((30, 5), 90), None, ("number", (), (5,), np.float32)),
        (drawn((30, 5), 3) / 2, None, ("number", (), (5,), np.float32)),
        (drawn((30, 5), 2).astype(bool), None, ("category", ("0", "1"), (5,), np.int32)),
    ],
)
def test_an_array_is_a_class_or_a_number_at_each_position(save, dataset_of, targets, written, expected):
    dataset = dataset_of(plan_of(save(targets), "y" if written is None else {"y": kind(written)}))
    (target,) = dataset.facts.targets
    values = dataset.splits["train"].targets["y"]
    assert (target.kind, target.classes, target.shape, values.dtype) == expected
    assert np.array_equal(values, targets.astype(values.dtype))


def test_columns_of_zeros_and_ones_may_be_labels(save, dataset_of):
    bits = drawn((30, 5), 2)
    dataset = dataset_of(plan_of(save(bits), {"y": LABELS}))
    (target,) = dataset.facts.targets
    assert (target.kind, target.classes, target.shape) == ("labels", tuple("01234"), (5,))
    assert (target.counts, target.num_counted) == (tuple(bits.sum(axis=0)), 30)
    values = dataset.splits["train"].targets["y"]
    assert values.dtype == np.float32
    assert np.array_equal(values, bits)


def test_other_numbers_are_no_labels(save, problems_of):
    (problem,) = problems_of(plan_of(save(drawn((30, 5), 3)), {"y": LABELS}))
    assert (problem.code, problem.kind) == ("R528", "labels")
    sources = {"train": save(drawn((30, 5), 2)), "test": save(drawn((30, 5), 3), "test.npz")}
    (problem,) = problems_of(plan_of(sources, {"y": LABELS}))
    assert (problem.code, problem.value) == ("R544", 2)


def test_classes_are_counted_at_every_position_of_the_training_split(dataset_of):
    plan = plan_of(source("bundled", name="masks"), split=Split(0.1, 0.1, False, None))
    dataset = dataset_of(plan)
    (target,) = dataset.facts.targets
    values = dataset.splits["train"].targets["mask"]
    assert (target.classes, target.shape) == (("background", "disc", "square"), (32, 32))
    assert target.counts == tuple((values == number).sum() for number in range(3))
    assert sum(target.counts) == 480 * 32 * 32


def test_numbers_have_the_mean_and_spread_of_all_positions(save, dataset_of):
    targets = drawn((30, 5), 90) / 7
    (target,) = dataset_of(plan_of(save(targets))).facts.targets
    assert (target.mean, target.std) == pytest.approx((targets.mean(), targets.std()))


def test_characters_are_named_after_their_text(dataset_of):
    dataset = dataset_of(plan_of(source("bundled", name="tokens")))
    (target,), (column,) = dataset.facts.targets, dataset.facts.columns
    assert target.classes == column.statistics["categories"]
    assert {"a", "z", " ", "\n"} - set(target.classes) == {"z"}
    assert column.statistics["vocabulary"] == len(target.classes)


def test_a_class_that_training_does_not_have_is_refused(save, problems_of):
    sources = {"train": save(drawn((30, 5), 3)), "test": save(drawn((30, 5), 4), "test.npz")}
    (problem,) = problems_of(plan_of(sources))
    assert (problem.code, problem.value, problem.vocabulary) == ("R544", 3, 3)


def test_a_negative_class_is_refused(save, problems_of):
    (problem,) = problems_of(plan_of(save(drawn((30, 5), 3) - 1)))
    assert (problem.code, problem.value) == ("R544", -1)


def test_targets_of_another_shape_are_refused(save, problems_of):
    sources = {"train": save(drawn((30, 5), 3)), "test": save(drawn((30, 4), 3), "test.npz")}
    (problem,) = problems_of(plan_of(sources))
    assert (problem.code, problem.expected, problem.received) == ("R539", (5,), (4,))


def test_numbers_that_are_not_finite_are_refused(save, problems_of):
    (problem,) = problems_of(plan_of(save(np.where(drawn((30, 5), 30) == 7, np.nan, 0.5))))
    assert (problem.code, problem.name) == ("R537", "y")


def test_one_class_alone_is_refused(save, problems_of):
    (problem,) = problems_of(plan_of(save(np.zeros((30, 5), int))))
    assert problem.code == "R534"


def test_fractions_are_no_classes(save, problems_of):
    (problem,) = problems_of(plan_of(save(drawn((30, 5), 3) / 2), {"y": kind("category")}))
    assert (problem.code, problem.accepted) == ("R528", ("number",))


def test_one_hot_classes_are_refused_unless_they_are_said_to_be_numbers(save, problems_of, dataset_of):
    targets = np.eye(4)[drawn(30, 4)]
    (problem,) = problems_of(plan_of(save(targets)))
    assert (problem.code, problem.classes) == ("R545", 4)
    (target,) = dataset_of(plan_of(save(targets), {"y": kind("number")})).facts.targets
    assert (target.kind, target.shape) == ("number", (4,))


def test_a_split_cannot_be_stratified_by_a_class_at_each_position(save, problems_of):
    (problem,) = problems_of(plan_of(save(drawn((30, 5), 3)), split=Split(5, 0, True, None)))
    assert problem.code == "R553"


# -- an array that is said again ------------------------------------------------------------------


def test_an_image_that_is_its_own_target_is_stored_once_and_stays_a_feature(dataset_of):
    plan = plan_of(source("bundled", name="digits"), {"image": kind("same")}, ignore=("digit",))
    dataset = dataset_of(plan)
    (target,) = dataset.facts.targets
    (images,) = dataset.splits["train"].inputs.values()
    assert dataset.splits["train"].targets["image"] is images
    assert (target.kind, target.shape, target.again) == ("number", (8, 8, 1), 1 / 16)
    assert target.mean == pytest.approx(images.mean() / 16)
