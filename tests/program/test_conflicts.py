import re

import pytest

from tests.checking import END, SPEC, edited, told, with_section

SLIP = "foo: 1\n"


def codes(text: str) -> list[str]:
    return [one.code for one in told(text)]


def test_conflicts_of_whole_sections_are_told_beside_a_slip_elsewhere():
    text = edited(("relu}", "relu}\n    from: nowhere"), (END, "training: {batch_size: 3}\n"))
    assert codes(text) == ["R305", "R302"]
    assert codes(text + SLIP) == ["R305", "R302", "R201"]


def test_of_a_section_with_a_slip_no_conflict_is_guessed():
    assert codes(edited((END, "training: {epoch: 3, batch_size: 3}\n"))) == ["R201"]


def test_a_rate_without_a_slot_is_told_only_when_all_layers_could_be_read():
    rate = "regularization: {dropout: 0.2}\n"
    assert codes(SPEC + rate + SLIP) == ["R304", "R201"]
    assert codes(edited(("relu", "rellu")) + rate) == ["R205"]


def test_names_are_checked_when_only_an_argument_is_wrong():
    assert codes(edited(("relu}", "rellu}\n    from: nowhere"))) == ["R205", "R305"]


def test_names_are_not_checked_when_a_layer_could_not_be_read():
    assert codes(edited(("- Flatten", "- Flaten:\n    as: flat"), ("relu}", "relu}\n    from: flat"))) == [
        "R202"
    ]


def test_a_pattern_and_a_schedule_are_checked_too():
    keras = "schedule: {CosineDecay: {initial_learning_rate: 0.1, decay_steps: 9}}\n"
    assert codes(SPEC + keras + "init: {match: {nothing: Zeros}}\n" + SLIP) == ["R309", "R314", "R201"]


def test_data_that_contradicts_itself_is_told():
    text = edited(("source: {bundled: digits}", "source: {bundled: digits}\n  train: {bundled: xor}"))
    assert codes(text + SLIP) == ["R317", "R201"]


@pytest.mark.parametrize("section", ["data", "architecture", "optimizer", "regularization", "training"])
def test_a_section_that_hangs_on_a_wrong_variable_is_not_looked_into(section: str):
    text = "vars: {wrong: {SGD: {learning_rate: 0.1}}}\n" + with_section("regularization: {dropout: off}")
    others = re.sub(rf"(?m)^{section}:.*\n(?: .*\n)*", "", text)
    assert codes(others + f"{section}: $wrong\n") == ["R166"]
    assert codes(edited(("epochs: 3", "epochs: $wrong")) + "vars: {wrong: {a: 1}}\n") == ["R166"]
