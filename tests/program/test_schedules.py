"""Schedules in numbers: stretches in steps, phases that fill the run, quantities by name."""

import pytest

from recipe.catalog.calls import Unknown
from recipe.program.facts import Facts, InputFact, Target
from recipe.program.saving import from_json, to_json
from tests.checking import edited, problem, with_section
from tests.program.programs import DIGITS, built

UNKNOWN = Unknown(("data.examples",))
SEQUENCES = Facts(
    {"train": 1258, "validation": 180},
    {"input": InputFact((16,), "int32")},
    (),
    (Target("digit", "category", tuple("0123456789")),),
    "0" * 64,
)


def schedule(text: str, facts=DIGITS):
    """The schedule of a run of 3 epochs of 40 steps with 32 examples each."""
    found = built(with_section(f"schedule: {text}"), facts)
    assert found.problems == ()
    return found.program.schedule


def told(text: str, facts=DIGITS):
    (found,) = built(with_section(f"schedule: {text}"), facts).problems
    return found


def plain(call) -> dict[str, object]:
    return {name: argument.value for name, argument in call.arguments.items() if name != "peak"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{step: 1 epoch}", {"every_steps": 40, "at_steps": (), "factor": 0.1, "warmup_steps": 0}),
        ("{step: {at: [50%, 100 steps]}}", {"every_steps": None, "at_steps": (60, 100)}),
        ("{exponential: 1%}", {"factor": 0.01, "every_steps": None}),
        ("{exponential: {factor: 0.94, every: 9 epochs}}", {"every_steps": 360}),  # it may be longer
        ("inverse_sqrt", {"warmup_steps": 6}),
        ("one_cycle", {"rise_steps": 54, "tail_steps": 12, "start": 0.1, "end": 0.001}),
        ("{cosine_restarts: 320 examples}", {"cycle_steps": 10, "growth": 1.0, "floor": 0.0}),
        ("{warmup_stable_decay: {decay: 20%}}", {"warmup_steps": 6, "decay_steps": 24, "floor": 0.0}),
        ("linear", {"start": 1.0, "end": 0.0, "total_steps": 120}),
        ("{polynomial: 2}", {"start": 1.0, "end": 0.0, "power": 2}),
        ("{constant: {at: 10%}}", {"start": 0.1, "end": 0.1}),
    ],
)
def test_a_word_has_its_stretches_in_steps(text, expected):
    found = plain(schedule(text))
    assert {name: found[name] for name in expected} == expected
    assert found["total_steps"] == 120


def test_tokens_are_counted_where_examples_are_sequences_of_ids():
    text = "{warmup_cosine: {warmup: 5120 tokens}}"
    assert schedule(text, SEQUENCES)["warmup_steps"] == 10  # 32 examples of 16 ids a step
    assert (told(text).code, told(text).path) == ("R328", "schedule.warmup_cosine.warmup")


def phases(text: str, facts=DIGITS):
    """Of each phase its steps, and the shares of the peak at its beginning and end."""
    found = schedule(text, facts)["phases"]
    return [(phase["total_steps"], phase["start"], phase["end"]) for phase in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a rise to the peak, then down: the second begins where the first ended
        ("[{linear: {from: 0%, for: 1 epoch}}, {cosine: {to: 1%}}]", [(40, 0.0, 1.0), (80, 1.0, 0.01)]),
        # any one phase may take the rest
        ("[{linear: {from: 0%, for: 5%}}, constant, {linear: 10%}]", [(6, 0, 1), (102, 1, 1), (12, 1, 0)]),
        ("[{constant: {at: 10%, for: 20 steps}}, {cosine: {to: 0%}}]", [(20, 0.1, 0.1), (100, 0.1, 0.0)]),
        ("[{linear: {to: 50%, for: 60 steps}}, {polynomial: {power: 2}}]", [(60, 1, 0.5), (60, 0.5, 1)]),
        # rounded where they meet, so that thirds are the run
        ("[{constant: 33.4%}, {constant: 33.3%}, {linear: 33.3%}]", [(41, 1, 1), (40, 1, 1), (39, 1, 0)]),
    ],
)
def test_phases_follow_each_other_and_fill_the_run(text, expected):
    assert phases(text) == expected


def test_while_the_data_is_not_read_phases_have_no_steps():
    assert phases("[{constant: 10%}, linear]", None) == [(UNKNOWN, 1.0, 1.0), (UNKNOWN, 1.0, 0.0)]


def test_a_lone_phase_is_a_schedule():
    assert schedule("[linear]").name == "linear"
    assert schedule("constant") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[{constant: 50%}, {linear: 60%}]", "take 132 steps, and the run has 120"),
        ("[{constant: 50%}, {linear: 40%}]", "take 108 steps, and the run has 120"),
        ("[{constant: 4 epochs}, linear]", "take 160 steps, and the run has 120"),
        ("{linear: {for: 1 epoch}}", "take 40 steps, and the run has 120"),
        ("{one_cycle: {rise: 60%, tail: 50%}}", "take 132 steps, and the run has 120"),
        ("{warmup_stable_decay: {warmup: 1 epoch, decay: 90%}}", "take 148 steps, and the run has 120"),
    ],
)
def test_stretches_that_are_not_the_run_are_refused(text, message):
    found = told(text)
    assert found.code == "R326"
    assert message in found.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{warmup_cosine: {warmup: 150%}}", "of 150% is longer than the whole run of 3 epochs"),
        ("{warmup_cosine: {warmup: 4 epochs}}", "of 4 epochs is longer than the whole run of 3 epochs"),
        ("[{constant: 60%}, {linear: 60%}]", "take 120% of the run"),
        ("[{constant: 1 epoch}, {linear: 2.5 epochs}]", "take 116.667% of the run"),
        ("[{constant: 3 epochs}, linear]", "take 100% of the run"),
        ("{one_cycle: {rise: 60%, tail: 2 epochs}}", "take 126.667% of the run"),
    ],
)
def test_what_no_data_would_make_fit_is_refused_before_they_are_read(text, message):
    assert message in told(text, None).message


def test_a_share_is_longer_than_a_run_whose_length_is_not_known_in_steps_or_epochs():
    text = with_section("schedule: {warmup_cosine: {warmup: 150%}}").replace(
        "epochs: 3", "steps: 1M examples"
    )
    (found,) = built(text, None).problems
    assert found.message == "`schedule.warmup_cosine.warmup` of 150% is longer than the whole run"


@pytest.mark.parametrize(
    "text",
    [
        "{warmup_cosine: {warmup: 500 steps}}",
        "{exponential: {factor: 0.94, every: 9 epochs}}",
        "[{constant: 33.3%}, {constant: 33.3%}, {linear: 33.3%}]",
        "[{constant: 2 epochs}, {linear: 90 steps}]",
        "{one_cycle: {rise: 1 epoch, tail: 66%}}",
    ],
)
def test_what_some_data_would_make_fit_waits_for_them(text):
    schedule(text, None)


def test_a_freeze_that_outlasts_the_run_is_told_before_the_data_are_read():
    optimizer = "optimizer:\n  AdamW: {learning_rate: 3e-3}\n  groups: [{match: '*', freeze: 4 epochs}]\n"
    text = edited(("optimizer:\n  AdamW: {learning_rate: 3e-3}\n", optimizer))
    assert built(text, None).codes == ["R310"]
    assert (
        built(text)
        .problems[0]
        .message.endswith("of 4 epochs (160 steps) is longer than the whole run of 120 steps")
    )


def test_two_phases_without_a_length_are_shown_both():
    found = problem(with_section("schedule: [{linear: {from: 0%}}, cosine]"))
    assert (found.code, found.span.column, found.further[0].span.column) == ("R327", 34, 13)


@pytest.mark.parametrize("text", ["{step: {at: [121 steps]}}", "{step: 4 epochs}", "{cosine_restarts: 101%}"])
def test_what_would_never_happen_is_refused(text):
    assert told(text).code == "R310"


def test_steps_fall_in_equal_times_or_at_the_times_of_a_list():
    assert problem(with_section("schedule: step")).code == "R302"
    assert problem(with_section("schedule: {step: {every: 5%, at: [5%]}}")).code == "R301"


@pytest.mark.parametrize(
    "text",
    [
        "{inverse_sqrt: 0 steps}",
        "{exponential: {factor: 0.1%, every: 0 steps}}",
        "{step: -5%}",
        "{warmup_cosine: 5 minutes}",
        "{cosine_restarts: {cycle: 5%, growth: 0.5}}",
        "{polynomial: 0}",
        "[{linear: {for: 0%}}]",
        "[{linear: {to: 110%}}]",
        "[warmup_cosine]",
        "{}",
    ],
)
def test_what_makes_no_sense_is_refused(text):
    assert problem(with_section(f"schedule: {text}")).code.startswith("R2")


# -- by quantity ------------------------------------------------------------------------------------

SGD = ("AdamW: {learning_rate: 3e-3}", "SGD: {learning_rate: 0.1, momentum: 0.9}")
BY_QUANTITY = """\
regularization: {weight_decay: 0.01}
schedule:
  learning_rate: {warmup_cosine: 10%}
  momentum: [{linear: {to: 50%, for: 50%}}, linear]
  regularization.weight_decay: {cosine: {to: 10%}}
"""


def by_quantity(optimizer: str = SGD[1], text: str = BY_QUANTITY):
    return built(edited((SGD[0], optimizer)) + text)


def test_each_quantity_has_its_own_schedule_and_peak():
    found = by_quantity().program
    assert (found.schedule["peak"], found.schedule["warmup_steps"]) == (0.1, 12)
    assert [phase["peak"] for phase in found.settings["momentum"]["phases"]] == [0.9, 0.9]
    assert plain(found.settings["weight_decay"]) == {"total_steps": 120, "start": 1.0, "end": 0.1}
    assert found.settings["weight_decay"]["peak"] == 0.01


def test_momentum_is_beta_1_where_an_optimizer_calls_it_so():
    settings = by_quantity("Adam: {learning_rate: 0.1}").program.settings
    assert set(settings) == {"beta_1", "weight_decay"}
    assert settings["beta_1"]["phases"][0]["peak"] == 0.9


def test_a_learning_rate_by_name_is_the_schedule():
    named = by_quantity(text="schedule: {learning_rate: warmup_cosine}\n").program
    alone = by_quantity(text="schedule: warmup_cosine\n").program
    assert plain(named.schedule) == plain(alone.schedule)
    assert named.settings == {}


def test_a_learning_rate_by_name_may_wait_for_a_plateau():
    found = by_quantity(text="schedule: {learning_rate: {reduce_on_plateau: {patience: 3 epochs}}}\n")
    assert found.program.plateau.patience == 3


@pytest.mark.parametrize(
    ("optimizer", "text", "message"),
    [
        (
            "SGD: {learning_rate: 0.1}",
            "schedule: {momentum: cosine}",
            "`schedule.momentum` is a share of `optimizer.SGD.momentum`, which is 0",
        ),
        (
            "Adagrad: {learning_rate: 0.1}",
            "schedule: {momentum: cosine}",
            "`schedule.momentum` is a share of `optimizer.Adagrad.momentum`, which does not exist",
        ),
        (
            "Adam: {learning_rate: 0.1}",
            "schedule: {regularization.weight_decay: cosine}",
            "`schedule.regularization.weight_decay` is a share of `regularization.weight_decay`, "
            "which does not exist",
        ),
    ],
)
def test_a_share_of_nothing_is_refused(optimizer, text, message):
    (found,) = by_quantity(optimizer, f"{text}\n").problems
    assert (found.code, found.message) == ("R329", message)


def test_a_slip_in_the_name_of_a_quantity_is_told_as_one():
    found = problem(with_section("schedule: {momentm: cosine}"))
    assert (found.code, found.label) == ("R201", "did you mean `momentum`?")


@pytest.mark.parametrize("text", [BY_QUANTITY, "schedule: [{linear: 5%}, cosine]\n"])
def test_it_is_saved_with_the_program(text):
    found = by_quantity(text=text).program
    assert from_json(to_json(found)) == found
