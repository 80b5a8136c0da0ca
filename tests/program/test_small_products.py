"""Which networks are so small that a second thread costs more than it computes, by layers and data."""

import pytest

from recipe.program.small_products import are_small
from tests.checking import SPEC
from tests.program.programs import built, network

DENSE = "- Dense: {units: 512, activation: relu}"


def small(layers: str) -> bool:
    """Of a network on digits, 8 x 8 x 1, in batches of 32."""
    return are_small(network(layers).program)


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (f"- Flatten\n{DENSE}", True),  # 2 x 32 x 64 x 512: 2.1e6
        (f"- Flatten\n{DENSE}\n- Dropout: 0.2\n{DENSE}", False),  # 2 x 32 x 512 x 512: 17e6
        (f"{DENSE}\n- GlobalAveragePooling2D", False),  # a layer that is not known here
        (f"{DENSE}\n- BatchNormalization\n- Flatten", False),  # the head: 2 x 32 x 32768 x 10: 21e6
        ("- Dense: 8\n- LayerNormalization\n- Flatten\n- Dense: 64", True),  # 2 x 32 x 512 x 64: 2.1e6
    ],
)
def test_operations_of_the_largest_product_decide(layers: str, expected: bool):
    assert small(layers) is expected


def test_sizes_that_no_data_have_told_yet_are_not_small():
    assert are_small(built(SPEC).program)
    assert not are_small(built(SPEC, facts=None).program)
