import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipe.language.durations import Duration, Unit, parse_duration


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("5 epochs", 5, Unit.EPOCHS),
        ("1 epoch", 1, Unit.EPOCHS),
        ("2.5 epochs", 2.5, Unit.EPOCHS),
        ("500 steps", 500, Unit.STEPS),
        ("1e3 steps", 1000, Unit.STEPS),
        ("5K steps", 5000, Unit.STEPS),
        ("10%", 10, Unit.PERCENT),
        ("10 %", 10, Unit.PERCENT),
        ("300B tokens", 3e11, Unit.TOKENS),
        ("0.07B tokens", 7e7, Unit.TOKENS),
        ("1.1B tokens", 1.1e9, Unit.TOKENS),
        ("10M examples", 1e7, Unit.EXAMPLES),
        ("90 minutes", 90, Unit.MINUTES),
        ("2 hours", 120, Unit.MINUTES),
        ("1 day", 1440, Unit.MINUTES),
        ("90 seconds", 1.5, Unit.MINUTES),
        ("42 seconds", 0.7, Unit.MINUTES),
        ("0 steps", 0, Unit.STEPS),
    ],
)
def test_a_duration_is_an_amount_of_a_unit(text, amount, unit):
    assert parse_duration(text) == Duration(amount, unit)


@pytest.mark.parametrize(
    "text",
    "5,0.1,,epochs,-5 epochs,5 Epochs,5 lightyears,5 epochss,1e999 steps,1e308 days,5 k steps,1_000 steps,"
    "½ epochs,\u0663 epochs,5 epochs 3 steps,.5 epochs,5e epochs,%,5 s".split(","),
)
def test_what_spells_no_duration_is_none(text):
    assert parse_duration(text) is None


def test_an_endless_number_spells_no_duration():
    assert parse_duration("9" * 5000 + " steps") is None


@given(st.floats(0, 1e300, allow_nan=False) | st.integers(0, 10**12), st.sampled_from(Unit))
def test_a_duration_is_read_again_from_its_own_spelling(amount, unit):
    duration = Duration(amount, unit)
    assert parse_duration(str(duration)) == duration


def test_one_is_spelled_in_the_singular():
    assert [str(Duration(amount, Unit.STEPS)) for amount in (0, 1, 1.5)] == ["0 steps", "1 step", "1.5 steps"]
