import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recipe.diagnostics import expressions as problems_of
from recipe.diagnostics.spans import Span
from recipe.language.evaluation import evaluate
from recipe.language.expressions import INVALID, parse
from tests.speeds import least_seconds

NAMES = {
    "width": 16,
    "xs": (1, 2, 3),
    "name": "run",
    "flag": True,
    "nothing": None,
    "big": 2**63,
    "lost": INVALID,
}
FACTS = {"classes": 10}


def outcome(text):
    problems = []
    expression = parse(text, Span("spec.yaml", 1, 1, 1, 1 + len(text)), problems)
    assert problems == []
    return evaluate(expression, NAMES, FACTS, problems), problems


def value_of(text):
    value, problems = outcome(text)
    assert problems == []
    return value


def refusal(text):
    value, problems = outcome(text)
    assert value is INVALID
    (problem,) = problems
    return problem


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$width", 16),
        ("$xs", (1, 2, 3)),
        ("${width / 2}", 8.0),
        ("${width // 2}", 8),
        ("${xs[-1]}", 3),
        ("${xs + [4]}", (1, 2, 3, 4)),
        ("${[0] * 3}", (0, 0, 0)),
        ("${'a' + 'b' * 2}", "abb"),
        ("${min(xs)}", 1),
        ("${min(3)}", 3),
        ("${max(1, 2.5)}", 2.5),
        ("${round(2.567, 2)}", 2.57),
        ("${int(-3.9)}", -3),
        ("${len(xs) + len(name)}", 6),
        ("${sqrt(16)}", 4.0),
        ("${1 if flag else error('it is odd')}", 1),
        ("${1 < 2 <= 2 != 3}", True),
        ("${1 == true}", False),
        ("${1 == 1.0}", True),
        ("${null == nothing}", True),
        ("${not flag or false}", False),
        ("${1 if width > 8 else 1 / 0}", 1),
        ("${false and 1 / 0 > 1}", False),
        ("${data.classes + 1}", 11),
        ("run-$width", "run-16"),
        ("${width}x${width}", "16x16"),
        ("$flag $nothing ${0.5}", "true null 0.5"),
        ("$$5 and $$width", "$5 and $width"),
        ("${'$'}", "$"),
        ("${2 ** 63}", 2**63),
    ],
)
def test_an_expression_has_the_value_of_its_arithmetic_and_keeps_its_type(text, value):
    assert (value_of(text), type(value_of(text))) == (value, type(value))


numbers = st.integers(-20, 20) | st.floats(-9, 9, allow_nan=False).map(lambda number: round(number, 3))
arithmetic = st.recursive(
    numbers.map(str),
    lambda inner: st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%", "**"]), inner).map(
        lambda parts: f"({' '.join(parts)})"
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(arithmetic)
def test_arithmetic_is_that_of_python_within_the_limits(text):
    value, problems = outcome(f"${{{text}}}")
    if not problems:
        assert repr(value) == repr(eval(text))
        return
    limit = {"DivisionByZero", "ValueTooLarge", "NotReal"}
    assert {type(problem).__name__ for problem in problems} <= limit


REFUSED = {
    "${true + 1}": problems_of.BadOperands,
    "${-true}": problems_of.BadOperands,
    "${'a' * 'b'}": problems_of.BadOperands,
    "${'%d' % 3}": problems_of.BadOperands,
    "${'a' + 1}": problems_of.BadOperands,
    "${xs * 1.5}": problems_of.BadOperands,
    "${nothing + 1}": problems_of.BadOperands,
    "${1 < 'a'}": problems_of.BadOperands,
    "${true < false}": problems_of.BadOperands,
    "${1 if width else 2}": problems_of.BadOperands,
    "${width and flag}": problems_of.BadOperands,
    "${not width}": problems_of.BadOperands,
    "${name[0]}": problems_of.BadOperands,
    "${xs['a']}": problems_of.BadOperands,
    "${xs[true]}": problems_of.BadOperands,
    "${len(1)}": problems_of.BadOperands,
    "${min([])}": problems_of.BadOperands,
    "${min('a', 'b')}": problems_of.BadOperands,
    "${int('3')}": problems_of.BadOperands,
    "${round(1, -1000000000)}": problems_of.BadOperands,
    "a $xs": problems_of.BadOperands,
    "${1 / 0}": problems_of.DivisionByZero,
    "${1 // 0}": problems_of.DivisionByZero,
    "${1 % 0}": problems_of.DivisionByZero,
    "${0 ** -1}": problems_of.DivisionByZero,
    "${9 ** 9 ** 9}": problems_of.ValueTooLarge,
    "${2 ** 64}": problems_of.ValueTooLarge,
    "${big * 2}": problems_of.ValueTooLarge,
    "${9.9 ** 999}": problems_of.ValueTooLarge,
    "${1e308 * 10}": problems_of.ValueTooLarge,
    "${'a' * 99999999999}": problems_of.ValueTooLarge,
    "${[1] * 1001}": problems_of.ValueTooLarge,
    "${[[1] * 100] * 100}": problems_of.ValueTooLarge,
    "${xs[3]}": problems_of.IndexOutOfRange,
    "${xs[-4]}": problems_of.IndexOutOfRange,
    "${sqrt(-1)}": problems_of.NotReal,
    "${(-8) ** 0.5}": problems_of.NotReal,
    "${error('it is odd')}": problems_of.RefusedBySpec,
    "${error(1)}": problems_of.BadOperands,
    "$widht": problems_of.UnknownVariable,
    "${len}": problems_of.UnknownVariable,
    "${data.vocabulary}": problems_of.AbsentFact,
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.items(), ids=REFUSED)
def test_what_has_no_value_is_a_problem(text, expected):
    assert isinstance(refusal(text), expected)


def test_a_refused_operation_is_named_with_the_types_it_got():
    message = refusal("${1 + 'a' * 'b'}").message
    assert "`*`" in message
    assert 'the string "a" and the string "b"' in message


def test_a_problem_points_at_the_operation_and_not_at_the_whole():
    span = refusal("${1 + 'a' * 'b'}").span
    assert (span.column, span.end_column) == (7, 16)


def test_an_error_of_the_spec_is_told_in_its_own_words():
    assert refusal("${width if flag == false else error('`width` is odd')}").message == "`width` is odd"


def test_a_misspelled_variable_is_corrected():
    assert refusal("${widht * 2}").label == "did you mean `width`?"


def test_a_variable_whose_problem_was_told_is_not_told_again():
    assert outcome("${lost + unknown}") == (INVALID, [])


def test_infinity_passes_as_a_value_and_not_through_arithmetic():
    problems = []
    names = {"top": math.inf, "hole": math.nan}
    for text in ("$top", "${top - top}", "${round(hole)}", "${int(top)}"):
        expression = parse(text, Span("spec.yaml", 1, 1, 1, 1 + len(text)), problems)
        evaluate(expression, names, {}, problems)
    assert [problem.code for problem in problems] == ["R161"] * 3


def test_hostile_powers_and_lists_end_at_once():
    texts = ("${9**9**9**9}", "${'a' * 10**18}", "${[[[1] * 10] * 10] * 10**9}", "${round(9, 10**18)}")

    assert all(outcome(text)[1] for text in texts)
    assert least_seconds(lambda: [outcome(text) for text in texts], 0.2) < 0.2
