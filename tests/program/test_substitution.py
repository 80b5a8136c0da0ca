import pytest

from recipe.catalog.calls import Unknown
from recipe.program.facts import InputFact
from recipe.program.substitution import fact_values
from tests.checking import edited, marked
from tests.program.programs import DIGITS, built, facts


def with_units(text: str) -> str:
    return edited(("64", f'"{text}"'))


def units(text: str, of=DIGITS):
    return built(with_units(text), of).layers["dense"]["units"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${data.classes}", 10),
        ("${data.classes * 2 + 1}", 21),
        ("${data.examples // 100}", 12),
        ("${data.length}", 8),
        ("${data.features}", 1),
        ("${min(data.classes, 4)}", 4),
        ("${16 if data.classes > 2 else 1}", 16),
    ],
)
def test_facts_of_the_data_become_values_once_they_are_read(text, value):
    assert units(text) == value


def test_before_they_are_read_a_value_is_unknown_and_says_of_what():
    assert units("${data.classes * data.examples}", None) == Unknown(("data.classes", "data.examples"))


def test_variables_and_facts_may_stand_in_one_expression():
    text = with_units("${width + data.classes}") + "vars: {width: 5}\n"
    assert built(text).layers["dense"]["units"] == 15


def test_facts_reach_initializers_losses_and_items_of_lists():
    text = edited(
        ("- Flatten", '- Flatten\n  - Reshape: [1, "${data.length * 8}"]'),
        ("relu}", 'relu, kernel_initializer: {Constant: "${1 / data.classes}"}}'),
    )
    found = built(text + "loss: {Huber: {delta: '${data.classes}'}}\n")
    assert found.layers["reshape"]["target_shape"] == (1, 64)
    assert found.layers["dense"]["kernel_initializer"]["value"] == 0.1
    assert found.program.loss["delta"] == 10


def test_a_layer_that_is_skipped_may_hang_on_a_fact_that_is_absent():
    layer = "  - Embedding: {input_dim: '${data.vocabulary}', output_dim: 4}\n    when: '${width > 1}'\n"
    text = edited(("  - Flatten\n", f"  - Flatten\n{layer}"))
    assert built(f"{text}vars: {{width: 1}}\n").codes == []
    assert built(f"{text}vars: {{width: 2}}\n").codes == ["R163"]


REFUSED = [
    ("${data.classes - 20}", "R205", "Received: -10"),
    ("${data.classes / 2}", "R205", "Received: 5.0"),
    ("${1 / (data.classes - 10)}", "R160", "divides by zero"),
    ("${data.vocabulary}", "R163", "this data has no `data.vocabulary`"),
]


@pytest.mark.parametrize(("text", "code", "words"), REFUSED)
def test_a_value_that_is_not_admitted_is_told_at_the_expression(text, code, words):
    spec = with_units(text)
    found = built(spec)
    assert found.codes == [code]
    assert words in found.problems[0].message
    assert marked(found.problems[0], spec).strip('"${}') in text


def test_the_argument_is_named_and_not_the_expression():
    assert built(with_units("${data.classes - 20}")).problems[0].message.startswith("`Dense.units` must be")


def test_an_item_of_a_list_obeys_the_constraint_of_the_list():
    found = built(edited(("- Flatten", '- Flatten\n  - Reshape: [1, "${data.classes - 20}"]')))
    assert found.codes == ["R205"]


def test_a_number_has_no_classes():
    assert fact_values(facts("number"))["classes"] == 0
    assert fact_values(facts("flag", classes=("a", "b")))["classes"] == 2


def test_the_facts_of_an_image_are_its_height_and_channels():
    assert DIGITS.inputs == {"input": InputFact((8, 8, 1), "uint8", 1 / 16)}
    assert fact_values(DIGITS) == {"classes": 10, "features": 1, "length": 8, "examples": 1258}
