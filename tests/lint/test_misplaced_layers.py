"""Operations across the examples of a batch."""

import pytest

from tests.lint.programs import codes


@pytest.mark.parametrize(
    "operation",
    [
        "{flip: {axis: 0}}",
        "{softmax: {axis: 0}}",
        "{sum: {axis: [0, 1]}}",
        "{max: {axis: null}}",  # over all axes
        "mean",
        "{roll: {shift: 1}}",
        "{expand_dims: {axis: 0}}",
        "{swapaxes: {axis1: 0, axis2: 1}}",
    ],
)
def test_an_operation_that_looks_at_other_examples_is_told(operation: str):
    assert "L221" in codes(f"architecture: [{{op: {operation}}}, Flatten, head]")


@pytest.mark.parametrize("layer", ["Softmax: {axis: 0}", "UnitNormalization: {axis: [0, 1]}"])
def test_so_is_a_layer(layer: str):
    assert "L221" in codes(f"architecture: [{{{layer}}}, Flatten, head]")
