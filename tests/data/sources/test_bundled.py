import hashlib
from importlib import resources

import numpy as np
import pytest

from recipe.data.sources.bundled import SETS, read
from tests.data.plans import source

BUNDLED = resources.files("recipe.data") / "bundled"


def table_of(name):
    problems = []
    table = read(source("bundled", name=name), problems)
    assert problems == []
    return table


def test_digits_are_the_rows_of_the_file(shared_data):
    table = table_of("digits")
    expected = np.loadtxt(shared_data("digits.csv.gz"), delimiter=",", dtype=np.int64)
    images = table.arrays["image"].values
    assert images.shape == (1797, 8, 8, 1)
    assert images.dtype == np.uint8
    assert np.array_equal(images.reshape(1797, 64), expected[:, :64])
    assert table.cells["digit"].tolist() == [str(digit) for digit in expected[:, 64]]


def test_digits_have_the_counts_that_scikit_learn_documents():
    _, counts = np.unique(table_of("digits").cells["digit"].astype(str), return_counts=True)
    assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_penguins_have_the_counts_that_palmerpenguins_documents():
    table = table_of("penguins")
    species, counts = np.unique(table.cells["species"].astype(str), return_counts=True)
    assert dict(zip(species.tolist(), counts.tolist(), strict=True)) == {
        "Adelie": 152,
        "Chinstrap": 68,
        "Gentoo": 124,
    }
    assert table.targets == ("species",)


def test_xor_is_the_exclusive_or():
    cells = table_of("xor").cells
    rows = zip(cells["left"], cells["right"], cells["output"], strict=True)
    assert {(left, right): output for left, right, output in rows} == {
        (left, right): str(int(left != right)) for left in "01" for right in "01"
    }


@pytest.mark.parametrize("name", ["digits.csv.gz", "penguins.csv"])
def test_what_ships_is_what_was_published(shared_data, name):
    published = shared_data(name).read_bytes()
    assert hashlib.sha256((BUNDLED / name).read_bytes()).digest() == hashlib.sha256(published).digest()


def test_every_file_has_its_origin_and_licence_beside_it():
    note = (BUNDLED / "README.md").read_text(encoding="utf-8")
    files = [file.name for file in BUNDLED.iterdir() if file.name != "README.md"]
    assert len(files) == 3
    assert all(f"`{name}`" in note for name in files)


def test_an_unknown_set_suggests_the_nearest():
    problems = []
    assert read(source("bundled", name="penguin"), problems) is None
    assert problems[0].label == "did you mean `penguins`?"
    assert SETS.keys() == {
        *("digits", "penguins", "xor", "tokens", "sentences"),
        *("reversals", "masks", "series", "forecast"),
    }
