"""What people write who come from other tools: the remedy that is told is right when it is followed."""

import pytest

from tests.checking import problem

SPEC = """\
recipe: 1
data:
  source: {csv: mine.csv}
  target: kind
  split: {validation: 10%}
architecture:
  - Dense: {units: 4, activation: relu}
  - head
optimizer: {AdamW: {learning_rate: 1e-3}}
training: {epochs: 1}
"""
OPTIMIZER = "{AdamW: {learning_rate: 1e-3}}"
LAYER = "- Dense: {units: 4, activation: relu}"


@pytest.mark.parametrize(
    ("right", "wrong", "remedy"),
    [
        (OPTIMIZER, "AdamW(learning_rate=1e-3, beta_1=0.8)", "`AdamW: {learning_rate: 1e-3, beta_1: 0.8}`"),
        (OPTIMIZER, "\n  type: AdamW\n  learning_rate: 1e-3", "write `AdamW: {...}`"),
        (OPTIMIZER, "\n  class_name: AdamW\n  config: {learning_rate: 1e-3}", "write `AdamW: {...}`"),
        (OPTIMIZER, "\n  name: AdamW\n  learning_rate: 1e-3", "write `AdamW: {...}`"),
        ("learning_rate: 1e-3", "learning_rate: 0,001", "did you mean `0.001`?"),
        (LAYER, "- Dense(4, activation=relu)", "`Dense: {...: 4, activation: relu}`"),
        (LAYER, "- Conv2D(8, kernel_size=(3, 3))", "`Conv2D: {...: 8, kernel_size: [3, 3]}`"),
        (LAYER, "- Dense: 4\n    name: hidden", "did you mean `as`?"),
        ("- head", "-head", "`- head`"),
        ("- head", "-Dense: 4", "`- Dense: 4`"),
        ("{validation: 10%}", "{train: 90%, validation: 10%}", "leave it out"),
        ("source: {csv: mine.csv}", "csv: mine.csv", "write `source: {csv: ...}`"),
        ("{csv: mine.csv}", "/data/mine.csv.gz", "write `csv: /data/mine.csv.gz`"),
        ("{csv: mine.csv}", "{bundled: {nam: digits}}", "did you mean `name`?"),
    ],
)
def test_a_habit_is_answered_with_what_to_write(right: str, wrong: str, remedy: str) -> None:
    found = problem(SPEC.replace(right, wrong))
    assert remedy in f"{found.message}\n{found.label}\n{found.help}"


def test_a_decimal_comma_is_not_fixed_by_quotes() -> None:
    assert problem(SPEC.replace("1e-3", "0,001")).fix is None


def test_a_number_as_a_key_behind_a_number_and_a_blank_is_quoted() -> None:
    found = problem(SPEC.replace("epochs: 1", "epochs: 1, 001: 2"))
    assert found.label == 'quote it: `"001"`'


def test_a_variable_in_quotes_is_not_fixed_where_it_is_used() -> None:
    found = problem(SPEC.replace("units: 4", "units: $width") + "vars: {width: '4'}\n")
    assert (found.label, found.fix) == ("did you mean `4`?", None)
