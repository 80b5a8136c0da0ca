"""The speed of a run against a clock and a peak that the tests choose."""

import json

import pytest

import recipe
from recipe.compiler.compiling import compile_program
from recipe.report.summary import summarize
from recipe.training import speeds
from recipe.training.peaks import Peak
from recipe.training.placements import open_placement
from recipe.training.speeds import bounding, measured_speed
from recipe.training.timing import Timing
from tests.training.specs import DIGITS


@pytest.fixture(scope="module")
def compiled():
    prepared = recipe.api.prepare(recipe.load("digits.yaml", text=DIGITS))
    return compile_program(prepared.program, open_placement(prepared.program.runtime))


@pytest.fixture
def timing():
    """Ten seconds of steps of 10 ms on 64 examples."""
    made = Timing()
    made.add(1, 64, 1.0)
    made.add(1000, 64, 10.0)
    return made


@pytest.fixture(autouse=True)
def peak(monkeypatch):
    """A machine of 1 GFLOP/s and 1 GB/s that was measured before."""
    monkeypatch.setattr(speeds, "known_peak", lambda runtime: Peak(1e9, 1e9))


def line_of(words):
    return next(number for number, line in enumerate(DIGITS.splitlines(), 1) if words in line)


def test_operations_a_second_are_three_times_the_forward_pass(compiled, timing):
    speed = measured_speed(compiled, timing)
    assert speed.examples_per_second == pytest.approx(6400)
    forward = 2 * 64 * 16 + 2 * 16 + 2 * 16 * 10 + 10
    assert speed.flops_per_second == pytest.approx(6400 * 3 * forward)
    assert speed.utilization == pytest.approx(6400 * 3 * forward / 1e9)
    assert speed.step_seconds_p50 == pytest.approx(0.01, rel=0.01)


def test_a_run_far_below_every_roof_is_bound_by_launches_and_the_batch_size_is_named(compiled, timing):
    speed = measured_speed(compiled, timing)
    assert (speed.bound, speed.change) == ("launch", "training.batch_size")
    assert (speed.source, speed.line) == ("digits.yaml", line_of("batch_size"))


def test_a_run_near_the_peak_is_bound_by_its_costliest_layer(compiled, timing, monkeypatch):
    monkeypatch.setattr(speeds, "known_peak", lambda runtime: Peak(5e7, 1e9))
    speed = measured_speed(compiled, timing)
    assert (speed.bound, speed.layer) == ("compute", "dense")
    assert speed.line == line_of("units: 16")


def test_a_run_that_moves_more_than_a_cache_holds_is_bound_by_memory(compiled, timing, monkeypatch):
    monkeypatch.setattr(speeds, "CACHED_BYTES", 0)
    monkeypatch.setattr(speeds, "known_peak", lambda runtime: Peak(1e9, 4e6))
    speed = measured_speed(compiled, timing)
    assert (speed.bound, speed.change) == ("memory", "runtime.precision")


def test_a_run_that_waits_is_bound_by_its_input(compiled, timing):
    timing.waited = 10.0
    speed = measured_speed(compiled, timing)
    assert (speed.bound, speed.change, speed.input_share) == ("input", "data", 0.5)
    assert speed.examples_per_second == pytest.approx(3200)


def test_a_short_run_measures_no_peak_and_claims_no_bound(compiled, monkeypatch):
    monkeypatch.setattr(speeds, "known_peak", lambda runtime: None)
    monkeypatch.setattr(speeds, "measure_peak", lambda runtime: pytest.fail("it costs too much"))
    timing = Timing()
    timing.add(1, 64, 1.0)
    timing.add(10, 64, 0.1)
    speed = measured_speed(compiled, timing)
    assert speed.flops_per_second > 0
    assert (speed.peak_flops_per_second, speed.bound) == (None, None)


def test_a_run_without_a_second_block_has_no_speed(compiled):
    assert measured_speed(compiled, Timing()) is None


@pytest.mark.parametrize(
    ("shares", "bound"),
    [
        ({"input": 0.3, "compute": 0.2, "memory": 0.1}, "input"),
        ({"input": 0.0, "compute": 0.2, "memory": 0.6}, "memory"),
        ({"input": 0.0, "compute": 0.24, "memory": 0.1}, "launch"),
    ],
)
def test_the_largest_share_bounds_if_it_is_large(shares, bound):
    assert bounding(shares) == bound


def test_a_run_folder_keeps_the_speed_as_numbers_and_the_summary_tells_it(tmp_path):
    spec = recipe.load("digits.yaml", text=DIGITS.replace("batch_size: 64", "batch_size: 32"))
    run = recipe.fit(spec, folder=tmp_path / "run")
    written = json.loads((tmp_path / "run" / "status.json").read_text())["speed"]
    assert 0 < written["step_seconds_p50"] <= written["step_seconds_p95"]
    assert 0 <= written["input_share"] < 1
    assert written["examples_per_second"] == run.outcome.speed.examples_per_second
    assert "a step (p95" in summarize(tmp_path / "run", width=200)
