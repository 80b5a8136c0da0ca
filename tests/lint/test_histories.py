"""What the numbers of a run make the rules say."""

import pytest

from recipe.lint.histories import RUN_RULES, lint_run
from recipe.program.building import build
from tests.lint.programs import DIGITS, root


@pytest.fixture(scope="module")
def program():
    return build(root("monitor: {best: val_accuracy}")[0], DIGITS, [])


@pytest.fixture(scope="module")
def stopping():
    return build(root("regularization: {early_stopping: {patience: 3 epochs}}")[0], DIGITS, [])


def rows(**columns):
    """One mapping an epoch, from a list a column."""
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def codes(program, **columns):
    return {problem.code for problem in lint_run(program, rows(**columns))}


GOOD = {
    "loss": [2.0, 1.0, 0.5, 0.3],
    "val_loss": [2.1, 1.1, 0.6, 0.5],
    "accuracy": [0.5, 0.7, 0.9, 0.95],
    "val_accuracy": [0.5, 0.7, 0.85, 0.9],
}


def test_a_good_run_is_not_spoken_of(program):
    assert codes(program, **GOOD) == set()


def test_a_run_without_an_epoch_is_not_spoken_of(program):
    assert lint_run(program, []) == []


def test_the_gap_is_that_of_the_best_epoch(program):
    assert codes(program, **GOOD | {"val_accuracy": [0.5, 0.7, 0.8, 0.79]}) == set()
    (found,) = lint_run(program, rows(**GOOD | {"val_accuracy": [0.5, 0.7, 0.75, 0.74]}))
    assert (found.code, found.epoch) == ("L701", 3)
    assert "0.900 in training and 0.750 in validation" in found.message


def test_a_validation_loss_that_rises_is_told_unless_the_run_would_stop(program, stopping):
    rising = GOOD | {"val_loss": [2.1, 1.0, 1.1, 1.3]}
    (found,) = lint_run(program, rows(**rising))
    assert (found.code, found.epoch, found.epochs) == ("L702", 2, 4)
    assert found.rise == pytest.approx(0.3)
    assert codes(stopping, **rising) == set()
    assert codes(program, **rising | {"loss": [2.0, 1.0, 1.1, 1.2]}) == set()


def test_a_loss_that_does_not_fall_is_told_after_some_epochs(program):
    flat = {"loss": [2.303, 2.302, 2.302, 2.301]}
    assert codes(program, **flat) == {"L703"}
    assert codes(program, loss=flat["loss"][:3]) == set()
    assert codes(program, loss=[2.3, 2.28, 2.26, 2.25]) == set()


def test_an_accuracy_that_the_largest_class_alone_gives_is_told(program):
    (found,) = lint_run(program, rows(val_accuracy=[0.09, 0.1, 0.105, 0.1]))
    assert (found.code, found.largest) == ("L704", "0")
    assert codes(program, val_accuracy=[0.09, 0.1, 0.105, 0.2]) == set()


def test_an_accuracy_of_the_largest_class_is_no_guess_where_the_probabilities_are_better_than_its_share(
    program,
):
    guessed = [0.09, 0.1, 0.105, 0.1]
    assert codes(program, val_accuracy=guessed, val_loss=[2.4, 2.31, 2.3, 2.3]) == {"L704"}  # ln 10 = 2.303
    assert codes(program, val_accuracy=guessed, val_loss=[2.4, 2.31, 2.3, 2.2]) == set()


def test_a_gradient_that_is_clipped_in_most_steps_is_told():
    clipping = build(root("regularization: {gradient_clip: 0.1}")[0], DIGITS, [])
    (found,) = lint_run(clipping, rows(clipped=[0.9, 0.5, 0.4]))
    assert (found.code, found.share, found.limit) == ("L705", pytest.approx(0.6), 0.1)
    assert codes(clipping, clipped=[0.6, 0.4, 0.4]) == set()


@pytest.mark.parametrize("rule", RUN_RULES, ids=lambda rule: rule.problem.code)
def test_a_rule_says_why_who_says_so_and_what_helps(rule):
    assert rule.problem.why
    assert any(mark in rule.problem.source for mark in ("https://", "20"))
    assert rule.find.__doc__.startswith(f"{rule.problem.code}: ")
