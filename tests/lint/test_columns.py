"""What facts of columns and rows make the rules about data say, and what they do not."""

from dataclasses import replace

import pytest

from recipe.program.facts import Column, Target
from tests.lint.programs import DIGITS, codes, table

TARGET = Target("kind", "category", ("a", "b"), (100, 100))
OTHER = Column("island", "category", 2, {"categories": ("a", "b"), "distinct": 2})
RULES = {"L506", "L512", "L513", "L514", "L515", "L516"}


def told(repeated=None, **statistics):
    """The codes for a table with one number of these statistics."""
    number = Column("ticket", "number", 1, {"mean": 0.0, "std": 1.0, **statistics})
    facts = table(TARGET, OTHER, number, train=200, validation=100)
    return codes("", replace(facts, repeated=repeated or {})) & RULES


@pytest.mark.parametrize(
    ("statistics", "expected"),
    [
        ({"minimum": 4.0, "maximum": 4.0, "distinct": 1}, {"L506"}),
        ({"minimum": 4.0, "maximum": 4.5}, set()),
        ({"distinct": 200, "whole": 1, "minimum": 1e6, "maximum": 1e6 + 299}, {"L513"}),
        ({"distinct": 200, "whole": 1, "minimum": 0.0, "maximum": 1e6}, set()),
        ({"distinct": 199, "whole": 1, "minimum": 0.0, "maximum": 299.0}, set()),
        ({"says_target": 0.9995}, {"L514"}),
        ({"says_target": 0.99}, set()),
        ({"minimum": -999.0, "maximum": 3.0, "std": 50.0}, {"L516"}),
        ({"minimum": 0.0, "maximum": 99999.0, "std": 900.0}, {"L516"}),
        ({"minimum": 0.0, "maximum": 99.0, "std": 9.0}, set()),
        ({"minimum": -999.0, "maximum": 900.0, "std": 500.0}, set()),
    ],
)
def test_a_number_is_told_by_what_is_known_of_it(statistics, expected):
    assert told(**statistics) == expected


def test_rows_of_another_split_are_told_where_a_column_tells_rows_apart():
    assert told({"train": 4, "validation": 2}, distinct=150) == {"L512"}
    assert told({"train": 4, "validation": 2}, distinct=20) == set()
    assert told({"train": 4, "validation": 1}, distinct=150) == set()


def test_the_only_column_of_a_table_may_say_the_target():
    facts = table(TARGET, Column("x", "number", 1, {"says_target": 1.0}), train=200, validation=100)
    assert "L514" not in codes("", facts)


@pytest.mark.parametrize(
    "layer", ["BatchNormalization", "{Rescaling: 0.004}", "{Embedding: {input_dim: 256, output_dim: 8}}"]
)
def test_an_array_is_scaled_by_a_layer(layer):
    facts = replace(DIGITS, columns=(Column("pixels", "number", 64, {"minimum": 0.0, "maximum": 255.0}),))
    assert "L515" in codes("", facts)
    assert "L515" not in codes(f"architecture: [{layer}, Flatten, head]", facts)
