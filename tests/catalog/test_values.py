"""Variables that a template leaves to the spec that extends it: a wrong one is told where it was written."""

import pytest

from tests.checking import check, edited, marked, problem, told, with_layer

TEMPLATE = """\
recipe: 1
vars: {width: 8, rate: 0.1, depth: 1, doubled: "${width * 2}", widths: [4, "${width}"]}
data: {source: {bundled: digits}}
blocks:
  wide: {vars: {units: required}, layers: [{Dense: "${units + depth}"}]}
architecture:
  - Flatten
  - Dense: $width
  - wide: "${doubled * 2}"
  - repeat: {each: {units: $widths}, layers: [{Dense: $units}]}
  - transformer: {width: 8, heads: 2, dropout: $rate}
    when: "${depth > 5}"
  - head
optimizer: Adam
training: {epochs: 1, batch_size: 32}
"""


@pytest.fixture
def extending(tmp_path):
    """What is told of a spec that sets variables of the template, and the spec."""
    (tmp_path / "template.yaml").write_text(TEMPLATE)

    def told_of(variables, overrides=()):
        text = f"recipe: 1\nextends: {tmp_path}/template.yaml\nvars: {{{variables}}}\n"
        return told(text, overrides), text

    return told_of


@pytest.mark.parametrize(
    ("variables", "value", "code"),
    [
        ("width: wide", "wide", "R205"),
        ("width: -3", "-3", "R205"),
        ("width: [2]", "[2]", "R205"),
        ("depth: deep", "deep", "R159"),
        ("doubled: -9", "-9", "R205"),
        ("widths: [4, -4]", "[4, -4]", "R205"),
        ("depth: 9, rate: 1.5", "1.5", "R205"),
    ],
)
def test_a_wrong_variable_of_a_template_is_told_once_where_the_spec_sets_it(
    extending, variables, value, code
):
    (found,), text = extending(variables)
    assert (found.code, marked(found, text)) == (code, value)
    assert [label.text for label in found.other_places][-1] == "used here"


def test_the_place_in_the_template_is_shown_beside_it(extending):
    (found,), _ = extending("width: wide")
    (use,) = found.other_places
    assert TEMPLATE.splitlines()[use.span.line - 1] == "  - Dense: $width"


def test_of_several_variables_the_one_that_the_spec_sets_is_blamed(extending):
    (found,), text = extending("depth: -50")
    assert marked(found, text) == "-50"


def test_an_override_of_a_variable_is_blamed_like_a_spec(extending):
    (found,), _ = extending("width: 4", ["vars.width=wide"])
    assert (found.span.source, found.span.column) == ("--set 1", 12)


def test_a_mistake_in_a_template_stays_there(extending, tmp_path):
    wrong = TEMPLATE.replace("Dense: $width", 'Dense: "${width + widht}"')
    (tmp_path / "template.yaml").write_text(wrong)
    (found,), _ = extending("width: 4")
    assert (found.code, found.span.source) == ("R158", f"{tmp_path}/template.yaml")


def test_a_variable_that_a_template_requires_is_missed_where_it_is_extended(tmp_path):
    left_open = TEMPLATE.replace("width: 8, rate: 0.1", "width: required, rate: required")
    (tmp_path / "template.yaml").write_text(left_open)
    text = f"recipe: 1\nextends: {tmp_path}/template.yaml\n"
    missed = [problem for problem in told(text) if problem.code == "R213"]
    assert [(problem.name, problem.span.line) for problem in missed] == [("width", 2), ("rate", 2)]
    assert {label.span.line for problem in missed for label in problem.other_places} == {2}


def test_a_long_way_through_variables_costs_no_more_than_it_shows(extending, tmp_path):
    chain = ", ".join(f"v{number}: $v{number - 1}" for number in range(1, 2_000))
    (tmp_path / "template.yaml").write_text(
        TEMPLATE.replace("vars: {width: 8", f"vars: {{v0: 1, {chain}, width: $v1999").replace(
            "$widths", "[4]"
        )
    )
    (found,), text = extending("v0: wide")
    assert marked(found, text) == "wide"
    assert len(found.span.through) < 50


def test_a_path_that_a_variable_completes_is_beside_the_template(tmp_path):
    (tmp_path / "below").mkdir()
    source = "{csv: {path: $name.csv}}"
    template = TEMPLATE.replace("{bundled: digits}", source).replace("width: 8", "width: 8, name: a")
    (tmp_path / "below" / "template.yaml").write_text(template)
    text = f"recipe: 1\nextends: {tmp_path}/below/template.yaml\nvars: {{name: b}}\n"
    (call,) = check(text).sources
    assert call["path"] == str(tmp_path / "below" / "b.csv")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("$width * 2", '"${width * 2}"'),
        ("2*$width", '"${2*width}"'),
        ("'${width} + 1'", '"${width + 1}"'),
        ("width * 2", '"${width * 2}"'),
        ("width", "$width"),
        ("data.classes * 2", '"${data.classes * 2}"'),
        ("8 * 2", '"${8 * 2}"'),
        ("$width / 3", ""),
        ("width * deep", ""),
        ("$width x", ""),
    ],
)
def test_an_expression_without_its_syntax_is_told_with_it(written, meant):
    text = with_layer(f"- Dense: {{units: {written}}}\n- Dense: $width") + "vars: {width: 8}\n"
    assert problem(text).slip == meant


def test_a_variable_that_a_suggestion_names_is_not_called_unused():
    text = edited(("batch_size: 32", "batch_size: batch")) + "vars: {batch: 8}\n"
    assert problem(text).slip == "$batch"
