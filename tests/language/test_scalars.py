import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipe.language.scalars import described, resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1e3", 1000.0),
        ("1E+3", 1000.0),
        ("1.0e3", 1000.0),
        ("+.5e-3", 0.0005),
        ("-1e-3", -0.001),
        ("1.", 1.0),
        ("010", 10),
        ("08", 8),
        ("0o10", 8),
        ("0x1F", 31),
        ("-0", 0),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        (".inf", math.inf),
        ("-.Inf", -math.inf),
    ],
)
def test_a_word_has_the_value_and_type_that_yaml_1_2_gives_it(text, value):
    assert (resolve(text), type(resolve(text))) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    "0b11 1_000 1:30 22:22 12:30:45 no NO off on yes y n 2024-01-01 nan NaN inf none None tRUE - + . .e3 1e "
    "0x 0o8 -0x1F 1..2 e5 1.5.2 \u0661 1e3x -".split(),
)
def test_a_word_that_only_yaml_1_1_or_python_would_convert_stays_a_string(text):
    assert resolve(text) == text


def test_nan_is_a_number():
    assert math.isnan(resolve(".nan"))


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**64) + 1, 2**64 - 1))
def test_every_json_number_has_the_value_that_json_gives_it(number):
    text = json.dumps(number)
    assert (resolve(text), type(resolve(text))) == (json.loads(text), type(json.loads(text)))


@pytest.mark.parametrize(
    "text", ["1e400", "-1.0e400", "1e-400", "18446744073709551616", "9" * 5000, "0x" + "f" * 17]
)
def test_a_number_that_would_become_infinite_or_zero_or_endless_is_refused(text):
    with pytest.raises(OverflowError):
        resolve(text)


def test_zero_is_no_vanished_number():
    assert resolve("0.0e-999") == 0.0


def test_a_description_names_the_type_of_a_value():
    assert [described(value) for value in (0.5, (1,), False)] == ["the number 0.5", "a list", "false"]
