"""One run folder, one process: the second is refused at once, and a dead one holds nothing."""

import contextlib
import fcntl
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recipe.diagnostics.machine import MachineError
from recipe.diagnostics.runs import FolderInUse, RunFolderError
from recipe.training import locks
from recipe.training.locks import HOLDER, LOCK, Holder, lock, read_holder
from tests.training import harness

RUNNER = """
import time
from recipe.diagnostics.runs import RunFolderError
from recipe.training.locks import lock
started = time.monotonic()
try:
    with lock(folder):
        print("held", flush=True)
        sys.stdin.readline()
except RunFolderError as error:
    print("refused", error.exit_code, time.monotonic() - started, error, flush=True)
"""


@contextlib.contextmanager
def runner(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that trains in a folder until it is sent a line."""
    process = harness.start(harness.command(RUNNER, folder))
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def refusal(folder: Path, silence_seconds: float = 0.5) -> FolderInUse:
    with pytest.raises(RunFolderError) as caught, lock(folder, silence_seconds):
        pytest.fail("the folder was locked twice")
    assert caught.value.exit_code == 7
    (problem,) = caught.value.problems
    assert isinstance(problem, FolderInUse)
    return problem


def test_who_holds_a_folder_stands_in_it(tmp_path: Path) -> None:
    with lock(tmp_path):
        holder = read_holder(tmp_path)
        assert holder is not None
        assert (holder.pid, holder.host) == (os.getpid(), socket.gethostname())
        started = datetime.fromisoformat(holder.started)
        assert started.tzinfo == UTC
        assert abs((datetime.now(UTC) - started).total_seconds()) < 60
    assert read_holder(tmp_path) is None
    with lock(tmp_path):
        pass


def test_of_two_runs_at_once_one_is_refused_within_a_second(tmp_path: Path) -> None:
    for turn in range(10):
        folder = tmp_path / str(turn)
        folder.mkdir()
        with runner(folder) as first, runner(folder) as second, ThreadPoolExecutor(2) as pool:
            said = sorted(pool.map(first_line, (first, second)))
            assert said[0] == "held"
            word, code, seconds, *_ = said[1].split()
            assert (word, code) == ("refused", "7")
            assert float(seconds) < 1


def test_the_refusal_says_who_holds_the_folder(tmp_path: Path) -> None:
    with runner(tmp_path) as process:
        assert first_line(process) == "held"
        started = time.monotonic()
        problem = refusal(tmp_path)
        assert time.monotonic() - started < 1
        assert (problem.pid, problem.on_this_host) == (process.pid, True)
        assert f"`{tmp_path}` is in use by process {process.pid}, which started at 2" in problem.message
        assert f"kill {process.pid}" in problem.help


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    with runner(tmp_path) as process:
        assert first_line(process) == "held"
        process.kill()
        process.wait()
        left = read_holder(tmp_path)
        assert left is not None
        assert left.pid == process.pid
        started = time.monotonic()
        with lock(tmp_path):
            assert time.monotonic() - started < 1
            holder = read_holder(tmp_path)
            assert holder is not None
            assert holder.pid == os.getpid()


def test_a_lock_that_was_deleted_lets_nobody_in_while_its_process_lives(tmp_path: Path) -> None:
    with runner(tmp_path) as first:
        assert first_line(first) == "held"
        (tmp_path / LOCK).unlink()
        assert refusal(tmp_path, 3 * locks.HEARTBEAT_SECONDS).pid == first.pid
    started = time.monotonic()
    with lock(tmp_path):
        assert time.monotonic() - started < 1.0


def test_a_process_cannot_hold_a_folder_twice(tmp_path: Path) -> None:
    with lock(tmp_path):
        assert refusal(tmp_path).pid == os.getpid()
    with lock(tmp_path):
        pass


def test_an_error_inside_lets_go(tmp_path: Path) -> None:
    with pytest.raises(KeyError), lock(tmp_path):
        raise KeyError("anything")
    with lock(tmp_path):
        pass
    assert not [thread for thread in threading.enumerate() if thread.name == "heartbeat"]


def test_the_heart_beats_and_no_clock_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "HEARTBEAT_SECONDS", 0.02)
    monkeypatch.setattr(locks, "_utc_now", lambda: "1970-01-01T00:00:00+00:00")
    with lock(tmp_path):
        before = read_holder(tmp_path)
        time.sleep(0.2)
        after = read_holder(tmp_path)
    assert before is not None
    assert after is not None
    assert after.beats > before.beats


OTHER = Holder(4242, "another-host", "2026-01-01T00:00:00+00:00", "2038-01-19T03:14:08+00:00", 7)


def test_a_run_of_another_host_is_known_by_its_heartbeat(tmp_path: Path) -> None:
    stop = threading.Event()

    def beat() -> None:
        holder = OTHER
        while not stop.wait(0.05):
            holder = replace(holder, beats=holder.beats + 1)
            locks._write(tmp_path, holder)

    locks._write(tmp_path, OTHER)
    heart = threading.Thread(target=beat)
    heart.start()
    try:
        problem = refusal(tmp_path, silence_seconds=5)
    finally:
        stop.set()
        heart.join()
    assert "process 4242 on `another-host`" in problem.message
    assert "kill" not in problem.help


def test_a_silent_run_of_another_host_is_taken_over(tmp_path: Path) -> None:
    locks._write(tmp_path, OTHER)
    with lock(tmp_path, silence_seconds=0.3):
        holder = read_holder(tmp_path)
    assert holder is not None
    assert holder.host == socket.gethostname()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": 1}', b"\xff\0", b"null"])
def test_a_damaged_note_of_the_holder_is_no_obstacle(tmp_path: Path, content: bytes) -> None:
    (tmp_path / HOLDER).write_bytes(content)
    assert read_holder(tmp_path) is None
    with lock(tmp_path):
        (tmp_path / HOLDER).write_bytes(content)
        assert "in use by another process" in refusal(tmp_path).message


def test_a_folder_that_cannot_be_written_to_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(locks, "_write", refuse)
    with pytest.raises(MachineError, match="no permission"), lock(tmp_path):
        pytest.fail("the folder was locked")
    with pytest.raises(MachineError, match="cannot be written to"), lock(tmp_path / "missing"):
        pytest.fail("the folder was locked")


@pytest.mark.parametrize("name", ["with space", "a#b%20", "new\nline", "größe 🙂", "x" * 200])
def test_any_path_can_be_locked(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    with lock(folder):
        assert (folder / LOCK).exists()
        assert json.loads((folder / HOLDER).read_text())["pid"] == os.getpid()


STRANGER = """
from recipe.training.locks import is_held
if os.geteuid() == 0:
    os.setuid(65534)
print(is_held(folder))
"""


def test_who_may_only_read_a_folder_still_knows_whether_it_is_held(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    for parent in folder.parents:
        if parent.stat().st_uid == os.getuid() and parent.name.startswith(("pytest-", "popen-", "test_")):
            parent.chmod(0o755)
    with lock(folder):
        (folder / LOCK).chmod(0o444)
        folder.chmod(0o555)
        assert harness.finish(harness.command(STRANGER, folder)).stdout == "True\n"
    assert harness.finish(harness.command(STRANGER, folder)).stdout == "False\n"
    folder.chmod(0o755)


def test_a_look_at_the_lock_makes_no_run_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "GLANCE_SECONDS", 10)
    with (tmp_path / LOCK).open("w") as looking:
        fcntl.flock(looking, fcntl.LOCK_EX)
        threading.Timer(0.05, fcntl.flock, (looking, fcntl.LOCK_UN)).start()
        with lock(tmp_path):
            pass


NUMBERED = """
from recipe.training.folders import new_folder
reader, writer = os.pipe()
children = []
for _ in range(20):
    pid = os.fork()
    if pid == 0:
        os.close(writer)
        os.read(reader, 1)
        path = new_folder(folder, "mine").path
        os.write(1, f"{path.name}\\n".encode())
        os._exit(0)
    children.append(pid)
os.close(writer)
for pid in children:
    os.waitpid(pid, 0)
"""


def test_twenty_runs_that_start_at_once_get_twenty_folders(tmp_path: Path) -> None:
    done = harness.finish(harness.command(NUMBERED, tmp_path))
    assert sorted(map(int, done.stdout.split())) == list(range(1, 21)), done.stderr
    assert len(list((tmp_path / "mine").iterdir())) == 20
