import numpy as np
import pandas as pd
import pytest

from recipe.data.predicting import encode_labelled_rows, encode_rows
from recipe.program.plans import Split
from tests.data.plans import csv_source, kind, plan_of, source

SPLIT = Split(validation=0, test=0.25, stratified=False, group=None)


@pytest.fixture
def penguins(dataset_of):
    features = {
        "body_mass_g": kind("number", "mean"),
        "island": kind("category"),
        "sex": kind("category", "category"),
        "year": kind("number"),
    }
    return dataset_of(
        plan_of(source("bundled", name="penguins"), features=features, ignores_others=True, split=SPLIT)
    )


@pytest.fixture
def digits(dataset_of):
    return dataset_of(plan_of(source("bundled", name="digits"), split=SPLIT))


def encoded(path, dataset):
    problems = []
    arrays = encode_rows(path, dataset.facts, problems)
    assert problems == []
    return arrays.inputs["input"]


def problems_in(path, dataset, encode=encode_rows):
    problems = []
    assert encode(path, dataset.facts, problems) is None
    return problems


def test_raw_rows_are_encoded_as_the_test_split_was(penguins, shared_data):
    problems = []
    arrays = encode_labelled_rows(shared_data("penguins.csv"), penguins.facts, problems)
    test = penguins.splits["test"]
    assert np.array_equal(arrays.inputs["input"][test.rows], test.inputs["input"])
    assert np.array_equal(arrays.targets["species"][test.rows], test.targets["species"])
    assert problems == []


def test_neither_the_order_of_columns_nor_others_matter_nor_is_a_target_needed(
    penguins, shared_data, tmp_path
):
    table = pd.read_csv(shared_data("penguins.csv"), keep_default_na=False)
    columns = ["year", "sex", "island", "body_mass_g", "bill_depth_mm"]
    table[columns].to_csv(tmp_path / "some.csv", index=False, sep=";")
    assert np.array_equal(
        encoded(tmp_path / "some.csv", penguins), encoded(shared_data("penguins.csv"), penguins)
    )


def test_one_row_is_enough(penguins, write):
    path = write("body_mass_g,island,sex,year", "3750,Dream,male,2008")
    mean, std = (penguins.facts.columns[1].statistics[name] for name in ("mean", "std"))
    row = encoded(path, penguins)[0]
    assert row[:3].tolist() == [0, 1, 0]
    assert np.isclose(row[3], (3750 - mean) / std)


def test_missing_cells_take_the_fill_of_training(penguins, write):
    path = write("body_mass_g,island,sex,year", ",Dream,,2008")
    row = encoded(path, penguins)[0]
    assert row[3] == 0
    assert penguins.facts.columns[2].statistics["categories"] == ("", "female", "male")
    assert row[4:7].tolist() == [1, 0, 0]


def test_missing_cells_without_a_fill_are_refused(penguins, write):
    path = write("body_mass_g,island,sex,year", "3750,Dream,male,", "3750,,male,2008")
    assert [problem.message for problem in problems_in(path, penguins)] == [
        "`island` (category) has 1 missing cell, and training learned no fill for it: data.csv line 3",
        "`year` (number) has 1 missing cell, and training learned no fill for it: data.csv line 2",
    ]


def test_missing_and_misspelled_columns_are_told_at_once(penguins, write):
    path = write("body_mas_g,iland,sex,year", "3750,Dream,male,2008")
    assert [(problem.column, problem.label) for problem in problems_in(path, penguins)] == [
        ("island", "did you mean `iland`?"),
        ("body_mass_g", "did you mean `body_mas_g`?"),
    ]


def test_categories_that_were_never_seen_are_zero_and_counted(penguins, write):
    path = write("body_mass_g,island,sex,year", "3750,Hawaii,male,2008", "3750,Dream,male,2008")
    problems = []
    arrays = encode_rows(path, penguins.facts, problems)
    assert arrays.inputs["input"][0, :3].tolist() == [0, 0, 0]
    assert [problem.message for problem in problems] == [
        "1 cell of `island` in `data.csv` holds values that never occur in the training split: `Hawaii`"
    ]


def test_text_in_a_number_column_is_refused(penguins, write):
    path = write("body_mass_g,island,sex,year", "heavy,Dream,male,2008")
    assert [(problem.code, problem.cell) for problem in problems_in(path, penguins)] == [("R526", "heavy")]


def test_a_flag_that_is_neither_is_refused(dataset_of, write):
    train = write("x,y", "yes,a", "no,b", "yes,a", name="train.csv")
    dataset = dataset_of(plan_of(csv_source(train), "y"))
    assert encoded(write("x", "NO", "Yes"), dataset).tolist() == [[0], [1]]
    (problem,) = problems_in(write("x", "maybe", "no"), dataset)
    assert problem.code == "R527"
    assert "`maybe`" in problem.message


def test_a_file_with_another_header_is_no_table_of_this_network(penguins, write):
    problems = problems_in(write("3750,Dream,male,2008"), penguins)
    assert [problem.column for problem in problems] == ["island", "body_mass_g", "sex", "year"]


def test_flat_rows_of_digits_are_images_with_and_without_label_and_header(digits, shared_data, tmp_path):
    table = pd.read_csv(shared_data("digits.csv.gz"), header=None)
    expected = table.to_numpy()[:, :64].reshape(-1, 8, 8, 1)
    table.iloc[:, :64].to_csv(tmp_path / "pixels.csv", header=False, index=False)
    labelled = table.rename(columns={64: "digit"})[["digit", *range(64)]]
    labelled.columns = [labelled.columns[0], *(f"p{number}" for number in range(64))]
    labelled.to_csv(tmp_path / "labelled.csv", index=False)
    for path in (shared_data("digits.csv.gz"), tmp_path / "pixels.csv", tmp_path / "labelled.csv"):
        images = encoded(path, digits)
        assert images.dtype == np.uint8
        assert np.array_equal(images, expected)


def test_labels_of_flat_rows_are_the_last_column_or_that_of_their_name(digits, shared_data):
    arrays = encode_labelled_rows(shared_data("digits.csv.gz"), digits.facts, [])
    assert np.array_equal(
        arrays.targets["digit"], np.loadtxt(shared_data("digits.csv.gz"), delimiter=",")[:, 64]
    )


def test_rows_of_another_width_are_refused(digits, write):
    (problem,) = problems_in(write("1,2,3"), digits)
    assert problem.message == (
        "a row of `data.csv` must have 64 numbers (one example of shape (8, 8, 1)), "
        "or one more, its label. Received: 3"
    )


@pytest.mark.parametrize("cell", ["256", "-1", "0.5"])
def test_pixels_that_are_no_bytes_are_refused(digits, write, cell):
    (problem,) = problems_in(write(",".join([cell, *["0"] * 63])), digits)
    assert (problem.code, problem.cell) == ("R541", cell)


def test_labels_are_needed_where_they_are_asked_for(penguins, write):
    path = write(
        "body_mass_g,island,sex,year,species", "3750,Dream,male,2008,", "3750,Dream,male,2008,Emperor"
    )
    (problem,) = problems_in(path, penguins, encode_labelled_rows)
    assert problem.code == "R531"
    path = write("body_mass_g,island,sex,year,specie", "3750,Dream,male,2008,Gentoo")
    (problem,) = problems_in(path, penguins, encode_labelled_rows)
    assert problem.label == "did you mean `specie`?"


def test_a_class_that_was_never_trained_is_refused(penguins, write):
    path = write("body_mass_g,island,sex,year,species", "3750,Dream,male,2008,Emperor")
    (problem,) = problems_in(path, penguins, encode_labelled_rows)
    assert (problem.code, problem.value) == ("R535", "Emperor")


def test_a_missing_file_is_a_problem(penguins, tmp_path):
    assert [problem.code for problem in problems_in(tmp_path / "absent.csv", penguins)] == ["R501"]


def test_what_is_there_instead_of_a_missing_file_may_be_a_folder(penguins, tmp_path):
    (tmp_path / "old").mkdir()
    (problem,) = problems_in(tmp_path / "absent.csv", penguins)
    assert problem.help == f"found in `{tmp_path}`: `old`"


def test_rows_are_written_like_those_that_were_trained_on(write, dataset_of):
    lines = [f"{size * 7 % 31},5;{'x' if size % 2 else 'y'};{2 * size}.000" for size in range(1, 31)]
    like = source(
        "csv",
        path=str(write("size;kind;price", *lines)),
        decimal=",",
        thousands=".",
        separator=";",
        comment="#",
    )
    dataset = dataset_of(plan_of(like, "price"))
    rows = write("# new ones", "size;kind", "1.234,5;x", name="rows.csv")
    problems = []
    arrays = encode_rows(rows, dataset.facts, problems, like)
    size = dataset.facts.columns[0].statistics
    assert problems == []
    assert arrays.inputs["input"][0, 0] == pytest.approx((1234.5 - size["mean"]) / size["std"])
