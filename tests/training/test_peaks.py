import json
import time

import numpy as np
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


def test_the_peak_is_at_least_what_numpy_reaches_half_of(runtime):
    matrix = np.full((512, 512), 0.5, np.float32)
    matrix @ matrix
    started = time.perf_counter()
    matrix @ matrix
    reached = 2 * 512**3 / (time.perf_counter() - started)
    assert measure_peak(runtime).flops_per_second > reached / 2


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
