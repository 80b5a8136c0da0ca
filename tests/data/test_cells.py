import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipe.data.cells import as_number, codes_of, flag_pair, flags_of, in_natural_order, names_of, numbers_of
from recipe.data.tables import cell, column_of, missing_in


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_that_was_written_is_read_back_exactly(number):
    assert as_number(repr(number)) == number
    assert numbers_of(column_of([repr(number), ""]))[0] == number


@pytest.mark.parametrize("text", ["1_000", "1,5", "0x10", "five", "", "1 2", "12.5.2021", "True"])
def test_what_people_do_not_mean_as_a_number_is_none(text):
    assert as_number(text) is None


@pytest.mark.parametrize("text", ["", "  ", "NA", "N/A", "NaN", "nan", "null", " NULL "])
def test_the_documented_spellings_are_missing(text):
    assert missing_in(column_of([cell(text)])).tolist() == [True]


@pytest.mark.parametrize("text", ["Na", "none", "?", "-", "0", "Nancy"])
def test_other_spellings_are_values(text):
    assert missing_in(column_of([cell(text)])).tolist() == [False]


def test_missing_cells_are_nan_among_numbers():
    assert np.isnan(numbers_of(column_of(["1", "", "3"]))).tolist() == [False, True, False]


def test_numbers_come_by_size_and_before_words():
    assert in_natural_order(["10", "9", "1e1", "-1", "b10", "b9"]) == ("-1", "9", "10", "1e1", "b10", "b9")


def test_a_whole_number_is_one_name_however_it_was_written():
    assert names_of(column_of(["1", "1.0", "1.50", "01"])).tolist() == ["1", "1", "1.50", "01"]


def test_codes_count_from_zero_and_unknown_names_are_minus_one():
    assert codes_of(column_of(["b", "2.0", "c", ""]), ("2", "b")).tolist() == [1, 0, -1, -1]


@pytest.mark.parametrize(
    ("values", "pair"),
    [
        (["Yes", "NO"], ("no", "yes")),
        (["1", "0.0"], ("0", "1")),
        (["True"], ("false", "true")),
        (["male", "female"], None),
        (["0", "1", "2"], None),
        (["0", "yes"], None),
        ([], None),
    ],
)
def test_a_flag_is_known_by_its_two_words(values, pair):
    assert flag_pair(values) == pair


def test_flags_are_read_in_any_case_and_the_rest_is_nan():
    flags = flags_of(column_of(["Yes", "no", "YES", "maybe", ""]), ("no", "yes"))
    assert np.array_equal(flags, [1, 0, 1, np.nan, np.nan], equal_nan=True)


def test_a_flag_of_other_words_keeps_their_case():
    assert flags_of(column_of(["M", "F", "M"]), ("F", "M")).tolist() == [1, 0, 1]
