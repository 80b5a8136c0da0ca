import hashlib
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.model_selection import GroupKFold, StratifiedKFold

from recipe.data.splits import divide, largest_remainder
from recipe.data.tables import column_of
from recipe.program.plans import Split
from tests.data.plans import WHOLE

RANDOM = Split(validation=0.1, test=0.2, stratified=False, group=None)
STRATIFIED = replace(RANDOM, stratified=True)
GROUPED = replace(RANDOM, group="patient")


def divided(count, split, seed=1, keys=None, times=None):
    problems = []
    parts = divide(count, split, seed, None if keys is None else column_of(keys), problems, times)
    assert problems == []
    return parts


def problem_of(count, split, keys=None, times=None):
    problems = []
    assert divide(count, split, 1, None if keys is None else column_of(keys), problems, times) is None
    return [problem.code for problem in problems]


@given(st.integers(10, 300), st.integers(0, 2**32 - 1), st.floats(0.06, 0.4), st.floats(0.06, 0.4))
def test_parts_are_disjoint_ascending_and_together_everything(count, seed, validation, test):
    parts = divided(count, replace(RANDOM, validation=validation, test=test), seed)
    assert sorted(np.concatenate(list(parts.values())).tolist()) == list(range(count))
    assert all(np.all(np.diff(rows) > 0) for rows in parts.values())
    assert list(parts) == ["train", "validation", "test"]
    assert abs(len(parts["validation"]) - validation * count) <= 0.5 + 1e-9
    assert abs(len(parts["test"]) - test * count) <= 0.5 + 1e-9


def test_a_split_is_the_same_on_every_platform():
    parts = divided(1797, RANDOM)
    content = b"".join(rows.astype("<i8").tobytes() for rows in parts.values())
    assert (
        hashlib.sha256(content).hexdigest()
        == "c513624f937419eafe65c64e5e79d7947296078b9eb8cbbc12ec92459f9471e8"
    )


def test_another_seed_gives_another_split():
    assert divided(100, RANDOM, 1)["test"].tolist() != divided(100, RANDOM, 2)["test"].tolist()


def test_the_last_rows_are_not_set_aside_by_accident():
    rows = divided(1000, RANDOM)["test"]
    assert 400 < rows.mean() < 600


def test_a_validation_set_that_is_added_leaves_the_test_as_it_is():
    without = divided(500, replace(RANDOM, validation=0))
    assert without["test"].tolist() == divided(500, RANDOM)["test"].tolist()


def test_counts_are_met_exactly():
    parts = divided(100, replace(RANDOM, validation=7, test=11))
    assert {part: len(rows) for part, rows in parts.items()} == {"train": 82, "validation": 7, "test": 11}


def test_nothing_set_aside_leaves_everything_for_training():
    assert {part: rows.tolist() for part, rows in divided(4, WHOLE).items()} == {"train": [0, 1, 2, 3]}


def test_a_stratified_split_keeps_the_shares_of_the_classes():
    labels = ["a"] * 600 + ["b"] * 300 + ["c"] * 100
    parts = divided(1000, STRATIFIED, keys=labels)
    assert {part: dict(Counter(labels[row] for row in rows)) for part, rows in parts.items()} == {
        "train": {"a": 420, "b": 210, "c": 70},
        "validation": {"a": 60, "b": 30, "c": 10},
        "test": {"a": 120, "b": 60, "c": 20},
    }


@given(st.lists(st.sampled_from("abc"), min_size=20, max_size=200), st.integers(0, 99))
def test_a_stratified_part_differs_from_its_share_by_less_than_one_example_a_class(letters, seed):
    labels = [*letters, *"aaabbbccc"]
    parts = divided(len(labels), replace(STRATIFIED, validation=0, test=0.3), seed, labels)
    whole = Counter(labels)
    for name, count in Counter(labels[row] for row in parts["test"]).items():
        assert abs(count - len(parts["test"]) * whole[name] / len(labels)) < 1


def test_even_shares_leave_an_example_of_every_class_for_training():
    labels = ["a"] * 8 + ["b"] * 8 + ["c"] * 4
    parts = divided(20, replace(STRATIFIED, validation=0.4, test=0.4), keys=labels)
    assert {labels[row] for row in parts["train"]} == {"a", "b", "c"}


@given(st.lists(st.integers(0, 14), min_size=60, max_size=200), st.integers(0, 99))
def test_a_group_is_never_in_two_parts(numbers, seed):
    groups = [f"p{number}" for number in [*numbers, *range(15)]]
    parts = divided(len(groups), GROUPED, seed, groups)
    sets = [{groups[row] for row in rows} for rows in parts.values()]
    assert sum(map(len, sets)) == len(set.union(*sets))
    assert all(len(rows) for rows in parts.values())
    assert sorted(np.concatenate(list(parts.values())).tolist()) == list(range(len(groups)))


def test_many_small_groups_meet_the_shares_nearly():
    groups = [f"p{row // 4}" for row in range(1000)]
    sizes = {part: len(rows) for part, rows in divided(1000, GROUPED, keys=groups).items()}
    assert sizes == {"train": 700, "validation": 100, "test": 200}


def test_three_large_groups_are_still_one_for_each_part():
    groups = ["a"] * 50 + ["b"] * 40 + ["c"] * 30
    sizes = {part: len(rows) for part, rows in divided(120, GROUPED, keys=groups).items()}
    assert sorted(sizes.values()) == [30, 40, 50]


@pytest.mark.parametrize(
    ("count", "validation", "test", "code"),
    [
        (100, 0.5, 0.5, "R550"),
        (100, 60, 40, "R550"),
        (100, 0, 100, "R550"),
        (100, 0.9, 20, "R550"),
        (4, 0.1, 0, "R551"),
    ],
)
def test_a_split_that_cannot_be_made_is_refused(count, validation, test, code):
    assert problem_of(count, replace(RANDOM, validation=validation, test=test)) == [code]


def test_both_empty_parts_are_named():
    assert problem_of(4, replace(RANDOM, validation=0.1, test=0.1)) == ["R551", "R551"]


def test_a_class_with_too_few_examples_is_named():
    problems = []
    labels = column_of(["a"] * 98 + ["rare"] * 2)
    assert divide(100, STRATIFIED, 1, labels, problems) is None
    assert problems[0].message == "the class `rare` has 2 examples, too few for train, validation, test"


def test_fewer_groups_than_parts_are_refused():
    assert problem_of(100, GROUPED, ["a"] * 50 + ["b"] * 50) == ["R554"]


def test_the_largest_remainder_is_that_of_the_textbook():
    # Seats of the example in the article "Largest remainder method" of Wikipedia, Hare quota.
    votes = [47_000, 16_000, 15_800, 12_000, 6_100, 3_100]
    assert largest_remainder(10, votes, [10] * 6) == [5, 2, 1, 1, 1, 0]


def test_a_capacity_is_never_exceeded():
    assert largest_remainder(5, [90, 10], [3, 9]) == [3, 2]
    assert largest_remainder(5, [90, 10], [3, 1]) is None


# -- time ----------------------------------------------------------------------------------------

TIMED = replace(RANDOM, time="when")


@given(st.lists(st.integers(0, 50), min_size=20, max_size=200), st.floats(0.06, 0.4), st.floats(0.06, 0.4))
def test_training_is_older_than_validation_and_validation_older_than_test(times, validation, test):
    assume(len(set(times)) >= 3)
    split = replace(TIMED, validation=validation, test=test)
    parts = divided(len(times), split, times=np.asarray(times, dtype=float))
    assert sorted(np.concatenate(list(parts.values())).tolist()) == list(range(len(times)))
    spans = [[times[row] for row in rows] for rows in parts.values()]
    assert max(spans[0]) < min(spans[1])
    assert max(spans[1]) < min(spans[2])


def test_times_that_all_differ_meet_the_shares_exactly():
    times = np.random.default_rng(0).permutation(100).astype(float)
    parts = divided(100, TIMED, times=times)
    assert sorted(times[parts["test"]]) == list(range(80, 100))
    assert sorted(times[parts["validation"]]) == list(range(70, 80))


def test_two_times_are_too_few_for_three_parts():
    assert problem_of(30, TIMED, times=np.arange(30) % 2.0) == ["R587"]


# -- folds ---------------------------------------------------------------------------------------

FOLDED = replace(RANDOM, test=0, validation=0, folds=5)


def folds_of(count, split, seed=1, keys=None):
    """The parts of every turn."""
    return [divided(count, replace(split, fold=fold), seed, keys) for fold in range(1, split.folds + 1)]


@given(st.integers(10, 200), st.integers(2, 10), st.integers(0, 2**32 - 1))
def test_every_row_is_the_test_of_one_fold_and_folds_are_equal_but_for_one_row(count, folds, seed):
    turns = folds_of(count, replace(FOLDED, folds=folds), seed)
    assert sorted(np.concatenate([parts["test"] for parts in turns]).tolist()) == list(range(count))
    sizes = [len(parts["test"]) for parts in turns]
    assert max(sizes) - min(sizes) <= 1
    for parts in turns:
        assert sorted([*parts["train"], *parts["test"]]) == list(range(count))


@given(st.integers(0, 2**32 - 1))
def test_a_validation_is_taken_from_what_a_fold_leaves(seed):
    for parts in folds_of(100, replace(FOLDED, validation=0.1), seed):
        assert {part: len(rows) for part, rows in parts.items()} == {
            "train": 70,
            "validation": 10,
            "test": 20,
        }
        assert sorted(np.concatenate(list(parts.values())).tolist()) == list(range(100))


def test_stratified_folds_hold_as_many_of_every_class_as_those_of_scikit_learn():
    labels = ["a"] * 57 + ["b"] * 31 + ["c"] * 12
    split = replace(FOLDED, stratified=True, validation=0.1)
    turns = folds_of(100, split, keys=labels)
    theirs = StratifiedKFold(5).split(np.zeros(100), labels)
    for parts, (_, test) in zip(turns, theirs, strict=True):
        ours, expected = (Counter(labels[row] for row in rows) for rows in (parts["test"], test))
        assert all(abs(ours[name] - expected[name]) <= 1 for name in "abc")
        assert set(Counter(labels[row] for row in parts["validation"])) == set("abc")


@given(st.lists(st.integers(0, 12), min_size=30, max_size=120), st.integers(0, 2**32 - 1))
def test_a_group_is_in_one_fold_only(numbers, seed):
    groups = [f"p{number}" for number in numbers]
    assume(len(set(groups)) >= 6)
    turns = folds_of(len(groups), replace(FOLDED, group="patient", folds=4, validation=0.1), seed, groups)
    assert sorted(np.concatenate([parts["test"] for parts in turns]).tolist()) == list(range(len(groups)))
    for parts in turns:
        sets = [{groups[row] for row in rows} for rows in parts.values()]
        assert sum(map(len, sets)) == len(set(groups))


def test_grouped_folds_are_as_even_as_those_of_scikit_learn():
    groups = np.random.default_rng(0).integers(0, 40, 500).astype(str).tolist()
    turns = folds_of(500, replace(FOLDED, group="patient"), keys=groups)
    theirs = [len(test) for _, test in GroupKFold(5).split(np.zeros(500), groups=groups)]
    assert sorted(len(parts["test"]) for parts in turns) == sorted(theirs)


@pytest.mark.parametrize(
    ("count", "split", "keys"),
    [
        (4, FOLDED, None),
        (20, replace(FOLDED, stratified=True), ["a"] * 16 + ["b"] * 4),
        (20, replace(FOLDED, group="patient"), ["p1", "p2"] * 10),
    ],
)
def test_too_many_folds_are_refused(count, split, keys):
    assert problem_of(count, split, keys) == ["R548"]
