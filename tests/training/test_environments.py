"""What equal bits need, written down and compared."""

import os

from recipe.training.environments import changed

BEGAN = {
    "versions": {"keras": "3.15.0", "tensorflow": "2.21.0"},
    "python": "3.11.7",
    "machine": "x86_64",
    "threads": 4,
    "devices": [],
    "variables": {},
    "backend": "tensorflow",
    "deterministic": True,
    "engine": "graph",
}


def names(**changes: object) -> list[str]:
    return [condition.name for condition in changed(BEGAN, {**BEGAN, **changes})]


def test_the_same_conditions_differ_in_nothing():
    assert names() == []
    assert names(python="3.12.0", note="whatever") == []


def test_each_condition_is_named_by_itself():
    assert names(threads=2, engine="xla", machine="arm64") == ["machine", "threads", "engine"]
    assert names(versions={"keras": "3.15.1", "tensorflow": "2.21.0"}) == ["versions.keras"]


def test_what_is_gone_and_what_came_differ_too():
    versions = {"keras": "3.15.0", "jax": "0.10.2"}
    assert sorted(names(versions=versions)) == ["versions.jax", "versions.tensorflow"]
    assert names(variables={"XLA_FLAGS": "--fast"}) == ["variables.XLA_FLAGS"]


def test_both_values_are_told_in_words():
    (found,) = changed(BEGAN, {**BEGAN, "devices": ["H100", "H100"]})
    assert (found.name, found.before, found.after) == ("devices", "none", "H100, H100")
    (found,) = changed(BEGAN, {**BEGAN, "versions": {"keras": "3.15.0"}})
    assert (found.before, found.after) == ("2.21.0", "-")


def test_what_nobody_wrote_down_then_is_not_compared():
    older = {name: value for name, value in BEGAN.items() if name not in ("threads", "variables")}
    assert changed(older, {**BEGAN, "variables": {"XLA_FLAGS": "--fast"}}) == ()


def test_a_folder_that_was_cut_down_to_fewer_cores_is_told(monkeypatch):
    """A container with fewer cores splits sums in another way."""
    from recipe.program import machines

    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0}, raising=False)
    assert machines.usable_cores() == 1
