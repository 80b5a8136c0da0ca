"""A run that hangs ends with 6 and says where each thread stood; one that goes on is left alone."""

import threading
from pathlib import Path

import keras
import pytest

import recipe
from recipe.api import FitOptions
from recipe.training import stalls
from tests.api.runs import prepared, write_rows
from tests.training.harness import command, finish

WATCHED = """
import threading, time
from recipe.training.stalls import Watchdog
done = []
def goes_on():
    for number in range(12):
        done.append(number)
        time.sleep(0.1)
def hangs():
    threading.Event().wait(30)
with Watchdog(MINUTES, lambda: len(done), folder / "stacks.txt", lambda one: print(one.code, flush=True)):
    goes_on()
    print("went on", flush=True)
    hangs()
"""
HALF_A_SECOND = "0.5 / 60"


def test_a_run_that_hangs_ends_with_6_and_the_stacks_of_its_threads(tmp_path: Path):
    ended = finish(command(WATCHED.replace("MINUTES", HALF_A_SECOND), tmp_path))
    assert (ended.returncode, ended.stdout.split("\n")[:2]) == (6, ["went on", "R676"])
    assert "no step was done for 0.00833333 minutes" in ended.stderr
    stacks = (tmp_path / "stacks.txt").read_text()
    assert " in hangs" in stacks
    assert " in goes_on" not in stacks


def test_last_words_that_hang_too_do_not_keep_the_process(tmp_path: Path):
    script = WATCHED.replace("lambda one: print(one.code, flush=True)", "lambda one: time.sleep(30)")
    patience = "from recipe.training import stalls\nstalls.LAST_WORDS_SECONDS = 0.1\n"
    ended = finish(command(patience + script.replace("MINUTES", HALF_A_SECOND), tmp_path))
    assert ended.returncode == 6


def test_a_disk_that_takes_no_stacks_makes_no_traceback(tmp_path: Path):
    (tmp_path / "stacks.txt").mkdir()
    ended = finish(command(WATCHED.replace("MINUTES", HALF_A_SECOND), tmp_path))
    assert (ended.returncode, "no step was done" in ended.stderr) == (6, True)
    assert "Traceback" not in ended.stderr


def test_without_a_limit_nothing_is_watched(tmp_path: Path):
    script = WATCHED.replace("MINUTES", "None").replace("wait(30)", "wait(0.1)")
    ended = finish(command(script, tmp_path))
    assert (ended.returncode, ended.stdout, (tmp_path / "stacks.txt").exists()) == (0, "went on\n", False)


class Hangs(keras.callbacks.Callback):
    """Waits at the end of the first epoch for what never comes."""

    def __init__(self, until: threading.Event):
        super().__init__()
        self.until = until

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        self.until.wait(30)


def test_a_run_is_watched_while_it_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    left, codes = threading.Event(), []

    def leave(code: int) -> None:
        codes.append(code)
        left.set()

    monkeypatch.setattr(stalls, "leave", leave)
    write_rows(tmp_path)
    options = FitOptions(folder=tmp_path / "run", callbacks=[Hangs(left)], stall_minutes=1 / 60)
    recipe.api.fit_prepared(prepared(tmp_path), options)
    assert codes[:1] == [6]
    assert "R676" in (tmp_path / "run" / "log.txt").read_text()
    assert (tmp_path / "run" / "stacks.txt").exists()


def test_a_run_without_a_folder_cannot_be_watched(tmp_path: Path):
    write_rows(tmp_path)
    with pytest.raises(ValueError, match="`keep` is expected"):
        recipe.api.fit_prepared(prepared(tmp_path), FitOptions(keep=False, stall_minutes=1.0))
