import pytest

from tests.checking import edited
from tests.program.programs import built

LIST = "architecture:\n  - Flatten\n  - Dense: {units: 64, activation: relu}\n  - head\n"


def codes(shape: str) -> list[str]:
    layers = f"architecture:\n  inputs: {{input: {{shape: {shape}}}}}\n  layers: [Flatten, head]\n"
    return built(edited((LIST, layers))).codes


@pytest.mark.parametrize("shape", ["[8, 8, 1]", "[null, 8, 1]", "[null, null, null]"])
def test_a_shape_is_that_of_the_data_and_null_is_any_size(shape):
    assert codes(shape) == []


@pytest.mark.parametrize("shape", ["[8, 8]", "[8, 8, 3]", "[null, 9, 1]"])
def test_another_shape_than_that_of_the_data_is_refused(shape):
    assert codes(shape) == ["R242"]
