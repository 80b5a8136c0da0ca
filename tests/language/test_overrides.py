import pytest

from recipe.diagnostics import notation, text, yaml_forms
from recipe.diagnostics.syntax import UnclosedBracket
from recipe.language.nodes import MappingNode
from recipe.language.overrides import parse_override


def parsed(written, number=1):
    problems = []
    document = parse_override(written, number, problems)
    assert problems == []
    return document


def refusal(written):
    problems = []
    assert parse_override(written, 1, problems) is None
    (problem,) = problems
    return problem


def cut(span, written):
    assert (span.line, span.end_line) == (1, 1)
    return written[span.column - 1 : span.end_column - 1]


def test_a_path_becomes_nested_mappings_whose_places_lie_in_the_override():
    written = "optimizer.SGD.learning_rate=3e-4"
    document = parsed(written, 2)
    assert (document.source, document.text) == ("--set 2", written)
    node, keys = document.root, []
    while isinstance(node, MappingNode):
        (pair,) = node.pairs
        assert cut(pair.key_span, written) == pair.key
        assert cut(node.span, written).startswith(pair.key)
        keys.append(pair.key)
        node = pair.value
    assert keys == ["optimizer", "SGD", "learning_rate"]
    assert node.value == 0.0003
    assert cut(node.span, written) == "3e-4"
    assert node.span.source == "--set 2"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("a=1", 1),
        ("a=relu", "relu"),
        ("a= true ", True),
        ("a=null", None),
        ("a=off", "off"),
        ("a='1e-3'", "1e-3"),
        ("a=$width", "$width"),
        ("a=b=c", "b=c"),
        ("a=10%", "10%"),
        ("a=''", ""),
        ("a=x  # why", "x"),
        ("data.features.arr-delay=number", "number"),
    ],
)
def test_the_value_follows_the_rules_of_the_file(written, value):
    node = parsed(written).root
    while isinstance(node, MappingNode):
        node = node.pairs[0].value
    assert (node.value, type(node.value)) == (value, type(value))


def test_a_value_may_be_a_mapping_or_a_list():
    split = parsed("data.split={validation: 10%}").root.get("data").value.get("split").value
    assert split.get("validation").value.value == "10%"
    assert len(parsed("metrics=[accuracy, AUC]").root.get("metrics").value.items) == 2


@pytest.mark.parametrize(
    ("written", "expected", "column"),
    [
        ("training.epochs", notation.OverrideWithoutEquals, 1),
        ("", notation.OverrideWithoutEquals, 1),
        ("=5", notation.BadOverridePath, 1),
        ("a..b=1", notation.BadOverridePath, 3),
        ("a.=1", notation.BadOverridePath, 3),
        ("a b=1", notation.BadOverridePath, 1),
        ("--lr=1", notation.BadOverridePath, 1),
        ("layers.0=1", notation.OverrideOfAnItem, 8),
        ("layers[0].units=1", notation.OverrideOfAnItem, 1),
        ("a=", notation.OverrideWithoutValue, 2),
        ("a=  ", notation.OverrideWithoutValue, 2),
        ("a={b: [1", UnclosedBracket, 7),
        ("a=!x 1", yaml_forms.TagWritten, 3),
        ("a=1e999", yaml_forms.NumberOutOfRange, 3),
        ("a=#", text.OnlyComments, 1),
        ("a." * 100 + "b=1", text.TooDeep, 1),
        ("a=\0", text.ControlCharacter, 3),
    ],
)
def test_what_is_no_override_is_pointed_at(written, expected, column):
    problems = []
    parse_override(written, 1, problems)
    assert [(type(problem), problem.span.source, problem.span.column) for problem in problems] == [
        (expected, "--set 1", column)
    ]


def test_a_wrong_path_and_a_wrong_value_are_told_together():
    problems = []
    parse_override("a..b={", 1, problems)
    assert [type(problem) for problem in problems] == [notation.BadOverridePath, UnclosedBracket]
