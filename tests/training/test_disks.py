"""What a disk refuses is told before the first step."""

import errno
import os
import subprocess
from pathlib import Path

import pytest

from recipe.diagnostics.machine import TooLittleSpace, UnwritableFolder, size
from recipe.diagnostics.problems import Problem
from recipe.training.disks import check_space, probe
from tests.training import harness


def test_a_writable_folder_has_no_problem_and_nothing_is_left(tmp_path: Path) -> None:
    problems: list[Problem] = []
    probe(tmp_path, problems)
    probe(tmp_path, problems)
    assert problems == []
    assert list(tmp_path.iterdir()) == []


def test_a_probe_that_was_killed_is_no_obstacle(tmp_path: Path) -> None:
    for name in (".recipe-probe", ".recipe-probe.tmp"):
        (tmp_path / name).write_text("half")
    problems: list[Problem] = []
    probe(tmp_path, problems)
    assert problems == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (errno.EROFS, "mounted read-only"),
        (errno.EACCES, "no permission"),
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "quota"),
        (errno.EIO, "input/output error"),
        (errno.EFBIG, "size limit"),
        (errno.ESTALE, "stale file handle"),
    ],
)
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_every_refusal_has_its_own_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: int, words: str
) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, call, refuse)
    problems: list[Problem] = []
    probe(tmp_path, problems)
    (problem,) = problems
    assert isinstance(problem, UnwritableFolder)
    assert problem.message.startswith(f"`{tmp_path}` cannot be written to: ")
    assert words in problem.message
    assert problem.help != ""


PROBE = """
from recipe.training.disks import probe
os.chmod(folder, 0o555)
if os.geteuid() == 0:
    os.setuid(65534)
problems = []
probe(folder, problems)
print([problem.name for problem in problems])
"""


def test_a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    for parent in folder.parents:
        if parent.stat().st_uid == os.getuid() and parent.name.startswith("pytest-"):
            parent.chmod(0o755)
    done = harness.finish(harness.command(PROBE, folder))
    assert done.stdout == "['EACCES']\n", done.stderr


def test_too_little_space_tells_both_numbers(tmp_path: Path) -> None:
    told = subprocess.run(
        ["df", "-B1", "--output=avail", tmp_path], capture_output=True, text=True, check=True
    )
    free = int(told.stdout.split()[1])
    problems: list[Problem] = []
    check_space(tmp_path, free // 2, problems)
    assert problems == []
    check_space(tmp_path, 10**18, problems)
    (problem,) = problems
    assert isinstance(problem, TooLittleSpace)
    assert abs(problem.free - free) < 10**9
    assert f"need 1000000.0 TB, and the disk of `{tmp_path}` has {size(problem.free)} free" in problem.message


@pytest.mark.parametrize(
    ("num_bytes", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (3_210_000, "3.2 MB"), (78 * 10**9, "78.0 GB")],
)
def test_sizes_are_for_people(num_bytes: int, words: str) -> None:
    assert size(num_bytes) == words
