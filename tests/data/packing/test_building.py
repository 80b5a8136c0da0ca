"""Packs: made once, found again, whole or not there, whoever kills, writes and flips what."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from recipe.catalog.calls import Call
from recipe.data.packing import building, evicting, listings
from recipe.data.packing.packs import pack_folders
from recipe.data.packing.telling import told_to
from recipe.data.sources import image_work
from recipe.data.sources.images import read
from recipe.data.tables import Table
from recipe.diagnostics.packs import PackError
from tests.data.packing.conftest import encoded, noise
from tests.data.plans import source

ROOT = Path(__file__).parents[3]
WORDS = {
    "size": None,
    "channels": 3,
    "resize": "crop",
    "interpolation": "bilinear",
    "bad_rows": "error",
}


def images(path: Path, **words: object) -> Call:
    return source("images", path=str(path), **{**WORDS, **words})


def table_of(path: Path, **words: object) -> Table:
    problems: list = []
    table = read(images(path, **words), problems)
    assert problems == []
    return table


def pixels_of(table: Table) -> np.ndarray:
    return table.arrays["image"].values[:]


@pytest.fixture
def settled(monkeypatch):
    """Files count as settled at once; a test does not wait for two seconds."""
    monkeypatch.setattr(listings, "SETTLED_SECONDS", -1.0)


@pytest.fixture
def never_decoded(monkeypatch):
    """From when it is called on, nothing may be decoded."""

    def refuse(tasks: object) -> None:
        raise AssertionError("decoded once more")

    return lambda: monkeypatch.setattr(image_work, "answered", refuse)


def test_a_folder_is_packed_as_it_is(photos):
    table = table_of(photos())
    assert table.cells["class"].tolist() == ["cat"] * 4 + ["dog"] * 4
    assert np.array_equal(pixels_of(table), [noise(number) for number in range(8)])
    assert table.targets == ("class",)


def test_many_tasks_are_shared_over_processes_and_give_the_same(photos, monkeypatch, tmp_path):
    folder = photos()
    whole = pixels_of(table_of(folder))
    monkeypatch.setattr(image_work, "TASK_FILES", 2)
    shutil.rmtree(tmp_path / "cache")
    assert np.array_equal(pixels_of(table_of(folder)), whole)


def test_the_second_time_nothing_is_decoded_nor_read(photos, never_decoded, settled, monkeypatch):
    folder = photos()
    first = table_of(folder)
    never_decoded()
    monkeypatch.setattr(building, "_digests", lambda listing: pytest.fail("the files were read"))
    again = table_of(folder)
    assert np.array_equal(pixels_of(again), pixels_of(first))
    assert again.digest == first.digest


def test_files_that_were_only_touched_are_read_and_not_decoded(photos, never_decoded, settled):
    folder = photos()
    first = table_of(folder)
    for path in folder.rglob("*.png"):
        os.utime(path, (1e9, 1e9))
    never_decoded()
    assert table_of(folder).digest == first.digest


def test_a_copy_elsewhere_is_known_by_its_content(photos, never_decoded, tmp_path):
    first = table_of(photos())
    never_decoded()
    moved = shutil.copytree(tmp_path / "photos", tmp_path / "elsewhere")
    assert table_of(moved).digest == first.digest


def test_a_file_of_the_same_size_and_time_with_another_content_is_found(photos, settled):
    folder = photos()
    first = table_of(folder)
    path = folder / "cat" / "0001.png"
    before = path.stat()
    # The same picture with one pixel changed has as many bytes where nothing is compressed.
    content = bytearray(path.read_bytes())
    other = next(
        one for one in (encoded(noise(seed)) for seed in range(100, 400)) if len(one) == len(content)
    )
    path.write_bytes(other)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    second = table_of(folder)
    assert second.digest != first.digest
    assert not np.array_equal(pixels_of(second)[1], noise(1))
    assert np.array_equal(pixels_of(first)[1], noise(1))  # what is open stays what it was


def test_other_words_are_another_pack(photos):
    folder = photos()
    assert pixels_of(table_of(folder, size=(4, 4))).shape == (8, 4, 4, 3)
    assert pixels_of(table_of(folder, size=(4, 4), channels=1)).shape == (8, 4, 4, 1)
    assert len(list(pack_folders())) == 2


def flip(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["image.values", "image.sums", "image.highs", "about.json", "manifest.json"])
def test_a_flipped_bit_in_any_file_is_found_and_packed_anew(photos, name, settled):
    folder = photos()
    expected = pixels_of(table_of(folder))
    (pack,) = pack_folders()
    flip(pack / name, 40 if name == "image.values" else 3)
    problems: list = []
    table = read(images(folder), problems)
    assert [problem.code for problem in problems] == ["R624"]
    assert np.array_equal(pixels_of(table), expected)
    assert table_of(folder).digest == table.digest


def test_a_bit_that_flips_while_a_run_streams_ends_it_and_the_next_one_is_whole(photos, monkeypatch, settled):
    folder = photos()
    monkeypatch.setattr("recipe.data.packing.packs.CHECKED_BYTES", 0)
    values = table_of(folder).arrays["image"].values
    assert np.array_equal(values[:4], [noise(number) for number in range(4)])
    (pack,) = pack_folders()
    with (pack / "image.values").open("r+b") as file:
        file.seek(6 * noise(0).size)
        file.write(b"\0\0")
    with pytest.raises(PackError) as told:
        values[5:]
    assert [problem.code for problem in told.value.problems] == ["R625"]
    assert "first row 6" in told.value.problems[0].message
    problems: list = []
    assert np.array_equal(pixels_of(read(images(folder), problems))[6], noise(6))
    assert [problem.code for problem in problems] == ["R624"]


def test_two_processes_that_pack_the_same_make_one_pack(photos):
    folder = photos(30)
    script = (
        "import sys; from pathlib import Path; from tests.data.packing.test_building import table_of;"
        "sys.stdin.readline(); print(table_of(Path(sys.argv[1])).digest)"
    )
    line = [sys.executable, "-c", script, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    both = [subprocess.Popen(line, **pipes) for _ in range(2)]
    for process in both:
        process.stdin.write("go\n")
        process.stdin.flush()
    digests = {process.communicate(timeout=120)[0].strip() for process in both}
    assert digests == {table_of(folder).digest}
    assert len(list(pack_folders())) == 1


SLOW = """
import sys, time
from pathlib import Path
from recipe.data.sources import image_work
from tests.data.packing.test_building import table_of
image_work.TASK_FILES = 4
def slowly(title, done, total):
    print(done, flush=True)
    time.sleep(0.05)
image_work.tell = slowly
table_of(Path(sys.argv[1]))
"""


def test_a_process_that_is_killed_while_it_packs_leaves_nothing_that_the_next_one_minds(photos, cache):
    folder = photos(30)
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert int(process.stdout.readline()) > 0
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=60)
    process.stdout.close()
    assert list(pack_folders()) == []
    assert list((cache / "packs").glob(".writing.*"))
    assert len(table_of(folder)) == 60
    time.sleep(0.1)  # its workers end when their input does
    assert not list((cache / "packs").glob(".writing.*"))
    assert len(list(pack_folders())) == 1


def test_who_listens_is_told_how_far_it_is(photos):
    told = []
    with told_to(lambda *words: told.append(words)):
        table_of(photos())
    assert told[-1] == ("photos", 8, 8)


def test_the_packs_used_longest_ago_go_when_the_limit_is_passed(photos, settled):
    old, new = photos(folder="old"), photos(folder="new")
    table_of(old)
    (first,) = pack_folders()
    os.utime(first, (1e9, 1e9))
    table_of(new, channels=1)
    size = sum(one.bytes for one in evicting.kept())
    evicting.set_limit(size)
    assert len(evicting.kept()) == 2
    evicting.set_limit(size - 1)
    assert [one.title for one in evicting.kept()] == ["new"]


def test_a_pack_that_is_removed_while_it_is_read_is_read_to_the_end(photos):
    table = table_of(photos())
    for one in evicting.kept():
        evicting.remove(one.name)
    assert np.array_equal(pixels_of(table), [noise(number) for number in range(8)])


def test_a_cache_that_cannot_be_written_to_is_told(photos, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RECIPE_CACHE", str(tmp_path / "file"))
    with pytest.raises(PackError) as told:
        table_of(photos())
    assert [problem.code for problem in told.value.problems] == ["R622"]


def test_what_the_disk_cannot_hold_is_refused_before_it_is_begun(photos, monkeypatch):
    monkeypatch.setattr(building, "free_bytes", lambda folder: 100)
    with pytest.raises(PackError) as told:
        table_of(photos())
    assert [problem.code for problem in told.value.problems] == ["R623"]


MEASURED = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_DATA, (2**29, 2**29))
from tests.data.packing.test_building import table_of
table_of(Path(sys.argv[1]), size=(512, 512))
# What `getrusage` says of a process begins with the memory of the one that started it.
(own,) = (int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(own * 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits and their units are those of Linux")
def test_memory_stays_flat_while_more_is_packed_than_fits(tmp_path, monkeypatch):
    """630 MB of pixels under a limit of 537 MB; the peak is that of the interpreter and some blocks."""
    path = tmp_path / "photos" / "cat" / "0.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(encoded(np.zeros((8, 8, 3), np.uint8)))
    for number in range(1, 800):
        os.link(path, path.with_name(f"{number}.png"))
    found = subprocess.run(
        [sys.executable, "-c", MEASURED, str(tmp_path / "photos")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    own, workers = map(int, found.stdout.split())
    assert own < 2**28 + 2**27
    assert workers < 2**28
    assert json.loads((next(pack_folders()) / "about.json").read_text())["rows"] == 800
