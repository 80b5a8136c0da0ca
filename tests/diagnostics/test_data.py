from collections import Counter

from recipe.diagnostics import (
    data,
    data_arrays,
    data_cells,
    data_files,
    data_images,
    data_predictions,
    data_rows,
    data_splits,
)
from recipe.diagnostics.data_cells import MissingCells
from recipe.diagnostics.data_splits import EmptyPart
from recipe.diagnostics.places import Place, listed
from recipe.diagnostics.problems import Problem

MODULES = (data, data_arrays, data_cells, data_files, data_images, data_predictions, data_rows, data_splits)
CLASSES = [
    found
    for module in MODULES
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, Problem) and found.__module__ == module.__name__
]


def test_every_problem_of_data_has_a_code_of_its_own():
    assert len(CLASSES) == 65
    assert [code for code, count in Counter(found.code for found in CLASSES).items() if count > 1] == []
    assert all(found.code.startswith("R5") for found in CLASSES)


def test_every_problem_of_data_says_what_it_is():
    assert all(found.__doc__.endswith(".") and "(span" not in found.__doc__ for found in CLASSES)


def test_examples_come_in_pairs():
    assert [found.__name__ for found in CLASSES if bool(found.bad) != bool(found.good)] == []
    assert sum(bool(found.bad) for found in CLASSES) >= 12


def test_places_are_listed_by_file():
    places = (Place("a.csv", 2), Place("b.csv", 7), Place("a.csv", 9))
    assert listed(places, 3) == "a.csv lines 2, 9; b.csv line 7"
    assert listed((Place("x.npz", 0, "row"),), 4) == "x.npz row 0 and 3 more"


def test_one_is_not_many():
    problem = MissingCells(None, "age", "number", "error", 1, 10, (Place("a.csv", 2),))
    assert problem.message == "`age` (number) has 1 missing cell in 10 rows: a.csv line 2"


def test_shares_are_written_as_people_write_them():
    assert EmptyPart(None, "test", 0.125, 3).message == (
        "`data.split.test` (12.5% of 3 examples) is less than one example"
    )
