"""What a stream can show."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from recipe.cli import terminals
from recipe.cli.output import Output

FULL = Path("/dev/full")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("stream", "environment", "coloured"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (Terminal(), {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        (io.StringIO(), {}, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True),
    ],
)
def test_each_stream_is_judged_on_its_own(
    stream: io.StringIO, environment: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert terminals.has_colour(stream) is coloured


def test_a_forced_colour_draws_no_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert not terminals.is_live(io.StringIO())


@pytest.mark.parametrize(("columns", "width"), [("120", 120), ("5", 20), ("0", 80), ("wide", 80)])
def test_the_width_is_that_of_columns_else_80(
    columns: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert terminals.width_of(io.StringIO()) == width


def test_the_width_of_a_terminal_is_asked_for() -> None:
    pty = pytest.importorskip("pty")
    controller, terminal = pty.openpty()
    import fcntl
    import struct
    import termios

    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 133, 0, 0))
    with os.fdopen(terminal, "w") as stream:
        assert terminals.width_of(stream) == 133
    os.close(controller)


@pytest.mark.parametrize(
    ("encoding", "ascii_only"), [("utf-8", False), ("UTF8", False), ("ascii", True), ("latin-1", True)]
)
def test_only_utf_can_show_everything(encoding: str, ascii_only: bool) -> None:
    assert terminals.is_ascii_only(io.TextIOWrapper(io.BytesIO(), encoding=encoding)) is ascii_only


def test_a_terminal_that_was_closed_ends_no_run() -> None:
    pty = pytest.importorskip("pty")
    controller, terminal = pty.openpty()
    with os.fdopen(terminal, "w") as stream:
        os.close(controller)
        with pytest.raises(OSError, match="Input/output error"):
            os.write(terminal, b"epoch 1")
        terminals.tell(stream, "epoch 2\n")
        terminals.tell(stream, "epoch 3\n")


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
def test_a_log_on_a_full_disk_ends_no_run_but_a_result_that_is_lost_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with FULL.open("w") as stream:
        terminals.tell(stream, "epoch 2\n")
    with FULL.open("w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        with pytest.raises(OSError, match="No space left"):
            Output().result("42")
        terminals.forget(stream)


def test_a_reader_that_left_is_told_to_the_caller() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        with pytest.raises(BrokenPipeError):
            terminals.tell(stream, "epoch 2\n")
        terminals.forget(stream)


@pytest.mark.skipif(not FULL.exists(), reason="the system has no full device")
def test_a_standard_output_that_takes_nothing_is_named() -> None:
    ended = to_a_full_device("templates")
    assert ended.returncode == 6
    assert "error[R665]: `standard output` cannot be written: no space left on device" in ended.stderr
    assert "--run" not in ended.stderr


@pytest.mark.skipif(not FULL.exists(), reason="the system has no full device")
@pytest.mark.parametrize("words", [["--help"], ["--version"], ["fit", "--help"]])
def test_help_that_cannot_be_written_ends_in_a_sentence(words: list[str]) -> None:
    ended = to_a_full_device(*words)
    assert ended.returncode == 6
    assert ended.stderr.startswith(
        "error[R665]: `standard output` cannot be written: no space left on device"
    )
    assert "--run" not in ended.stderr


def to_a_full_device(*words: str) -> "subprocess.CompletedProcess[str]":
    """A command whose output is refused."""
    line = [sys.executable, "-m", "recipe.cli.main", *words]
    with FULL.open("w") as full:
        return subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
