import math
from dataclasses import replace

import pytest

from recipe.catalog.calls import Unknown
from recipe.language.durations import Duration, Unit
from recipe.program.facts import InputFact
from recipe.program.settling import Clock
from tests.checking import END, SPEC, edited, problem, with_section
from tests.program.programs import DIGITS, built

UNKNOWN = Unknown(("data.examples",))


def training(text: str, facts=DIGITS):
    found = built(edited((END, f"training: {text}\n")), facts).program.training
    return found.epochs, found.batch_size, found.steps_per_epoch, found.total_steps


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{epochs: 3, batch_size: 32}", (3, 32, 40, 120)),  # 1,258 examples: the last batch has 10
        ("{epochs: 3, batch_size: 37}", (3, 37, 34, 102)),  # 34 * 37 = 1,258: no smaller batch
        ("{steps: 100, batch_size: 32}", (3, 32, 40, 100)),
        ("{epochs: 5, batch_size: full}", (5, 1258, 1, 5)),
        ("{epochs: 1, batch_size: 5000}", (1, 1258, 1, 1)),
        ("{epochs: 3 epochs}", (3, 32, 40, 120)),
        ("{steps: 3201 examples}", (3, 32, 40, 101)),  # 100 full batches and one more
    ],
)
def test_a_run_is_as_long_as_its_data_and_batches_say(text, expected):
    assert training(text) == expected


def test_while_the_data_is_not_read_its_length_is_unknown():
    assert training("{epochs: 3, batch_size: 32}", None) == (3, 32, UNKNOWN, UNKNOWN)
    assert training("{steps: 100, batch_size: full}", None) == (UNKNOWN, UNKNOWN, UNKNOWN, 100)


def test_a_run_may_be_counted_in_the_ids_that_it_reads():
    ids = replace(DIGITS, inputs={"input": InputFact((64,), "int32")})
    found = built(edited((END, "training: {steps: 100K tokens}\n")), ids).program.training
    assert found.total_steps == math.ceil(100_000 / (32 * 64))
    assert training("{steps: 100K tokens}", None) == (UNKNOWN, 32, UNKNOWN, UNKNOWN)
    refused = built(edited((END, "training: {steps: 100K tokens}\n")))
    assert [one.code for one in refused.problems] == ["R328"]


@pytest.mark.parametrize(
    ("text", "epochs"), [("41 steps", 2), ("10%", 1), ("1258 examples", 1), ("1400 examples", 2)]
)
def test_what_is_counted_in_epochs_is_rounded_up_to_whole_ones(text: str, epochs: int):
    more = f"""\
regularization: {{early_stopping: {{patience: {text}, after: {text}}}}}
monitor: {{overfitting: {{gap: 1.0, patience: {text}}}}}
schedule: {{reduce_on_plateau: {{patience: {text}, cooldown: {text}}}}}
"""
    for facts, expected in ((DIGITS, epochs), (None, UNKNOWN)):
        found = built(SPEC + more, facts).program
        stopping, plateau, overfitting = found.early_stopping, found.plateau, found.overfitting
        assert stopping is not None
        assert plateau is not None
        assert overfitting is not None
        assert (stopping.patience, stopping.after) == (expected, expected)
        assert (plateau.patience, plateau.cooldown) == (expected, expected)
        assert overfitting.patience == expected


def test_checkpoints_and_frozen_groups_are_counted_in_any_unit():
    text = edited(("AdamW: {learning_rate: 3e-3}", "AdamW:\n  groups: [{match: '*', freeze: 100 examples}]"))
    found = built(text + "monitor: {checkpoint: 10%}\n").program
    assert (found.checkpointing.steps, found.update.groups[0].frozen_steps) == (12, 4)
    assert built(SPEC + "monitor: {checkpoint: 1M tokens}\n").codes == ["R328"]


def test_epochs_and_steps_exclude_each_other_and_both_are_shown():
    found = problem(edited((END, "training:\n  epochs: 3\n  steps: 5\n")))
    assert (found.code, found.span.line, found.further[0].span.line) == ("R301", 13, 14)
    assert found.help == "`epochs: off` removes one that was inherited"


def test_one_of_epochs_and_steps_is_needed():
    assert (
        problem(edited((END, "training: {batch_size: 3}\n"))).message
        == "`training` needs `epochs` or `steps`"
    )


@pytest.mark.parametrize(
    ("duration", "steps"),
    [
        (Duration(7, Unit.STEPS), 7),
        (Duration(2, Unit.EPOCHS), 80),
        (Duration(10, Unit.PERCENT), 12),
        (Duration(0.1, Unit.PERCENT), 1),
        (Duration(1.01, Unit.EPOCHS), 41),
        (Duration(33, Unit.EXAMPLES), 2),
        (Duration(512, Unit.TOKENS), 2),
    ],
)
def test_a_duration_is_rounded_up_to_whole_steps(duration, steps):
    assert Clock(steps_per_epoch=40, total_steps=120, batch_size=32, tokens=8).steps(duration) == steps


@pytest.mark.parametrize("total", range(1, 400))
def test_a_percentage_that_is_whole_is_not_rounded_past_itself(total):
    steps = Clock(1, total * 10, 1).steps(Duration(10, Unit.PERCENT))
    assert steps == total == math.ceil(total * 10 / 10)


def schedule(text: str, facts=DIGITS):
    return built(with_section(f"schedule: {text}"), facts).program.schedule


def test_a_schedule_has_its_peak_and_its_stretches_in_steps():
    found = schedule("{warmup_cosine: {warmup: 10%, floor: 1%}}")
    assert (found["peak"], found["total_steps"], found["warmup_steps"]) == (3e-3, 120, 12)
    assert found["floor"] == pytest.approx(0.01)
    assert found.arguments["warmup_steps"].origin.reason == "10%"


def test_the_peak_of_a_schedule_is_keras_s_learning_rate_where_none_is_written():
    text = edited(("AdamW: {learning_rate: 3e-3}", "AdamW")) + "schedule: warmup_cosine\n"
    peak = built(text).program.schedule.arguments["peak"]
    assert (peak.value, peak.origin.reason) == (0.001, "Keras's default")


def test_a_constant_schedule_is_none():
    assert schedule("constant") is None
    assert built(SPEC).program.schedule is None


def test_while_the_data_is_not_read_the_stretches_are_unknown():
    assert schedule("{warmup_cosine: 10%}", None)["warmup_steps"] == UNKNOWN


def test_a_warm_up_longer_than_the_run_is_refused_with_both_lengths():
    found = built(with_section("schedule: {warmup_cosine: 4 epochs}"))
    assert found.codes == ["R310"]
    assert found.problems[0].message == (
        "`schedule.warmup_cosine.warmup` of 4 epochs (160 steps) is longer than the whole run of 120 steps"
    )


KERAS_SCHEDULE = "{CosineDecay: {initial_learning_rate: 0.1, decay_steps: 100}}"


def test_a_schedule_of_keras_brings_its_own_learning_rate():
    found = problem(with_section(f"schedule: {KERAS_SCHEDULE}"))
    assert (found.code, found.further[0].span.line) == ("R309", 11)
    alone = built(edited(("AdamW: {learning_rate: 3e-3}", "AdamW")) + f"schedule: {KERAS_SCHEDULE}\n")
    assert alone.program.schedule["decay_steps"] == 100
