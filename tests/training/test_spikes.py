"""A loss that leaps and stays a number is told once."""

from recipe.training.spikes import SpikeWatch


def told(losses):
    problems = []
    watch = SpikeWatch(problems.append)
    for step, loss in enumerate(losses, 1):
        watch.block(step, 1, {"loss": loss})
    return problems


FALLING = [2.3 / (1 + number / 10) for number in range(60)]


def test_a_loss_ten_times_the_usual_for_three_blocks_is_told_once():
    (problem,) = told([*FALLING, 30.0, 31.0, 32.0, 500.0, 500.0])
    assert (problem.code, problem.step, problem.loss) == ("R675", 63, 32.0)
    assert problem.usual == sorted(FALLING)[29] / 2 + sorted(FALLING)[30] / 2


def test_one_bad_batch_and_a_loss_that_wavers_near_zero_are_no_spikes():
    assert told([*FALLING, 30.0, 30.0, *FALLING[-20:], 30.0, 30.0]) == []
    assert told([2.3, *([1e-6] * 50), *([1e-3] * 50)]) == []


def test_a_run_that_begins_badly_is_not_compared_with_anything():
    assert told([1000.0] * 10 + [20_000.0] * 9) == []
