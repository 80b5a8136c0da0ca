import pytest

from recipe.diagnostics import expressions as problems_of
from recipe.diagnostics.values import FactNotAllowedHere
from recipe.language.evaluation import evaluate
from recipe.language.expressions import INVALID, facts_of, names_of, parse
from recipe.language.reader import read
from recipe.language.variables import Variables, bind, resolve_vars
from tests.speeds import least_seconds


def resolved(text, outer=None):
    problems = []
    document = read(text, "spec.yaml", problems)
    assert problems == []
    written = {pair.key: pair.value for pair in document.root.pairs}
    return dict(resolve_vars(written, problems, Variables(outer or {})).values), problems


def values_of(text, outer=None):
    values, problems = resolved(text, outer)
    assert problems == []
    return values


def test_variables_use_each_other_in_any_order_and_keep_theirs():
    values = values_of('double: "${width * 2}"\nwidth: 16\nboth: [$width, "${double}", a]\nname: run-$width')
    assert list(values.items()) == [
        ("double", 32),
        ("width", 16),
        ("both", (16, 32, "a")),
        ("name", "run-16"),
    ]


def test_variables_keep_every_kind_of_scalar():
    assert values_of("a: 1\nb: 0.5\nc: true\nd: null\ne: 'x'\nf: []") == {
        "a": 1,
        "b": 0.5,
        "c": True,
        "d": None,
        "e": "x",
        "f": (),
    }


def test_a_variable_hides_one_of_the_place_around_and_may_not_use_itself():
    assert values_of("width: 1\nwider: '${width + depth}'", {"width": 9, "depth": 2}) == {
        "width": 1,
        "wider": 3,
    }
    assert [type(problem) for problem in resolved("width: $width", {"width": 9})[1]] == [
        problems_of.CyclicVariables
    ]


def test_each_cycle_is_told_once_with_its_names_and_what_hangs_on_it_is_silent():
    values, problems = resolved("a: $b\nb: '${c}'\nc: $a\nd: $a\ne: 1\nf: $f")
    assert values == {"a": INVALID, "b": INVALID, "c": INVALID, "d": INVALID, "e": 1, "f": INVALID}
    assert [problem.cycle for problem in problems] == [("a", "b", "c", "a"), ("f", "f")]
    assert "a -> b -> c -> a" in problems[0].message
    assert [label.span.line for label in problems[0].further] == [2, 3]


def test_a_wrong_variable_is_told_once_however_often_it_is_used():
    values, problems = resolved("a: '${1 / 0}'\nb: $a\nc: '${b + 1}'\nd: [1, $c]")
    assert [type(problem) for problem in problems] == [problems_of.DivisionByZero]
    assert set(values.values()) == {INVALID}


def test_an_unknown_name_is_corrected():
    (problem,) = resolved("width: 1\ndouble: '${widht * 2}'")[1]
    assert (problem.label, problem.span.line, problem.span.column) == ("did you mean `width`?", 2, 12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: '${data.classes}'", FactNotAllowedHere),
        ("a: [1, 'n${data.classes}']", FactNotAllowedHere),
        ("a: {b: 1}", problems_of.VariableKind),
        ("a: [{b: 1}]", problems_of.VariableKind),
        ("batch-size: 1", problems_of.VariableName),
        ("if: 1", problems_of.VariableName),
        ("data: 1", problems_of.VariableName),
        ("'true': 1", problems_of.VariableName),
        ("a: 5$", problems_of.LoneDollar),
        ("a: [" + "1, " * 1001 + "]", problems_of.ValueTooLarge),
    ],
)
def test_what_cannot_be_a_variable_is_told(text, expected):
    values, problems = resolved(text)
    assert [type(problem) for problem in problems] == [expected]
    assert set(values.values()) == {INVALID}


def test_binding_leaves_only_the_facts():
    problems = []
    text = "${min(width, data.classes) + xs[0]}"
    expression = parse(text, read("a: 1", "s", []).root.span, problems)
    bound = bind(expression, {"width": 16, "xs": (5,), "min": 1}, problems)
    assert (names_of(expression), names_of(bound), facts_of(bound)) == (
        ("width", "xs"),
        (),
        ("data.classes",),
    )
    assert evaluate(bound, {}, {"classes": 10}, problems) == 15
    assert evaluate(bound, {"width": 1, "xs": (0,)}, {"classes": 10}, problems) == 15
    assert problems == []


def test_binding_an_unknown_name_is_told():
    problems = []
    expression = parse("${width + data.classes}", read("a: 1", "s", []).root.span, problems)
    assert bind(expression, {}, problems) is INVALID
    assert [problem.code for problem in problems] == ["R158"]


HOSTILE = {
    "a chain": "a0: 1\n" + "".join(f"a{i}: $a{i - 1}\n" for i in range(1, 9000)),
    "a chain backwards": "".join(f"a{i}: $a{i + 1}\n" for i in range(9000)) + "a9000: 1",
    "cycles": "".join(f"a{i}: $a{i ^ 1}\n" for i in range(9000)),
    "one long cycle": "".join(f"a{i}: $a{(i + 1) % 9000}\n" for i in range(9000)),
    "doubling texts": "a0: xx\n" + "".join(f"a{i}: $a{i - 1}$a{i - 1}\n" for i in range(1, 2000)),
    "doubling lists": "a0: [1]\n" + "".join(f"a{i}: [$a{i - 1}, $a{i - 1}]\n" for i in range(1, 2000)),
    "repeated lists": "".join(f"a{i}: '${{[1] * 999}}'\n" for i in range(9000)),
    "unknown names": "".join(f"a{i}: $b{i}\n" for i in range(9000)),
    "long sums": "".join(f"a{i}: '${{[{'1+1,' * 200}]}}'\n" for i in range(280)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_variables_take_long(text):
    document = read(text, "spec.yaml", [])
    values = {pair.key: pair.value for pair in document.root.pairs}
    assert least_seconds(lambda: resolve_vars(values, []), 2.0) < 2.0  # a quarter of it on an idle machine
