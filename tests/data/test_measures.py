import numpy as np
import pandas as pd
import pytest

from recipe.data.measures import range_of, repeated, says_target, spread_of
from recipe.data.tables import Stored, Table, column_of
from recipe.program.facts import Target
from tests.data.plans import csv_source, plan_of

CLASSES = Target("kind", "category", ("a", "b"))
NUMBER = Target("price", "number", shape=(1,))


def table(arrays=None, **cells):
    rows = len(next(iter((arrays or cells).values())))
    return Table(
        "table",
        {name: column_of(list(texts)) for name, texts in cells.items()},
        "",
        ("table.csv",),
        np.zeros(rows, dtype=np.int64),
        np.arange(rows),
        "line",
        np.arange(rows),
        arrays={name: Stored(np.asarray(values)) for name, values in (arrays or {}).items()},
    )


def says(kind, cells, answers, target=CLASSES):
    return says_target(
        kind, column_of([str(cell) for cell in cells]), target, column_of(list(map(str, answers)))
    )


def test_the_range_is_that_of_the_stored_values():
    assert range_of(np.array([[3, 250], [7, 9]], dtype=np.uint8)) == {"minimum": 3.0, "maximum": 250.0}
    assert range_of(np.empty((0, 2))) == {}


def test_a_number_is_whole_when_every_present_cell_is():
    assert spread_of("number", column_of(["3", "", "5.0"])) == {
        "distinct": 2,
        "whole": 1,
        "minimum": 3.0,
        "maximum": 5.0,
    }
    assert spread_of("number", column_of(["3", "4.5"]))["whole"] == 0


def test_of_other_kinds_the_names_are_counted():
    assert spread_of("category", column_of(["a", "b", "", "a"])) == {"distinct": 2}


def test_rows_are_repeated_when_all_their_cells_are():
    parts = {
        "train": table(x=["1", "1", "2", "1"], y=["a", "a", "b", "b"]),
        "validation": table(x=["2", "2", "3"], y=["b", "a", "b"]),
    }
    assert repeated(parts, ("x", "y")) == {"train": 1, "validation": 1}
    assert repeated(parts, ("x",)) == {"train": 2, "validation": 2}


def test_images_are_compared_by_their_values():
    images = np.arange(24).reshape(6, 2, 2)
    parts = {"train": table({"x": images[:4]}), "test": table({"x": images[3:]})}
    assert repeated(parts, ("x",)) == {"train": 0, "test": 1}


def test_the_share_of_a_number_is_what_pandas_calls_the_squared_correlation():
    chance = np.random.default_rng(3)
    values = chance.normal(size=50)
    answers = values + chance.normal(size=50)
    expected = pd.Series(values).corr(pd.Series(answers)) ** 2
    assert says("number", values, answers, NUMBER) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("kind", "cells", "answers", "share"),
    [
        ("category", "xxxyyy" * 10, "aaabbb" * 10, 1.0),
        ("category", "xxxyyy" * 10, "aababb" * 10, 2 / 3),
        ("category", range(60), "ab" * 30, 0.0),
        ("number", range(60), "a" * 30 + "b" * 30, 1.0),
        ("number", range(60), "ab" * 30, 1 - 58 / 60),
        ("number", [1, 1, 2, 2] * 10, "abab" * 10, 0.5),
        ("number", [""] * 10, "ab" * 5, 0.0),
    ],
)
def test_a_column_says_as_much_as_its_values_separate_the_classes(kind, cells, answers, share):
    assert says(kind, cells, answers) == pytest.approx(share)


def test_a_constant_says_nothing_of_a_number():
    assert says("number", [2, 2, 2], [1, 2, 3], NUMBER) == 0.0


def test_the_facts_of_a_table_hold_them(tmp_path, dataset_of):
    rows = "".join(
        f"{number * 37 % 101},{number + number % 2 / 4},{'ab'[number >= 50]}\n" for number in range(100)
    )
    (tmp_path / "table.csv").write_text(f"mixed,closed,kind\n{rows}")
    facts = dataset_of(
        plan_of(csv_source(tmp_path / "table.csv"), "kind", features={"mixed": None, "closed": None})
    )
    mixed, closed = facts.facts.columns
    assert facts.facts.repeated == {"train": 0}
    assert (mixed.statistics["minimum"], mixed.statistics["maximum"]) == (0.0, 100.0)
    assert closed.statistics["says_target"] == 1.0 > mixed.statistics["says_target"]
