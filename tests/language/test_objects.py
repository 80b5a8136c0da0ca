import pytest

from recipe.diagnostics import notation, yaml_forms
from recipe.language.nodes import ListNode, MappingNode
from recipe.language.objects import is_camel_case, is_word, parse_object
from recipe.language.reader import read

SIBLINGS = frozenset({"as", "from", "when", "call"})


def node_of(text):
    problems = []
    document = read(f"layer: {text}" if not text.startswith("\n") else f"layer:{text}", "spec.yaml", problems)
    assert problems == []
    return document.root.pairs[0].value


def parsed(text):
    problems = []
    found = parse_object(node_of(text), SIBLINGS, problems)
    assert problems == []
    return found


def refusal(text, siblings=SIBLINGS):
    problems = []
    assert parse_object(node_of(text), siblings, problems) is None
    (problem,) = problems
    return problem


def test_a_bare_name_is_an_object_without_argument():
    found = parsed("Flatten")
    assert (found.name, found.argument, found.siblings) == ("Flatten", None, ())
    assert (found.name_span.column, found.name_span.end_column) == (8, 15)


def test_a_name_with_nothing_behind_its_colon_is_the_same_object():
    assert parsed("\n  Flatten:").argument is None


def test_null_is_an_argument():
    assert parsed("{Dense: null}").argument.value is None


def test_a_value_a_mapping_or_a_list_is_the_argument():
    assert parsed("{Dense: 10}").argument.value == 10
    assert isinstance(parsed("{Dense: {units: 10}}").argument, MappingNode)
    assert isinstance(parsed("{residual: [ReLU]}").argument, ListNode)


def test_siblings_stand_before_or_behind_the_object():
    found = parsed("\n  as: flat\n  Flatten:\n  from: image")
    assert found.name == "Flatten"
    assert [pair.key for pair in found.siblings] == ["as", "from"]


REFUSED = {
    "{}": notation.NotAnObject,
    "10": notation.NotAnObject,
    "true": notation.NotAnObject,
    "": notation.NotAnObject,
    "[Dense]": notation.NotAnObject,
    "{as: flat}": notation.OnlySiblings,
    "\n  Flatten:\n  Dense: 10": notation.TwoObjects,
    "\n  residual: []\n  Dense: 10\n  ReLU:": notation.TwoObjects,
    "\n  Dense:\n  units: 10": notation.StrayKey,
    "\n  units: 10\n  Dense:": notation.StrayKey,
    "\n  residual: []\n  repeat: []": notation.StrayKey,
    "squeeze-excite": notation.BadName,
    "''": notation.BadName,
    "{squeeze-excite: 1}": notation.BadName,
    "$layer": notation.BadName,
    "Dense:10": yaml_forms.MissingSpace,
}


@pytest.mark.parametrize(("written", "expected"), REFUSED.items(), ids=[repr(text) for text in REFUSED])
def test_each_way_to_write_no_object_has_its_own_problem(written, expected):
    assert isinstance(refusal(written), expected)


def test_two_objects_are_both_shown_and_the_missing_dash_is_suggested():
    problem = refusal("\n  Flatten:\n  Dense: 10")
    assert "`Flatten` and `Dense`" in problem.message
    assert (problem.span.line, problem.further[0].span.line) == (3, 2)
    assert "- Dense:" in problem.help


def test_a_misspelled_sibling_is_corrected():
    assert refusal("\n  Flatten:\n  form: image").label == "did you mean `from`?"


def test_an_argument_beside_its_object_is_told_to_move_inside():
    assert "`Dense: {units: ...}`" in refusal("\n  Dense:\n  units: 10", frozenset()).help


@pytest.mark.parametrize("name", ["Dense", "L2", "GRU", "ReLU", "Conv2D", "my_layers.Swish", "a.b.C", "X"])
def test_the_names_of_classes_are_camel_case(name):
    assert is_camel_case(name)
    assert not is_word(name)


@pytest.mark.parametrize(
    "name", ["dense", "2D", "conv_2d", "", "Dense ", "my.layers", ".Dense", "Ärger", "De-nse"]
)
def test_other_names_are_not_camel_case(name):
    assert not is_camel_case(name)


@pytest.mark.parametrize("name", ["residual", "warmup_cosine", "x", "l2"])
def test_words_are_in_small_letters(name):
    assert is_word(name)
    assert not is_camel_case(name)
