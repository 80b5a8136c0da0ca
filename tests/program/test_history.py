import pytest

import recipe
from recipe.catalog.calls import Argument, Call, Factor, Origin, Unknown
from recipe.language.durations import Duration, Unit
from recipe.program.history import matching, spell
from tests.checking import SPEC, edited
from tests.program.programs import built


def entry(key: str, text: str = SPEC):
    (found,) = matching(built(text).program, key)
    return found


def test_a_value_has_a_path_and_a_place():
    found = entry("optimizer.AdamW.learning_rate")
    assert (found.value, found.span.line, found.reason) == ("0.003", 11, "")


def test_the_end_of_a_path_is_enough():
    assert entry("learning_rate").path == "optimizer.AdamW.learning_rate"


def test_a_key_that_is_a_section_shows_all_of_it():
    found = matching(built().program, "training")
    assert [one.path for one in found][:2] == ["training.epochs", "training.batch_size"]
    assert {one.path.partition(".")[0] for one in found} == {"training"}


def test_a_key_that_nothing_has_shows_nothing():
    assert matching(built().program, "no_such_key") == ()


def test_part_of_a_name_is_no_end_of_a_path():
    assert matching(built().program, "rate") == ()


def test_a_default_says_so():
    found = entry("data.missing")
    assert (found.value, found.span, found.reason) == ("error", None, "default")


def test_an_initializer_says_which_rule_chose_it():
    found = entry("dense.kernel_initializer")
    assert (found.value, found.reason) == ("HeNormal", "init: auto, for its activation relu")


def test_a_value_of_a_variable_says_which():
    found = entry("dense.units", edited(("64", "$width")) + "vars: {width: 3}\n")
    assert (found.value, found.reason) == ("3", "$width")


def test_a_value_of_a_fact_says_which():
    found = entry("dense.units", edited(("64", '"${data.classes * 2}"')))
    assert (found.value, found.reason) == ("20", "${data.classes * 2}")


def test_what_waits_for_the_data_says_so():
    (found,) = matching(built(facts=None).program, "head.units")
    assert found.value == "known once the data is read (data.classes)"


def test_what_an_override_replaced_is_remembered():
    spec = recipe.load("mine.yaml", ["training.epochs=5"], text=SPEC)
    (found,) = matching(spec.program, "training.epochs")
    assert (found.value, found.span.source) == ("5 epochs", "--set 1")
    assert [(span.source, span.line) for span in found.overrode] == [("mine.yaml", 12)]


def test_the_settled_schedule_is_shown_in_steps():
    text = SPEC + "schedule: {warmup_cosine: 10%}\n"
    assert entry("settled.schedule.warmup_cosine.warmup_steps", text).value == "12"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (1e-4, "0.0001"),
        ("relu", "relu"),
        ((1, 2), "[1, 2]"),
        ({"a": None}, "{a: null}"),
        (Factor(0.1), "x0.1"),
        (Duration(5, Unit.EPOCHS), "5 epochs"),
        (Unknown(("data.classes",)), "known once the data is read (data.classes)"),
        (Call("Zeros", "keras.initializers.Zeros"), "Zeros"),
        (Call("L2", "keras.regularizers.L2", {"l2": Argument(0.1, Origin(None))}), "L2: {l2: 0.1}"),
    ],
)
def test_a_value_is_spelled_as_in_a_spec(value, text):
    assert spell(value) == text


def test_what_is_off_says_so():
    assert entry("weight_decay", SPEC + "regularization: {weight_decay: off}\n").value == "off"


def test_the_end_of_the_path_of_a_section_is_enough():
    found = matching(built(SPEC + "regularization: {weight_decay: 1e-2}\n").program, "weight_decay")
    assert found[0].path == "regularization.weight_decay.value"
