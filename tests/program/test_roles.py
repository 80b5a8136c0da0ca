"""Roles that exclude each other, and shares that leave nothing, are told before any data are read."""

import pytest

from tests.checking import edited, told

DATA = "data:\n  source: {bundled: digits}\n  split: {validation: 10%, test: 20%}\n"
FLIGHTS = "csv: {path: flights.csv}"
TEXT = "corpus: {path: a.txt, tokens: bytes, context: 8}"


def said(keys: str, source: str = FLIGHTS) -> list[str]:
    problems = told(edited((DATA, f"data: {{source: {{{source}}}, {keys}}}\n")))
    return [f"{problem.code} {problem.message}" for problem in problems]


@pytest.mark.parametrize(
    ("keys", "roles"),
    [
        ("target: late, features: {late: number}", "the target and a feature"),
        ("target: {late: flag}, ignore: [late]", "the target and ignored"),
        ("target: late, weight: late", "the target and the weight of the examples"),
        ("target: x, features: {late: number}, weight: late", "a feature and the weight of the examples"),
        ("target: x, features: {late: number}, ignore: [late]", "a feature and ignored"),
    ],
)
def test_two_roles_of_a_column_are_told_by_a_check(keys, roles):
    assert said(keys) == [f"R523 `late` cannot be {roles}"]


def test_a_target_that_is_its_own_feature_has_one_role():
    assert said("target: {picture: same}, features: {picture: image}") == []
    assert said("target: {tokens: next}, features: {tokens: text}", TEXT) == []


def test_shares_that_leave_nothing_are_told_by_a_check():
    message = "R550 validation (60%) and test (50%) leave nothing to train on"
    assert said("target: late, split: {validation: 60%, test: 50%}") == [message]
    assert said("target: late, split: {validation: 60%, test: 30%}") == []
