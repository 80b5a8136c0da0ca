import pytest

from recipe.diagnostics import syntax, text, yaml_forms
from recipe.language.reader import read


def refusal(source):
    problems = []
    assert read(source, "spec.yaml", problems) is None
    (problem,) = problems
    return problem


MISTAKES = {
    "a:\n\tb: 1": (syntax.TabCharacter, (2, 1)),
    "a:\t1": (syntax.TabCharacter, (1, 3)),
    "a: 1\n\tb: 2": (syntax.TabCharacter, (2, 1)),
    "architecture:\n  - Flatten\n    as: flat": (syntax.SiblingsWithoutColon, (2, 5)),
    "a:\n  - Flatten   \n\n    # why\n    as: flat": (syntax.SiblingsWithoutColon, (2, 5)),
    "optimizer: SGD\n  groups: []": (syntax.BelowAValue, (2, 3)),
    "- a: 1\n   b: 2": (syntax.BelowAValue, (2, 4)),
    "a: {b: ${x * 2}, c: 1}": (syntax.UnquotedExpression, (1, 8)),
    "a: [${x}, 1]": (syntax.UnquotedExpression, (1, 5)),
    "a: [1, $x[0]]": (syntax.UnquotedExpression, (1, 8)),
    "match: */bias": (syntax.UnquotedPattern, (1, 8)),
    "match: **": (syntax.UnquotedPattern, (1, 8)),
    "match: *": (syntax.UnquotedPattern, (1, 8)),
    "match: [a, *.bias]": (syntax.UnquotedPattern, (1, 12)),
    "a: b: c": (syntax.SecondColon, (1, 5)),
    "a: {b: c: d}": (syntax.SecondColon, (1, 9)),
    "a: @x": (syntax.ReservedCharacter, (1, 4)),
    "a: %x": (syntax.ReservedCharacter, (1, 4)),
    "a: `x`": (syntax.ReservedCharacter, (1, 4)),
    "a: & x": (syntax.ReservedCharacter, (1, 4)),
    "a: |x\n y": (syntax.ReservedCharacter, (1, 4)),
    "recipe:1\nname: x": (yaml_forms.MissingSpace, (1, 1)),
    "name: x\nseed:1\nepochs: 2": (yaml_forms.MissingSpace, (2, 1)),
    "a:\n  b:1\n  c: 2": (yaml_forms.MissingSpace, (2, 3)),
    'a: "x': (syntax.UnclosedQuote, (1, 4)),
    "a: {b: '${x}}": (syntax.UnclosedQuote, (1, 8)),
    "a: [1, 2": (syntax.UnclosedBracket, (1, 4)),
    "a: {b: 1\nc: 2\n": (syntax.UnclosedBracket, (1, 4)),
    "a: ]": (syntax.WrongBracket, (1, 4)),
    "a: [1}": (syntax.WrongBracket, (1, 6)),
    "a: {b: 1 c: 2}": (syntax.MissingComma, (1, 11)),
    '{a: 1\n"b": 2}': (syntax.MissingComma, (2, 4)),
    "a: [1,, 2]": (syntax.NoValue, (1, 7)),
    "a: [\n- b\n]": (syntax.NoValue, (2, 1)),
    "a:\n  b: 1\n c: 2": (syntax.Indentation, (3, 2)),
    "a:\n  - b\n c: 1": (syntax.Indentation, (3, 2)),
    "- a\nb: 1": (syntax.MixedBlock, (2, 1)),
    "a: 1\n- b": (syntax.MixedBlock, (2, 1)),
    "a: 1\nb = 2": (syntax.MissingColon, (2, 1)),
    'a: "\\q"': (syntax.BadEscape, (1, 5)),
    'a: "\\u12"': (syntax.BadEscape, (1, 6)),
    'a: "x" y': (syntax.AfterTheValue, (1, 8)),
    "a: - b": (syntax.ItemBehindKey, (1, 4)),
    'a: "x"# b': (syntax.CommentTooNear, (1, 7)),
    "a: [b,#c\n]": (syntax.CommentTooNear, (1, 7)),
    "a: 1\n: b": (yaml_forms.NonStringKey, (2, 1)),
    "{a: 1, : b}": (yaml_forms.NonStringKey, (1, 8)),
    "...": (text.EmptyText, (1, 1)),
    "a: &b:c d": (syntax.ReservedCharacter, (1, 4)),
    "a: !<x": (yaml_forms.TagWritten, (1, 4)),
    "%x": (yaml_forms.Directive, (1, 1)),
    "%YAML 9.9\n---\na: 1": (yaml_forms.Directive, (1, 1)),
}


@pytest.mark.parametrize(
    ("source", "expected"), MISTAKES.items(), ids=[repr(source[:24]) for source in MISTAKES]
)
def test_each_mistake_of_grammar_is_named_where_it_stands(source, expected):
    problem = refusal(source)
    assert (type(problem), (problem.span.line, problem.span.column)) == expected


def test_an_escape_beyond_unicode_is_no_crash():
    assert isinstance(refusal('a: "\\UFFFFFFFF"'), syntax.BadEscape)


def test_a_name_without_a_colon_points_at_the_key_below_it():
    problem = refusal("a:\n  - Flatten\n    as: flat")
    assert problem.label == "write `Flatten:`"
    (label,) = problem.further
    assert (label.span.line, label.span.column, label.span.end_column) == (3, 5, 7)


def test_an_object_with_siblings_is_told_to_get_a_line_of_its_own():
    assert "`SGD:`" in refusal("optimizer: SGD\n  groups: []").help


def test_an_expression_and_a_pattern_are_shown_in_quotes():
    assert refusal("a: {b: ${x * 2}, c: 1}").label == 'write `"${x * 2}"`'
    assert refusal("match: [**/bias]").label == 'write `"**/bias"`'


def test_an_assignment_is_shown_with_a_colon():
    assert refusal("a: 1\nb = 2").label == "write `b: 2`"


def test_a_comment_between_a_name_and_its_siblings_does_not_hide_the_mistake():
    problem = refusal("a:\n  - Flatten  # why\n    # and how\n    as: flat")
    assert isinstance(problem, syntax.SiblingsWithoutColon)
    assert (problem.name, problem.key, problem.span.line) == ("Flatten", "as", 2)
