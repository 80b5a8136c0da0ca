"""Saving beside the training: in order, one at a time, and no failure without a word."""

import errno
import os
import threading
from pathlib import Path

import pytest

from recipe.diagnostics.machine import CheckpointNotSaved, MachineError
from recipe.training.checkpoints import newest
from recipe.training.manifests import folder_name, read
from recipe.training.writers import AsyncWriter


def files() -> dict[str, bytes]:
    return {"arrays": b"0" * 1000}


def steps_in(checkpoints: Path) -> list[str]:
    return sorted(path.name for path in checkpoints.iterdir())


def refuse_syncing(monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    def fsync(descriptor: int) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "fsync", fsync)


def test_every_save_is_committed_and_old_ones_are_pruned(tmp_path: Path) -> None:
    with AsyncWriter(keep=2) as writer:
        for step in range(1, 6):
            writer.submit(tmp_path / folder_name(step), files)
    assert steps_in(tmp_path) == [folder_name(4), folder_name(5)]
    assert read(tmp_path / folder_name(5)) == files()


def test_training_goes_on_while_a_save_runs_and_the_next_save_waits(tmp_path: Path) -> None:
    serialized, submitted = threading.Event(), threading.Event()
    names: list[str] = []

    def slow() -> dict[str, bytes]:
        names.append(threading.current_thread().name)
        assert serialized.wait(10)
        return files()

    def submit_second() -> None:
        writer.submit(tmp_path / folder_name(2), files)
        submitted.set()

    with AsyncWriter(keep=2) as writer:
        writer.submit(tmp_path / folder_name(1), slow)  # returns at once: else this would wait for itself
        second = threading.Thread(target=submit_second)
        second.start()
        assert not submitted.wait(0.1)
        serialized.set()
        assert submitted.wait(10)
        assert folder_name(1) in steps_in(tmp_path)
        second.join()
    assert names != [threading.main_thread().name]
    assert steps_in(tmp_path) == [folder_name(1), folder_name(2)]


def test_a_full_disk_is_told_at_the_next_save_and_the_last_checkpoint_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = AsyncWriter(keep=2)
    writer.submit(tmp_path / folder_name(1), files)
    with monkeypatch.context() as patch:
        writer.submit(tmp_path / folder_name(2), files)
        writer._settle()
        refuse_syncing(patch, errno.ENOSPC)
        writer.submit(tmp_path / folder_name(3), files)
        with pytest.raises(MachineError) as caught:
            writer.submit(tmp_path / folder_name(4), files)
    (problem,) = caught.value.problems
    assert caught.value.exit_code == 6
    assert isinstance(problem, CheckpointNotSaved)
    assert problem.needed == 1000
    assert problem.free is not None
    assert problem.free > 0
    assert "the disk is full; it needs 1.0 kB" in problem.message
    assert "the checkpoint before it is kept" in problem.help
    assert newest(tmp_path, []) == tmp_path / folder_name(2)
    writer.submit(tmp_path / folder_name(4), files)
    writer.close()
    assert newest(tmp_path, []) == tmp_path / folder_name(4)


def test_a_failure_of_the_last_save_is_told_by_close(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = AsyncWriter(keep=2)
    refuse_syncing(monkeypatch, errno.EIO)
    writer.submit(tmp_path / folder_name(1), files)
    with pytest.raises(MachineError, match="input/output error"):
        writer.close()
    assert newest(tmp_path, []) is None
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("checkpoints")]


def test_one_step_is_saved_once(tmp_path: Path) -> None:
    writer = AsyncWriter(keep=2)
    writer.submit(tmp_path / folder_name(1), files)
    writer.submit(tmp_path / folder_name(1), files)
    with pytest.raises(FileExistsError):
        writer.close()


def test_a_failure_of_ours_keeps_its_own_words(tmp_path: Path) -> None:
    def broken() -> dict[str, bytes]:
        raise KeyError("weights")

    writer = AsyncWriter(keep=2)
    writer.submit(tmp_path / folder_name(1), broken)
    with pytest.raises(KeyError, match="weights"):
        writer.close()


def test_old_checkpoints_that_cannot_be_deleted_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rmtree(path: Path) -> None:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    writer = AsyncWriter(keep=2)
    monkeypatch.setattr("shutil.rmtree", rmtree)
    for step in range(1, 4):
        writer.submit(tmp_path / folder_name(step), files)
    with pytest.raises(MachineError, match="no permission"):
        writer.close()
    assert newest(tmp_path, []) == tmp_path / folder_name(3)
