import math

import pytest

from recipe.catalog import lookup, overlay, update_sections
from recipe.catalog.calls import Call, Factor
from recipe.catalog.constraints import Constraint, Fields, LeafConstraint, ListOf, MappingOf, ObjectOf, OneOf
from recipe.catalog.leaves import (
    Anything,
    DurationIn,
    FactorText,
    Flag,
    Fraction,
    Integer,
    Number,
    PathText,
    PresetText,
    Rejected,
    Text,
    Words,
)
from recipe.catalog.rows import Parameter, Required, Unset
from recipe.catalog.spelling import spelled
from recipe.language.durations import Duration, Unit
from recipe.language.scalars import resolve

LEAVES: tuple[LeafConstraint, ...] = (
    Number(),
    Number(above=0),
    Number(at_least=0, at_most=1),
    Integer(),
    Integer(1),
    Fraction(),
    Fraction(one=True),
    Fraction(zero=False, factor=True),
    Flag(),
    Text(),
    Text("a name", r"[a-z]+"),
    PathText(),
    PresetText(),
    Words(("same", "valid")),
    DurationIn((Unit.EPOCHS, Unit.STEPS)),
    DurationIn((Unit.EPOCHS,), bare=Unit.EPOCHS),
    FactorText(),
)


def leaves_of(holds: Constraint) -> list[LeafConstraint]:
    match holds:
        case OneOf():
            return [leaf for option in holds.options for leaf in leaves_of(option)]
        case ListOf() | MappingOf():
            return leaves_of(holds.item)
        case _:
            return [holds] if isinstance(holds, LeafConstraint) else []


def own_parameters() -> list[Parameter]:
    rows = (*lookup.OWN_ROWS, *lookup.SECTION_PATHS.values())
    return [parameter for row in rows for parameter in row.parameters]


@pytest.mark.parametrize("leaf", LEAVES, ids=repr)
def test_a_constraint_refuses_the_values_that_it_calls_bad(leaf):
    bad = leaf.bad_values()
    assert bad
    assert [value for value in bad if not isinstance(leaf.accept(value), Rejected)] == []


def test_every_constraint_of_the_catalog_refuses_the_values_that_it_calls_bad():
    written = [parameter.holds for parameter in own_parameters()]
    written += [holds for ranges in overlay.RANGES.values() for holds in ranges.values()]
    leaves = {leaf for holds in written for leaf in leaves_of(holds)}
    accepted = [
        (leaf, value)
        for leaf in leaves
        for value in leaf.bad_values()
        if not isinstance(leaf.accept(value), Rejected)
    ]
    assert len(leaves) > 30
    assert accepted == []


@pytest.mark.parametrize("leaf", [*LEAVES, Anything()], ids=repr)
def test_what_a_constraint_suggests_it_would_accept(leaf):
    wrong = ("Same", "yes", "5", "50", 5, 5.0, 0.5, 2, "0.1", "1e-3", True, "5 epochs", "x2", None)
    for value in wrong:
        for suggestion in filter(None, leaf.slip(value).split("` or `")):
            plain = suggestion[1:-1] if suggestion.startswith('"') else resolve(suggestion)
            assert not isinstance(leaf.accept(plain), Rejected), (value, suggestion)


def test_the_default_of_every_row_is_admitted_by_its_constraint():
    refused = []
    for parameter in own_parameters():
        default = parameter.default
        leaves = leaves_of(parameter.holds)
        if isinstance(default, Required | Unset) or default in (None, ()) or not leaves:
            continue
        if all(isinstance(leaf.accept(default), Rejected) for leaf in leaves):
            refused.append((parameter.name, default))
    assert refused == []


@pytest.mark.parametrize("spelling", ["1e-3", "1.0e-3", "0.001", ".001", "+1E-3"])
def test_a_small_number_may_be_spelled_as_in_any_yaml_1_2(spelling):
    assert Number(above=0).accept(resolve(spelling)) == 0.001


def test_a_number_in_quotes_is_refused_and_its_plain_spelling_suggested():
    assert isinstance(Number().accept("1e-3"), Rejected)
    assert Number().slip("1e-3") == "1e-3"
    assert Integer(1).slip("64") == "64"


def test_a_number_with_underscores_is_a_string_in_yaml_and_no_number():
    assert Number().slip("1_000") == ""


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_no_number(value):
    assert isinstance(Number().accept(value), Rejected)
    assert spelled(value).endswith("which is not finite")


def test_a_flag_is_neither_a_number_nor_a_word():
    assert isinstance(Integer().accept(True), Rejected)
    assert isinstance(Number().accept(False), Rejected)
    assert isinstance(Words((1, 0)).accept(True), Rejected)


def test_a_whole_float_suggests_the_integer():
    assert isinstance(Integer(1).accept(64.0), Rejected)
    assert Integer(1).slip(64.0) == "64"
    assert Integer(1).slip(64.5) == ""


def test_a_fraction_is_a_percentage_or_a_share():
    assert Fraction().accept("10%") == pytest.approx(0.1)
    assert Fraction().accept(0.1) == 0.1
    assert Fraction(one=True).accept("100%") == 1
    assert Fraction().slip(20) == "20%"


def test_a_factor_may_be_written_as_one():
    factor = Fraction(zero=False, factor=True)
    assert {factor.accept(text) for text in ("x0.1", "10%", 0.1)} == {0.1}
    for text in ("x1.5", "x0.0", "x2", "x", 0, "0%"):
        assert isinstance(factor.accept(text), Rejected), text
    assert isinstance(Fraction().accept("x0.1"), Rejected)


def test_the_whole_is_no_share_and_suggests_nothing():
    assert isinstance(Fraction().accept(1), Rejected)
    assert Fraction().slip(1) == ""


def test_a_duration_without_unit_suggests_the_likely_ones():
    stretch = DurationIn((Unit.PERCENT, Unit.EPOCHS, Unit.STEPS))
    assert stretch.slip(5) == "5 epochs` or `5 steps"
    assert stretch.slip(1) == "1 epoch` or `1 step"
    assert stretch.slip(0.05) == "5%"
    assert stretch.slip("5") == "5 epochs` or `5 steps"
    assert DurationIn(stretch.units, whole=Unit.EPOCHS).slip(5) == "5 epochs"


def test_a_bare_integer_has_the_unit_of_its_key():
    assert DurationIn((Unit.EPOCHS,), bare=Unit.EPOCHS).accept(5) == Duration(5, Unit.EPOCHS)
    assert isinstance(DurationIn((Unit.EPOCHS,)).accept(5), Rejected)


def test_a_duration_of_nothing_needs_leave():
    assert isinstance(DurationIn((Unit.EPOCHS,)).accept("0 epochs"), Rejected)
    assert DurationIn((Unit.EPOCHS,), zero=True).accept("0 epochs") == Duration(0, Unit.EPOCHS)


def test_a_factor_is_a_multiple():
    assert FactorText().accept("x0.1") == Factor(0.1)


def test_a_path_is_no_address():
    assert PathText().accept("data/a.csv") == "data/a.csv"
    assert isinstance(PathText().accept("https://example.org/a.csv"), Rejected)


def test_words_suggest_the_nearest_and_the_words_of_other_tools():
    precision = Words(("float32", "mixed_float16"))
    assert precision.slip("fp16") == "mixed_float16"
    assert Words(("relu", "tanh")).slip("rellu") == "relu"
    assert Words(("same", "valid")).slip("SAME") == "same"


def test_a_limit_is_written_with_all_its_digits():
    assert Integer(0, 2**32 - 1).describe() == "an integer from 0 to 4294967295"
    assert Number(above=0, below=1.5).describe() == "a number above 0 and below 1.5"


def test_a_list_of_what_may_stand_alone_is_not_described_twice():
    assert (
        OneOf((Integer(1), ListOf(Integer(1)))).describe() == "an integer of at least 1, or a list of these"
    )


def test_a_list_has_room_for_its_length_and_a_filled_one_for_any_but_none():
    holds = (ListOf(Integer()), ListOf(Integer(), filled=True), ListOf(Integer(), length=2))
    assert [[one.has_room_for(count) for count in range(4)] for one in holds] == [
        [True, True, True, True],
        [False, True, True, True],
        [False, False, True, False],
    ]


def test_a_section_with_a_short_form_is_described_by_both():
    described = Fields(update_sections.EARLY_STOPPING, shorthand=True).describe()
    assert described.startswith(
        "a duration such as `5 epochs`, `500 steps` or `10%`, or a mapping with the keys `patience`"
    )


def test_words_stand_last_in_a_description():
    described = OneOf((Words(("off",)), Number(above=0))).describe()
    assert described == "a number above 0, or `off`"


@pytest.mark.parametrize("family", sorted({*lookup.HOMES, *lookup.KERAS_FAMILIES, "augmentation"}))
def test_the_example_of_a_family_is_of_the_family(family):
    described = ObjectOf((family,)).describe() if not family.endswith("_word") else ""
    name = described.partition("`")[2].rstrip("`")
    families = {"schedule": ("schedule", "keras_schedule"), "metric": ("metric", "metric_word")}
    family = family.removeprefix("keras_")
    assert not name or any(lookup.find(one, name) for one in families.get(family, (family,)))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("a", 'the string "a"'),
        ("a" * 500, f'the string "{"a" * 60}..."'),
        (None, "null"),
        (True, "true"),
        (1.5, "1.5"),
        ((), "an empty list"),
        ((1,), "a list of 1 item"),
        ((1, 2), "a list of 2 items"),
        ({}, "an empty mapping"),
        ({"a": 1, "b": 2}, "a mapping with `a` and `b`"),
        ({"ReLU": 1}, "the object `ReLU`"),
        (Call("Dense", "keras.layers.Dense"), "the object `Dense`"),
    ],
)
def test_a_value_is_spelled_as_a_user_would_say_it(value, words):
    assert spelled(value) == words
