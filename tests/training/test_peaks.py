import json
import math
import threading

import pytest

import recipe
from recipe.compiler import startup
from recipe.program.caches import cache_folder, read_cache, write_cache
from recipe.training import peaks
from recipe.training.peaks import Peak, known_peak, measure_peak
from tests.training.specs import DIGITS


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "recipe"


@pytest.fixture
def runtime():
    found = recipe.load("digits.yaml", text=DIGITS).program.runtime
    startup.start(found)
    return found


@pytest.fixture
def clock(monkeypatch):
    """Time passes by the numbers of the results alone: a second for a million of them."""
    passed, turn = [0.0], threading.Lock()

    def finish(result) -> None:
        with turn:
            passed[0] += math.prod(result.shape) / 1e6

    monkeypatch.setattr(peaks, "_finish", finish)
    monkeypatch.setattr(peaks.time, "perf_counter", lambda: passed[0])
    return passed


def test_the_peak_is_that_of_the_largest_product_in_time(runtime, clock, monkeypatch):
    monkeypatch.setattr(peaks, "PROBE_SECONDS", 8 * 4 * 0.512**2 / 0.7)
    # Of size n: 2 n^3 operations in n^2 / 1e6 seconds. There is time for one further size after the first.
    found = measure_peak(runtime)
    assert found.flops_per_second == pytest.approx(2 * 512e6)
    assert found.bytes_per_second == pytest.approx(8e6)


def test_operations_that_keep_to_a_core_are_measured_on_all_cores(runtime, clock, monkeypatch):
    alone = measure_peak(runtime)
    (cache_folder() / "peaks.json").unlink()
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "1")
    monkeypatch.setattr(peaks, "usable_cores", lambda: 3)
    # Here the clock counts what runs side by side one after the other: three times the work in three times.
    found = measure_peak(runtime)
    assert found.flops_per_second == pytest.approx(alone.flops_per_second)
    assert found.bytes_per_second == pytest.approx(alone.bytes_per_second)


def test_measuring_is_remembered_for_this_machine_and_the_best_stays(runtime, monkeypatch):
    assert known_peak(runtime) is None
    monkeypatch.setattr(peaks, "_copies", lambda: 5.0)
    monkeypatch.setattr(peaks, "_products", lambda dtype: 7.0)
    measure_peak(runtime)
    monkeypatch.setattr(peaks, "_products", lambda dtype: 3.0)
    assert measure_peak(runtime) == Peak(7.0, 5.0)
    assert known_peak(runtime) == Peak(7.0, 5.0)


@pytest.mark.parametrize("content", ["{", "[1]", '{"other": 1}', "\udcff"])
def test_a_damaged_cache_is_an_empty_one(cache, runtime, content):
    cache.mkdir(parents=True)
    (cache / "peaks.json").write_bytes(content.encode(errors="surrogateescape"))
    assert known_peak(runtime) is None


def test_a_damaged_entry_is_none(runtime, monkeypatch):
    monkeypatch.setattr(peaks, "_key", lambda runtime: "here")
    write_cache("peaks", "here", {"flops_per_second": "many"})
    assert known_peak(runtime) is None


def test_entries_of_other_machines_stay(cache):
    write_cache("peaks", "one", {"a": 1})
    write_cache("peaks", "two", {"a": 2})
    assert json.loads((cache / "peaks.json").read_text()) == {"one": {"a": 1}, "two": {"a": 2}}
    assert read_cache("peaks", "one") == {"a": 1}


def test_a_folder_that_cannot_be_written_keeps_nothing(cache):
    cache.write_text("a file stands in the way")
    write_cache("peaks", "one", {"a": 1})
    assert read_cache("peaks", "one") is None


def test_without_the_variable_the_cache_is_below_home(monkeypatch, tmp_path):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "recipe"
