"""The word `reduce_on_plateau`: what it becomes, and what it refuses."""

import pytest

from recipe.program.programs import Plateau
from recipe.program.saving import from_json, to_json
from tests.checking import problem, with_section
from tests.program.programs import DIGITS, built

AFTER = (
    "{factor: 0.5, patience: 2 epochs, cooldown: 1.5 epochs, floor: 1%, "
    "after: {warmup_linear: {warmup: 10%}}}"
)


def program(text: str, facts=DIGITS):
    return built(with_section(f"schedule: {text}"), facts).program


def test_everything_has_a_default_and_watches_what_is_best():
    found = program("reduce_on_plateau")
    assert found.plateau == Plateau("val_loss", "min", 0.1, 10, 0.0, 0, 0.0, 0)
    assert (found.schedule["peak"], found.schedule["after"]) == (3e-3, None)


def test_a_shape_that_is_multiplied_is_settled_and_its_warmup_is_not_watched():
    found = program(f"{{reduce_on_plateau: {AFTER}}}")
    assert found.plateau == Plateau("val_loss", "min", 0.5, 2, 0.0, 2, 0.01, 12)
    assert (found.schedule["after"]["peak"], found.schedule["after"]["warmup_steps"]) == (3e-3, 12)


def test_another_metric_is_watched_in_its_own_direction():
    found = program("{reduce_on_plateau: {metric: val_accuracy}}").plateau
    assert (found.metric, found.direction) == ("val_accuracy", "max")


def test_a_metric_that_nobody_logs_is_told_at_its_place():
    found = problem(with_section("schedule: {reduce_on_plateau: {metric: val_los}}"))
    assert (found.code, found.path) == ("R307", "schedule.reduce_on_plateau.metric")


@pytest.mark.parametrize(
    "text", ["{factor: 1}", "{factor: 0}", "{patience: 0 epochs}", "{after: {reduce_on_plateau: }}"]
)
def test_what_makes_no_sense_is_refused(text):
    assert problem(with_section(f"schedule: {{reduce_on_plateau: {text}}}")).code.startswith("R2")


def test_it_is_saved_with_the_program():
    found = program(f"{{reduce_on_plateau: {AFTER}}}")
    assert from_json(to_json(found)) == found


def test_other_schedules_have_no_plateau():
    assert program("warmup_cosine").plateau is None
