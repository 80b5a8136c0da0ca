"""Each example of `recipe explain` does what it says: the wrong one brings its message, the right one not."""

import pytest

from recipe import api
from recipe.diagnostics.codes import classes_by_code
from recipe.diagnostics.problems import RecipeError
from tests.goldens.cases import EXTENDING, OVERRIDES
from tests.goldens.data_cases import CASES
from tests.lint import programs

KINDS = {code: kind for code, kind in classes_by_code().items() if code.startswith("R") and kind.bad}
# Told by another floor before a spec gets that far, or only by one that loads a framework.
ELSEWHERE = {
    "R172": "R205 says of a section what it may hold; this is for a lone object",
    "R406": "only the compiler knows shapes: tests/compiler/test_ids.py",
    "R517": "R205 knows the names before the data is read",
    "R556": "R317 says it of a spec; this is for a plan made by hand",
    "R651": "only the machine knows",
}


def codes(text):
    """What `check` finds in a text, and reading the data where it finds no error."""
    checked = api.check("example.yaml", text=text)
    found = {problem.code for problem in checked.problems}
    if checked.program is None:
        return found
    try:
        return found | {problem.code for problem in api.prepare(api.load("example.yaml", text=text)).warnings}
    except RecipeError as refused:
        return found | {problem.code for problem in refused.problems}


def texts(example):
    """An example alone, and in a spec."""
    return (example, programs.spec(example))


def is_about_a_spec(code):
    """Whether an example needs nothing beside it: no override, file, certain data or Keras."""
    return code[:2] != "R4" and not {code} & {*OVERRIDES, *EXTENDING, *CASES}


@pytest.mark.parametrize("code", [code for code in KINDS if is_about_a_spec(code) and code not in ELSEWHERE])
def test_the_wrong_example_brings_its_message(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert any(code in codes(text) for text in texts(KINDS[code].bad))


@pytest.mark.parametrize("code", [code for code in KINDS if is_about_a_spec(code) and KINDS[code].good])
def test_the_right_example_does_not(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert any(code not in codes(text) for text in texts(KINDS[code].good))


@pytest.mark.parametrize("code", ELSEWHERE)
def test_what_is_told_elsewhere_is_not_told_here(code):
    assert all(code not in codes(text) for text in texts(KINDS[code].bad))


def test_nearly_every_problem_of_a_spec_is_looked_at():
    assert sum(map(is_about_a_spec, KINDS)) > 95
