"""A signal is answered at once, obeyed at the next border, and obeyed at once when it comes again."""

import contextlib
import os
import pty
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from recipe.training.signals import Watcher
from tests.training import harness

WORDS = {signal.SIGINT: "ending after this block", signal.SIGTERM: "saving, then ending"}
# A block of seconds is one call into C, in which Python runs no handler.
TRAINER = """
import hashlib, signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests started in the background ignore it
from recipe.training.signals import Watcher
rounds = int(sys.argv[2])
watcher = Watcher({signal.SIGINT: "ending after this block", signal.SIGTERM: "saving, then ending"})
print("unflushed", end="")
with watcher:
    os.write(1, b"ready\\n")
    blocks = 0
    while watcher.stop_requested is None and blocks < 1000:
        hashlib.pbkdf2_hmac("sha256", b"", b"", rounds)
        blocks += 1
    os.write(1, b"saved\\n")
sys.exit(128 + watcher.stop_requested)
"""
SHORT, LONG = 400_000, 6_000_000  # about 0.15 s and 2 s


@contextlib.contextmanager
def trainer(rounds: int) -> Iterator[subprocess.Popen[str]]:
    process = harness.start(harness.command(TRAINER, Path(), str(rounds)), bufsize=1)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.communicate()


def seconds_until_the_word(process: subprocess.Popen[str], number: int) -> float:
    assert process.stderr is not None
    started = time.monotonic()
    process.send_signal(number)
    assert process.stderr.readline() == WORDS[signal.Signals(number)] + "\n"
    return time.monotonic() - started


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_word_comes_within_a_tenth_of_a_second_and_the_block_ends(number: int, code: int) -> None:
    waited = []
    for _ in range(3):  # a busy machine may hold up one of them
        with trainer(LONG // 3) as process:
            waited.append(seconds_until_the_word(process, number))
            output, errors = process.communicate(timeout=20)
        assert process.returncode == code
        assert output.startswith("saved\n")
        assert errors == ""
        if waited[-1] < 0.1:
            break
    assert min(waited) < 0.1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_second_signal_leaves_at_once_in_the_middle_of_a_block(number: int, code: int) -> None:
    with trainer(10 * LONG) as process:
        seconds_until_the_word(process, signal.SIGTERM)
        time.sleep(0.05)  # beyond the time in which one wish may arrive twice
        started = time.monotonic()
        process.send_signal(number)
        output, _ = process.communicate(timeout=20)
        assert time.monotonic() - started < 1
    assert process.returncode == code
    assert output == "unflushed"


TWICE = """
import signal, time
from recipe.training.signals import Watcher
both = {signal.SIGINT, signal.SIGTERM}
signal.signal(signal.SIGINT, signal.default_int_handler)
with Watcher(dict.fromkeys(both, "saving")) as watcher:
    signal.pthread_sigmask(signal.SIG_BLOCK, both)
    for number in both:
        os.kill(os.getpid(), number)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, both)
    time.sleep(0.1)
print("saved")
"""


def test_a_wish_that_arrives_twice_at_once_is_one_wish() -> None:
    done = harness.finish(harness.command(TWICE, Path()))
    assert (done.stdout, done.stderr, done.returncode) == ("saved\n", "saving\n", 0)


TERMINAL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"


def test_ctrl_c_in_a_terminal_is_answered_within_a_tenth_of_a_second() -> None:
    waited = []
    for _ in range(3):
        master, slave = pty.openpty()
        line = harness.command("import sys\n" + TERMINAL + TRAINER, Path(), str(LONG // 3))
        process = subprocess.Popen(line, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
        os.close(slave)
        try:
            _read_until(master, b"ready")
            time.sleep(0.05)
            started = time.monotonic()
            os.write(master, b"\x03")
            _read_until(master, b"ending after this block")
            waited.append(time.monotonic() - started)
            assert process.wait(20) == 130
        finally:
            process.kill()
            process.wait()
            os.close(master)
        if waited[-1] < 0.1:
            break
    assert min(waited) < 0.1


def _read_until(descriptor: int, words: bytes) -> None:
    read = b""
    while words not in read:
        read += os.read(descriptor, 1000)


def test_a_closed_terminal_does_not_keep_the_run_from_saving() -> None:
    with trainer(SHORT) as process:
        assert process.stderr is not None
        process.stderr.close()
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        assert process.stdout.readline() == "saved\n"
        assert process.wait(20) == 143
        process.stderr = None


NESTED = """
import signal, time
from recipe.training.signals import LAST_WORDS, Leaver, Watcher
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may run under `nohup`
with Leaver(LAST_WORDS):
    with Watcher({signal.SIGTERM: "saving"}) as watcher:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.2)
        print(watcher.stop_requested)
    print("trained", end="")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # as while a framework is loaded
    os.kill(os.getpid(), getattr(signal, sys.argv[2]))
    time.sleep(20)
"""


@pytest.mark.parametrize(
    ("name", "words"), [("SIGTERM", "ended by SIGTERM"), ("SIGHUP", "ended since the terminal was closed")]
)
def test_outside_of_training_a_signal_ends_the_process_at_once_with_a_word(name: str, words: str) -> None:
    started = time.monotonic()
    done = harness.finish(harness.command(NESTED, Path(), name))
    number = getattr(signal, name)
    assert (done.returncode, done.stdout) == (128 + number, f"{int(signal.SIGTERM)}\ntrained")
    first, second = done.stderr.splitlines()
    assert (first, second.partition(":")[0]) == ("saving", words)
    assert time.monotonic() - started < 15


FORKED = """
import signal, time
from recipe.training.signals import Watcher
with Watcher({signal.SIGTERM: "saving"}) as watcher:
    pid = os.fork()
    if pid == 0:
        time.sleep(30)
        os._exit(0)
    time.sleep(0.1)
    os.kill(pid, signal.SIGTERM)
    print(os.WTERMSIG(os.waitpid(pid, 0)[1]))
    time.sleep(0.1)
    print(watcher.stop_requested)
    pid = os.fork()
    if pid == 0:
        time.sleep(3)
        os._exit(0)
started = time.monotonic()
os.kill(pid, signal.SIGKILL)
"""


def test_a_worker_that_is_ended_is_no_wish_to_end_the_run() -> None:
    started = time.monotonic()
    done = harness.finish(harness.command(FORKED, Path()))
    assert done.stdout.split() == [str(int(signal.SIGTERM)), "None"], done.stderr
    assert done.stderr == ""
    assert time.monotonic() - started < 2.5


@pytest.fixture
def handlers() -> Iterator[list[int]]:
    """A handler of the surroundings, which notes what it is given."""
    noted: list[int] = []
    previous = signal.signal(signal.SIGUSR1, lambda number, frame: noted.append(number))
    yield noted
    signal.signal(signal.SIGUSR1, previous)


def wait_for(watcher: Watcher) -> int | None:
    until = time.monotonic() + 5
    while watcher.stop_requested is None and time.monotonic() < until:
        time.sleep(0.001)
    return watcher.stop_requested


def test_handlers_are_given_back(handlers: list[int], capfd: pytest.CaptureFixture[str]) -> None:
    with Watcher({signal.SIGUSR1: "noted"}) as watcher:
        assert watcher.stop_requested is None
        os.kill(os.getpid(), signal.SIGUSR1)
        assert wait_for(watcher) == signal.SIGUSR1
        assert handlers == []
    os.kill(os.getpid(), signal.SIGUSR1)
    assert handlers == [signal.SIGUSR1]
    assert capfd.readouterr().err == "noted\n"
    assert not [thread for thread in threading.enumerate() if thread.name == "signals"]


def test_handlers_are_given_back_after_an_error(handlers: list[int]) -> None:
    with pytest.raises(KeyError), Watcher({signal.SIGUSR1: "noted"}):
        raise KeyError("anything")
    os.kill(os.getpid(), signal.SIGUSR1)
    assert handlers == [signal.SIGUSR1]


def test_an_event_loop_that_listens_too_still_hears(handlers: list[int]) -> None:
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.setblocking(False)
        reader.settimeout(5)
        previous = signal.set_wakeup_fd(writer.fileno())
        try:
            with Watcher({signal.SIGUSR1: "noted"}) as watcher:
                os.kill(os.getpid(), signal.SIGUSR1)
                assert wait_for(watcher) == signal.SIGUSR1
                assert reader.recv(1) == bytes([signal.SIGUSR1])
            os.kill(os.getpid(), signal.SIGUSR1)
            assert reader.recv(1) == bytes([signal.SIGUSR1])
        finally:
            signal.set_wakeup_fd(previous)
    assert handlers == [signal.SIGUSR1]


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    previous = signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    try:
        with Watcher({signal.SIGUSR2: "noted"}) as watcher:
            os.kill(os.getpid(), signal.SIGUSR2)
            time.sleep(0.05)
            assert watcher.stop_requested is None
        assert signal.getsignal(signal.SIGUSR2) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGUSR2, previous)


def test_other_signals_are_no_wish(handlers: list[int]) -> None:
    with Watcher({signal.SIGUSR2: "noted"}) as watcher:
        os.kill(os.getpid(), signal.SIGUSR1)
        time.sleep(0.05)
        assert watcher.stop_requested is None
    assert handlers == [signal.SIGUSR1]


def test_in_another_thread_it_does_nothing(handlers: list[int]) -> None:
    before = signal.getsignal(signal.SIGUSR1)
    seen: list[object] = []

    def run() -> None:
        with Watcher({signal.SIGUSR1: "noted"}) as watcher:
            seen.extend([signal.getsignal(signal.SIGUSR1), watcher.stop_requested])

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [before, None]
