import pytest

from recipe.diagnostics import expressions as problems_of
from recipe.diagnostics.spans import Span
from recipe.language.expressions import INVALID, Expression, facts_of, names_of, parse


def span_for(text, quotes=0):
    return Span("spec.yaml", 3, 10, 3, 10 + len(text) + 2 * quotes)


def parsed(text):
    problems = []
    found = parse(text, span_for(text), problems)
    assert problems == []
    return found


def refusal(text, quotes=0):
    problems = []
    assert parse(text, span_for(text, quotes), problems) is INVALID
    (problem,) = problems
    return problem


def test_a_text_without_a_dollar_is_no_expression():
    assert parsed("relu") is None


@pytest.mark.parametrize(
    ("text", "names", "facts"),
    [
        ("$width", ("width",), ()),
        ("${width * 2 + width}", ("width",), ()),
        ("run-$width-${depth}", ("width", "depth"), ()),
        ("${data.classes * k}", ("k",), ("data.classes",)),
        ("${min(xs) if true else len(ys)}", ("xs", "ys"), ()),
        ("n${data.classes}", (), ("data.classes",)),
        ("$$5", (), ()),
        ("${'}' + \"{\" + '#'}", (), ()),
        ("${null == None}", (), ()),
    ],
)
def test_an_expression_knows_the_names_and_facts_that_it_hangs_on(text, names, facts):
    expression = parsed(text)
    assert isinstance(expression, Expression)
    assert (names_of(expression), facts_of(expression)) == (names, facts)


REFUSED = {
    "5$": problems_of.LoneDollar,
    "$ {x}": problems_of.LoneDollar,
    "${x": problems_of.UnclosedExpression,
    "${": problems_of.UnclosedExpression,
    "${}": problems_of.BadExpression,
    "${ }": problems_of.BadExpression,
    "${1 +}": problems_of.BadExpression,
    "${a && b}": problems_of.BadExpression,
    "${a = 1}": problems_of.BadExpression,
    "${lambda}": problems_of.BadExpression,
    "${a; b}": problems_of.BadExpression,
    "${a) + (b}": problems_of.BadExpression,
    "${x # y}": problems_of.NotInExpressions,
    "${x.real}": problems_of.NotInExpressions,
    "${data.classes.real}": problems_of.NotInExpressions,
    "${xs[0:1]}": problems_of.NotInExpressions,
    "${[x for x in xs]}": problems_of.NotInExpressions,
    "${(lambda: 1)()}": problems_of.NotInExpressions,
    "${(a := 1)}": problems_of.NotInExpressions,
    "${f'{x}'}": problems_of.NotInExpressions,
    "${(1, 2)}": problems_of.NotInExpressions,
    "${{1: 2}}": problems_of.NotInExpressions,
    "${min(*xs)}": problems_of.NotInExpressions,
    "${round(1, ndigits=2)}": problems_of.NotInExpressions,
    "${xs.append(1)}": problems_of.NotInExpressions,
    "${__import__('os').system('x')}": problems_of.NotInExpressions,
    "${x in xs}": problems_of.NotInExpressions,
    "${x is y}": problems_of.NotInExpressions,
    "${1 ^ 2}": problems_of.NotInExpressions,
    "${~1}": problems_of.NotInExpressions,
    "${1j}": problems_of.NotInExpressions,
    "${...}": problems_of.NotInExpressions,
    "${b'x'}": problems_of.NotInExpressions,
    "${eval('1')}": problems_of.UnknownFunction,
    "${sqrt()}": problems_of.WrongArgumentCount,
    "${int(1, 2)}": problems_of.WrongArgumentCount,
    "${data.clases}": problems_of.UnknownFact,
    "${data}": problems_of.UnknownFact,
    "$data": problems_of.UnknownFact,
    "${1e999}": problems_of.ValueTooLarge,
    "${99999999999999999999}": problems_of.ValueTooLarge,
    "${" + "9" * 5000 + "}": problems_of.ExpressionTooLarge,
    "${" + "-" * 900 + "1}": problems_of.ExpressionTooLarge,
    "${" + "not " * 200 + "true}": problems_of.ExpressionTooLarge,
    "${" + "1+" * 300 + "1}": problems_of.ExpressionTooLarge,
    "${" + "(" * 450 + "1" + ")" * 450 + "}": problems_of.BadExpression,
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.items(), ids=[text[:24] for text in REFUSED])
def test_everything_else_is_refused_with_a_problem(text, expected):
    assert isinstance(refusal(text), expected)


@pytest.mark.parametrize(
    ("text", "quotes", "columns"),
    [
        ("${1 + exp(2)}", 0, (16, 19)),
        ("${1 + exp(2)}", 1, (17, 20)),
        ("${'é' + exp(2)}", 1, (19, 22)),
        ("a ${  exp(2)}", 0, (16, 19)),
        ("a ${1 +}", 0, (16, 17)),
        ("ab $", 0, (13, 14)),
    ],
)
def test_a_problem_points_at_its_column_inside_the_text(text, quotes, columns):
    span = refusal(text, quotes).span
    assert (span.line, span.column, span.end_column) == (3, *columns)


def test_a_text_that_is_not_written_as_it_reads_is_blamed_as_a_whole():
    span = Span("spec.yaml", 3, 10, 4, 8)
    problems = []
    parse("${exp(2)}", span, problems)
    assert problems[0].span == span


def test_the_symbols_of_other_languages_are_translated():
    assert refusal("${a && b}").help == "write `and` for `&&`"
    assert refusal("${a ? 1 : 2}").help == "write `x if condition else y`"


def test_a_misspelled_fact_is_corrected():
    assert refusal("${data.clases}").label == "did you mean `data.classes`?"
