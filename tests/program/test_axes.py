"""What works across the examples of a batch."""

import pytest

from recipe.program.axes import across_examples
from tests.program.programs import network


@pytest.mark.parametrize(
    ("layer", "argument"),
    [
        ("op: {sum: {axis: 0}}", "axis"),
        ("op: mean", "axis"),
        ("op: {swapaxes: {axis1: 0, axis2: 1}}", "axis1"),
        ("Softmax: {axis: [0, 1]}", "axis"),
        ("Softmax", ""),
        ("op: {sum: {axis: 1}}", ""),
        ("op: squeeze", ""),
        ("Dense: {units: 3, kernel_constraint: {MaxNorm: {max_value: 1.0, axis: 0}}}", ""),
    ],
)
def test_the_first_axis_counts_the_examples(layer: str, argument: str):
    first = network(f"- {layer}").graph.layers[0]
    assert across_examples(first.call) == argument
