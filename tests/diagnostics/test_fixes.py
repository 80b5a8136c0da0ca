"""Fixes, written into a text."""

from recipe.diagnostics.fixes import with_fixes
from recipe.diagnostics.names import UnknownKey
from recipe.diagnostics.problems import Problem, Texts
from recipe.diagnostics.rendering import render_text
from recipe.diagnostics.spans import Span
from recipe.diagnostics.values import QuotedNumber, WrongValue
from recipe.diagnostics.yaml_forms import MissingSpace
from recipe.language.reader import read


def unknown(span, key, *known):
    return UnknownKey(span, "training", key, known)


def test_columns_are_characters_after_every_kind_of_line_break():
    text = "a: \u00e9\u2028b: 1\r\nc: x\rd: {e\U0001f600: 1, epohcs: 2}\n"
    span = Span("a.yaml", 4, 12, 4, 18)
    assert with_fixes(text, "a.yaml", [unknown(span, "epohcs", "epochs")]) == (
        text.replace("epohcs", "epochs"),
        1,
    )


def test_nothing_is_edited_where_something_else_stands():
    span = Span("a.yaml", 1, 1, 1, 7)
    for text in ("steps: 1", "'epohcs': 1", "", "e"):
        assert with_fixes(text, "a.yaml", [unknown(span, "epohcs", "epochs")]) == (text, 0)


def test_of_two_fixes_of_one_place_the_first_is_used():
    span = Span("a.yaml", 1, 1, 1, 7)
    both = [unknown(span, "epohcs", "epochs"), unknown(span, "epohcs", "epohc")]
    assert with_fixes("epohcs: 1", "a.yaml", both) == ("epochs: 1", 1)


def test_other_texts_are_left_alone():
    span = Span("base.yaml", 1, 1, 1, 7)
    assert with_fixes("epohcs: 1", "a.yaml", [unknown(span, "epohcs", "epochs")]) == ("epohcs: 1", 0)


def test_what_is_not_clear_has_no_fix():
    span = Span("a.yaml", 1, 1, 1, 7)
    assert unknown(span, "zzzzzz", "epochs").fix is None
    assert WrongValue(span, "a", "an integer", "3.0", slip="3").fix is None
    assert MissingSpace(span, "http:a:b").fix is None
    assert MissingSpace(None, "a:1").fix is None


def test_either_kind_of_quotes_is_removed():
    span = Span("a.yaml", 1, 4, 1, 9)
    quoted = QuotedNumber(span, "a", "a number", "0.1")
    assert with_fixes('a: "0.1"', "a.yaml", [quoted])[0] == "a: 0.1"
    assert with_fixes("a: '0.1'", "a.yaml", [quoted])[0] == "a: 0.1"


def test_the_summary_counts_what_can_be_fixed_in_files():
    one = unknown(Span("a.yaml", 1, 1, 1, 7), "epohcs", "epochs")
    outside = unknown(Span("--set 1", 1, 1, 1, 7), "epohcs", "epochs")
    said = render_text([one, outside], Texts(), colour=False, width=80)
    assert said.endswith("2 errors in --set 1 and a.yaml (1 fixable with --fix)\n")


def test_keys_that_are_no_strings_are_quoted():
    text = "training: {class_weight: {0: 1, true: 2}}\n"
    problems: list[Problem] = []
    read(text, "a.yaml", problems)
    assert with_fixes(text, "a.yaml", problems) == ('training: {class_weight: {"0": 1, "true": 2}}\n', 2)
