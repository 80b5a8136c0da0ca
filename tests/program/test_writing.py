"""Files that commands write where their users say."""

import errno
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recipe.diagnostics.machine import MachineError
from recipe.program.writing import append, is_stream, sweep, write_atomically, write_pieces, write_result


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("/proc/said.csv", "no such file or directory"),
        ("file/said.csv", ""),
        ("folder", ""),
        ("x" * 300, "file name too long"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_with_the_words_of_the_system(
    tmp_path: Path, place: str, reason: str
):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(MachineError, match="cannot be written: ") as told:
        write_result(tmp_path / place, b"1")
    assert reason in str(told.value.problems[0].message)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_what_breaks_off_leaves_what_was_there(tmp_path: Path):
    def broken() -> Iterator[bytes]:
        yield b"a"
        assert (tmp_path / "said.csv").read_bytes() == b"before"
        raise KeyboardInterrupt

    (tmp_path / "said.csv").write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt):
        write_pieces(tmp_path / "said.csv", broken())
    assert [path.name for path in tmp_path.iterdir()] == ["said.csv"]
    assert (tmp_path / "said.csv").read_bytes() == b"before"


def test_a_refusal_names_the_file_and_not_its_temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space left") as told:
        write_atomically(tmp_path / "a.json", b"1")
    assert told.value.filename == str(tmp_path / "a.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("write", [write_atomically, lambda path, content: append(path, content.decode())])
def test_a_folder_that_takes_no_file_is_told_with_the_name_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path, bytes], None]
):
    def refuse(path: str, *arguments: object, **named: object) -> int:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PermissionError) as told:
        write(tmp_path / "a.json", b"1")
    assert told.value.filename == str(tmp_path / "a.json")


def test_what_cannot_be_added_names_the_file():
    with pytest.raises(OSError, match="No space left") as told:
        append(Path("/dev/full"), "1")
    assert told.value.filename == "/dev/full"


def test_what_a_killed_process_left_of_a_file_is_swept_and_nothing_else(tmp_path: Path):
    others = {".a.json.tmp", ".b.json.abcdefgh.tmp", "a.json", "a.json.tmp", "[a].json"}
    for name in (*others, ".a.json.abcdefgh.tmp", ".[a].json.abcdefgh.tmp"):
        (tmp_path / name).touch()
    sweep(tmp_path / "a.json")
    sweep(tmp_path / "[a].json")
    assert {path.name for path in tmp_path.iterdir()} == others


def test_a_link_stays_one(tmp_path: Path):
    (tmp_path / "link").symlink_to("target")
    write_result(tmp_path / "link", b"1")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"1"


def test_a_pipe_is_written_into_and_stays_one(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_result(pipe, b"1")
    reader.join()
    assert read == [b"1"]
    assert pipe.is_fifo()


def test_devices_are_streams_and_files_are_none(tmp_path: Path):
    (tmp_path / "file").touch()
    places = (Path("/dev/null"), tmp_path / "file", tmp_path, tmp_path / "absent")
    assert [is_stream(one) for one in places] == [True, False, False, False]
