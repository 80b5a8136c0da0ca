import inspect
from itertools import pairwise

import pytest

from recipe.diagnostics import expressions, notation, syntax, text, wording, yaml_forms
from recipe.diagnostics.problems import Problem
from recipe.language.expressions import parse
from recipe.language.nodes import ListNode, MappingNode, ScalarNode
from recipe.language.objects import parse_object
from recipe.language.reader import read
from recipe.language.variables import resolve_vars

RANGES = {
    text: (*range(101, 114), 125),
    yaml_forms: range(114, 125),
    syntax: range(130, 150),
    expressions: range(150, 170),
    notation: range(170, 190),
}
SIBLINGS = frozenset({"as", "from", "when", "call"})


def classes_in(module):
    found = vars(module).values()
    return [
        one
        for one in found
        if inspect.isclass(one) and issubclass(one, Problem) and one.__module__ == module.__name__
    ]


CLASSES = [one for module in RANGES for one in classes_in(module)]
WITH_EXAMPLE = [one for one in CLASSES if one.bad]


def problems_of(source):
    """What the language floor says of a text: reading, its variables, and the objects of its architecture."""
    problems = []
    document = read(source, "spec.yaml", problems)
    if document is None:
        return problems
    for pair in document.root.pairs:
        if pair.key == "vars" and isinstance(pair.value, MappingNode):
            resolve_vars({one.key: one.value for one in pair.value.pairs}, problems)
        elif pair.key == "architecture" and isinstance(pair.value, ListNode):
            for item in pair.value.items:
                layer = parse_object(item, SIBLINGS, problems)
                if layer and isinstance(layer.argument, ScalarNode) and isinstance(layer.argument.value, str):
                    parse(layer.argument.value, layer.argument.span, problems)
    return problems


def test_there_are_as_many_classes_as_the_tests_below_expect():
    assert [len(classes_in(module)) for module in RANGES] == [14, 11, 20, 19, 9]


@pytest.mark.parametrize("module", RANGES, ids=lambda module: module.__name__)
def test_codes_rise_within_the_range_of_their_module(module):
    numbers = [int(one.code.removeprefix("R")) for one in classes_in(module)]
    assert all(before < after for before, after in pairwise(numbers))
    assert set(numbers) <= set(RANGES[module])


@pytest.mark.parametrize("problem", WITH_EXAMPLE, ids=lambda one: one.code)
def test_the_bad_example_has_exactly_this_problem(problem):
    assert [type(found) for found in problems_of(problem.bad)] == [problem]


@pytest.mark.parametrize("problem", [one for one in CLASSES if one.good], ids=lambda one: one.code)
def test_the_good_example_has_no_problem(problem):
    assert problems_of(problem.good) == []


@pytest.mark.parametrize("problem", WITH_EXAMPLE, ids=lambda one: one.code)
def test_the_words_of_a_problem_follow_the_house_style(problem):
    (found,) = problems_of(problem.bad)
    assert not found.message.endswith(".")
    assert found.message[0].islower() or found.message[0] == "`"
    assert "\n" not in found.message
    assert len(found.message) < 160
    assert inspect.getdoc(problem)
    hash(found)


def test_a_long_text_is_cut_in_messages():
    assert wording.clipped("a\n  b") == "a b"
    assert wording.clipped("x" * 100, 10) == "x" * 10 + "..."
    (problem,) = problems_of("a" * 5000)
    assert len(problem.message) < 160


def test_text_with_quotes_is_quoted_by_the_others():
    assert wording.in_quotes("**") == '"**"'
    assert wording.in_quotes('"a" b') == "'\"a\" b'"
