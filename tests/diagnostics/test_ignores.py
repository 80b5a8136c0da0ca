"""`# recipe: ignore[CODE]`."""

from typing import ClassVar

import pytest

from recipe.diagnostics.ignores import without_ignored
from recipe.diagnostics.problems import Problem, Severity, Texts
from recipe.diagnostics.spans import Span
from tests.speeds import least_seconds


class Advice(Problem):
    code: ClassVar[str] = "L301"
    severity: ClassVar[Severity] = Severity.WARNING

    @property
    def message(self) -> str:
        return "advice"


class Mistake(Advice):
    code: ClassVar[str] = "R201"
    severity: ClassVar[Severity] = Severity.ERROR


def at(line, kind=Advice, source="a.yaml"):
    return kind(Span(source, line, 1, line, 2))


def left(text, *problems, is_settled=True):
    return without_ignored(problems, Texts({"a.yaml": text}), "a.yaml", lambda code: is_settled)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1  # recipe: ignore[L301] a reason", 1),
        ("a: 1 #recipe: ignore[L301]", 1),
        ("a: 1  # recipe: ignore[L205, L301]", 1),
        ("# recipe: ignore[L301]\na: 1", 2),
        ("# recipe: ignore[L301]\n# and why\n\n  a: 1", 4),
        ("a: don't # recipe: ignore[L301]", 1),
        ("a: 'it''s # not' # recipe: ignore[L301]", 1),
        ("a: |\n  # text\nb: 1 # recipe: ignore[L301]", 3),
    ],
)
def test_a_comment_silences_its_line_or_the_next(text, line):
    assert at(line) not in left(text, at(line))
    assert at(line + 1) in left(text, at(line + 1))


@pytest.mark.parametrize(
    "text",
    [
        "a: 'x # recipe: ignore[L301]'",
        'a: "x # recipe: ignore[L301]"',
        'a: {b: ["x\\" # recipe: ignore[L301]"]}',
        "a: x# recipe: ignore[L301]",
    ],
)
def test_what_only_looks_like_a_comment_silences_nothing(text):
    assert left(text, at(1)) == (at(1),)


def test_text_below_a_bar_is_no_comment():
    assert left("a: |\n  # recipe: ignore[L301]\nb: 1", at(3)) == (at(3),)


def test_an_ignore_that_silences_nothing_is_told_where_it_stands():
    (told,) = left("a: 1\nb: 2  # recipe: ignore[L205]")
    assert (told.code, told.span) == ("R190", Span("a.yaml", 2, 24, 2, 28))
    assert left("b: 2  # recipe: ignore[L205]", is_settled=False) == ()


def test_a_code_that_does_not_exist_has_a_suggestion():
    (told,) = left("b: 2  # recipe: ignore[l205]")
    assert told.label == "did you mean `L205`?"


def test_an_error_stays_and_both_places_are_shown():
    kept, told = left("b: 2  # recipe: ignore[R201]", at(1, Mistake))
    assert (kept, told.code) == (at(1, Mistake), "R191")
    assert told.further[0].span == kept.span


def test_an_ignore_of_everything_is_refused():
    kept, told = left("b: 2  # recipe: ignore", at(1))
    assert (kept, told.code) == (at(1), "R192")


def test_a_comment_is_about_its_own_text_and_only_the_spec_itself_is_judged():
    texts = Texts({"base.yaml": "a: 1 # recipe: ignore[L301]\nb: 1 # recipe: ignore[L301]", "a.yaml": "c: 1"})
    problems = (at(1, source="base.yaml"), at(1))
    assert without_ignored(problems, texts, "a.yaml", lambda code: True) == (at(1),)


@pytest.mark.parametrize(
    "text",
    [
        "# recipe: ignore[L301]\n" * 11_000,
        "# recipe: ignore[L301]\n" + "&" * 250_000,
        "# recipe: ignore[L301]\na: " + ", '" * 80_000,
        "# recipe: ignore[L301]\na: " + ',"\\' * 80_000,
        "# recipe: ignore[L301]\na" + ": -" * 80_000,
        "# recipe: ignore[L301]\n" + " " * 250_000,
    ],
    ids="ignores ampersands quotes escapes colons spaces".split(),
)
def test_looking_for_comments_is_quick_whatever_the_text(text):
    assert least_seconds(lambda: left(text), 0.5) < 0.5
