import itertools
import statistics

import pytest

from recipe.training.timing import Timing


def test_the_first_block_of_a_batch_size_compiles_and_is_not_counted():
    timing = Timing()
    timing.add(1, 32, 5.0)
    timing.add(10, 32, 1.0)
    timing.add(1, 8, 4.0)
    assert (timing.examples, timing.seconds) == (320, 1.0)


def test_percentiles_are_those_of_single_steps_on_whole_batches():
    timing = Timing()
    seconds = [0.001 * number for number in range(1, 101)]
    for batch_size in (32, 8):
        timing.add(1, batch_size, 9.0)
    for each in seconds:
        timing.add(1, 32, each)
        timing.add(1, 8, 1.0)  # the smaller last batch of an epoch
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    assert timing.step_seconds(0.5) == pytest.approx(cuts[49], rel=0.02)
    assert timing.step_seconds(0.95) == pytest.approx(cuts[94], rel=0.02)


def test_a_long_block_weighs_as_much_as_it_has_steps():
    timing = Timing()
    timing.add(1, 32, 9.0)
    timing.add(99, 32, 0.99)
    timing.add(1, 32, 1.0)
    assert timing.step_seconds(0.95) == pytest.approx(0.01, rel=0.02)
    assert timing.step_seconds(1) == pytest.approx(1.0, rel=0.02)


def test_only_the_time_until_the_next_item_is_waiting():
    now = itertools.count(0.0, 1.0)  # every look at the clock takes a second
    timing = Timing(clock=lambda: next(now))
    assert list(timing.waiting(iter("ab"))) == ["a", "b"]
    assert timing.waited == 2.0


def test_without_a_second_block_there_is_no_step_time():
    timing = Timing()
    assert timing.step_seconds(0.5) is None
    timing.add(1, 32, 1.0)
    assert timing.step_seconds(0.5) is None
