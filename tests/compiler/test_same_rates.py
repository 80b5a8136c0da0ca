"""Schedules compared as numbers, up to a step."""

import pytest

from recipe.compiler.rates import same_rates
from tests.checking import SPEC, edited
from tests.program.programs import built

STEPS_PER_EPOCH = 40


def same(before: str, after: str, step: int, epochs: int = 3) -> bool:
    """Whether two schedules do the same steps; the run of the second has other epochs."""
    longer = edited(("epochs: 3", f"epochs: {epochs}"))
    one, other = built(SPEC + f"schedule: {before}\n"), built(longer + f"schedule: {after}\n")
    return same_rates(one.program, other.program, step)


@pytest.mark.parametrize("step", [0, 1, 40, 120])
def test_a_constant_rate_is_the_same_in_a_run_of_any_length(step: int):
    assert same("constant", "constant", step, epochs=9)


def test_a_warm_up_in_steps_is_the_same_in_a_run_of_any_length():
    assert same(
        "{warmup_constant: {warmup: 10 steps}}", "{warmup_constant: {warmup: 10 steps}}", 120, epochs=9
    )


def test_a_warm_up_in_percent_is_not():
    assert not same("{warmup_constant: {warmup: 10%}}", "{warmup_constant: {warmup: 10%}}", 120, epochs=9)


def test_a_descent_to_the_end_of_the_run_is_not():
    assert not same(
        "{warmup_cosine: {warmup: 10 steps}}", "{warmup_cosine: {warmup: 10 steps}}", 120, epochs=9
    )


def test_two_shapes_are_the_same_as_far_as_their_warm_up():
    before, after = "{warmup_cosine: {warmup: 10 steps}}", "{warmup_linear: {warmup: 10 steps}}"
    # At step 10 both stand at the peak; from step 11 on they part.
    assert same(before, after, 11)
    assert not same(before, after, 13)


def test_no_warm_up_is_a_constant_rate():
    assert same("constant", "{warmup_constant: {warmup: 0 steps}}", 120)


def test_before_the_first_step_every_schedule_is_the_same():
    assert same("constant", "warmup_cosine", 0)
    assert not same("constant", "warmup_cosine", 1)


KERASS = "{ExponentialDecay: {initial_learning_rate: 0.1, decay_steps: 10, decay_rate: 0.5}}"


def test_a_schedule_of_keras_counts_in_steps():
    text = edited(("{learning_rate: 3e-3}", "{}")) + f"schedule: {KERASS}\n"
    longer = built(text.replace("epochs: 3", "epochs: 9")).program
    assert same_rates(built(text).program, longer, 120)
    slower = built(text.replace("decay_steps: 10", "decay_steps: 20")).program
    assert not same_rates(built(text).program, slower, 120)


def test_a_rate_that_metrics_lower_is_the_same_where_it_is_lowered_the_same():
    plateau = "{reduce_on_plateau: {patience: 2 epochs, after: {warmup_constant: {warmup: 10 steps}}}}"
    assert same(plateau, plateau, 120, epochs=9)
    assert not same(plateau, plateau.replace("2 epochs", "3 epochs"), 120)
    assert not same(plateau, plateau.replace("10 steps", "20 steps"), 120)
    assert not same(plateau, "constant", 120)


def test_phases_are_compared_as_numbers_too():
    before = "[{linear: {from: 0%, for: 10 steps}}, constant]"
    assert same(before, "[{linear: {from: 0%, for: 10 steps}}, {constant: 20 steps}, constant]", 120)
    assert same(before, before, 120, epochs=9)
    assert not same(before, "[{linear: {from: 0%, for: 20 steps}}, constant]", 120)


def test_momentum_and_decay_count_as_the_learning_rate_does():
    before = "{momentum: [{linear: {to: 50%, for: 10 steps}}, constant]}"
    assert same(before, before, 120, epochs=9)
    assert not same(before, before.replace("10 steps", "20 steps"), 120)
    assert not same(before, "constant", 120)
    assert same("{momentum: [{constant: 10 steps}, {linear: {to: 50%}}]}", "constant", 11)
    assert not same("{momentum: [{constant: 10 steps}, {linear: {to: 50%}}]}", "constant", 12)
