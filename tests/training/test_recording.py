"""What a run writes when epochs end, and that its disk has room for it."""

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

import recipe
from recipe.diagnostics.machine import MachineError
from recipe.training import disks, recording
from recipe.training.engines.engine import engine_for
from recipe.training.folders import RunFolder
from recipe.training.manifests import folder_name, read
from recipe.training.recording import Recorder
from recipe.training.rows import Best, EpochRow
from recipe.training.states import HEADER_BYTES, State, num_bytes, weights_in
from recipe.training.writers import AsyncWriter
from tests.training.specs import DIGITS, IMAGES


def row(epoch: int, loss: float) -> EpochRow:
    return EpochRow(epoch, 24 * epoch, 0.1, 0.01, {"loss": loss, "val_loss": loss})


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    compilation = recipe.compile(recipe.load("small.yaml", text=DIGITS))
    found = Recorder(RunFolder(tmp_path), compilation.compiled)
    found.begin(compilation.program, 10)
    return found


def test_small_epochs_do_not_wait_for_the_disk_each(recorder: Recorder):
    best = Best(recorder.compiled.program.monitor)
    for epoch in range(1, 20):
        best.see(row(epoch, 1.0 / epoch))
        recorder.epoch(row(epoch, 1.0 / epoch), best)
    folder = recorder.folder.path
    assert not (folder / "metrics.csv").exists()
    recorder.status("stopped", best)
    assert len((folder / "metrics.csv").read_text().splitlines()) == 20
    assert json.loads((folder / "status.json").read_text())["epochs"] == 19
    assert load_file(folder / "best" / "weights.safetensors")


def test_a_checkpoint_never_speaks_of_best_weights_that_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recording, "LEAST_SECONDS", 1e9)
    path, submit, seen = tmp_path / "run" / "best" / "weights.safetensors", AsyncWriter.submit, []

    def noting(self, target, files):
        epoch = json.loads(files()["state.json"])["best"][0]
        if epoch:
            seen.append((epoch, load_file(path)))
        submit(self, target, files)

    monkeypatch.setattr(AsyncWriter, "submit", noting)
    spec = DIGITS.replace("epochs: 2", "epochs: 4") + "monitor: {checkpoint: {every: 24 steps, keep: 9}}\n"
    recipe.fit(recipe.load("small.yaml", text=spec), folder=tmp_path / "run")
    assert len(seen) >= 3
    for epoch, best in seen:
        saved = State.from_files(read(tmp_path / "run" / "checkpoints" / folder_name(24 * epoch)))
        for name, array in weights_in(saved.arrays).items():
            np.testing.assert_array_equal(best[name], array)


def test_a_disk_without_room_for_the_checkpoints_is_refused_before_the_first_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(disks, "free_bytes", lambda folder: 1000)
    with pytest.raises(MachineError) as caught:
        recipe.fit(recipe.load("small.yaml", text=DIGITS), folder=tmp_path / "run")
    (problem,) = caught.value.problems
    assert (problem.code, problem.free, caught.value.exit_code) == ("R658", 1000, 6)
    assert not (tmp_path / "run" / "checkpoints").exists()


def test_a_disk_that_takes_nothing_is_refused_before_the_first_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(path: Path, content: bytes) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(disks, "write_and_sync", refuse)
    with pytest.raises(MachineError) as caught:
        recipe.fit(recipe.load("small.yaml", text=DIGITS), folder=tmp_path / "run")
    assert [problem.code for problem in caught.value.problems] == ["R657"]
    assert not (tmp_path / "run" / "status.json").exists()


@pytest.mark.parametrize("further", ["", "regularization: {early_stopping: {patience: 1 epochs}}\n"])
def test_the_size_of_a_checkpoint_is_known_before_there_is_one(tmp_path: Path, further: str):
    spec = IMAGES + "monitor: {checkpoint: {every: 1 steps}}\n" + further
    compilation = recipe.compile(recipe.load("images.yaml", text=spec))
    expected = num_bytes(engine_for(compilation.compiled), compilation.callbacks)
    compilation.fit(folder=tmp_path / "run")
    newest = max((tmp_path / "run" / "checkpoints").glob("step-*"))
    found = sum(path.stat().st_size for path in newest.iterdir())
    assert expected - HEADER_BYTES < found <= expected
