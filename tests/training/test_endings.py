"""Runs that end in a way that nobody planned, and go on all the same."""

import errno
import hashlib
import json
import math
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import keras
import pytest

import recipe
from recipe.diagnostics.runs import RunFolderError
from recipe.training import folders, journals, steps
from recipe.training.engines.engine import engine_for
from recipe.training.folders import RunFolder
from recipe.training.loop import Loop
from recipe.training.saving import PreemptedError
from tests.training.specs import IMAGES

SPEC = IMAGES.replace("epochs: 2", "epochs: 4") + "monitor: {checkpoint: {every: 5 steps}}\n"


def load() -> recipe.api.Spec:
    return recipe.load("endings.yaml", text=SPEC)


def sha256(folder: Path) -> str:
    return hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The weights of a run to which nothing happened."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    recipe.fit(load(), folder=folder)
    return sha256(folder)


class Broken(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch == 2:
            raise ZeroDivisionError("in my own callback")


def test_a_callback_that_raises_loses_no_checkpoint(tmp_path: Path, whole: str):
    folder = tmp_path / "run"
    with pytest.raises(ZeroDivisionError, match="in my own callback"):
        recipe.fit(load(), folder=folder, callbacks=[Broken()])
    assert json.loads((folder / "status.json").read_text())["state"] == "failed"
    assert "ended by ZeroDivisionError: in my own callback" in (folder / "log.txt").read_text()
    recipe.api.resume(folder)
    assert sha256(folder) == whole


class FullDisk(keras.callbacks.Callback):
    """From the second epoch on the disk takes no text and no weights; a checkpoint that is there stays."""

    def __init__(self, patch: pytest.MonkeyPatch, then: Callable[[], None]):
        super().__init__()
        self.patch, self.then = patch, then

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 1:
            for name in ("write_atomically", "append"):
                for module in (folders, journals, steps):
                    self.patch.setattr(module, name, self.refuse, raising=False)
            self.then()

    @staticmethod
    def refuse(path: Path, content: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def break_off() -> None:
    raise ZeroDivisionError("in my own callback")


def test_what_ends_a_run_is_told_though_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: str
):
    folder = tmp_path / "run"
    with monkeypatch.context() as patched, pytest.raises(ZeroDivisionError, match="in my own callback"):
        recipe.fit(load(), folder=folder, callbacks=[FullDisk(patched, break_off)])
    assert recipe.api.status(folder).state == "killed"
    recipe.api.resume(folder)
    assert sha256(folder) == whole


class Moving(keras.callbacks.Callback):
    """Moves the folder of the run away, in a step or where an epoch ends."""

    def __init__(self, folder: Path, where: str):
        super().__init__()
        self.folder, self.where = folder, where

    def on_train_batch_end(self, batch, logs=None):
        if self.where == "step" and batch == 7:
            self.move()

    def on_epoch_end(self, epoch, logs=None):
        if self.where == "epoch" and epoch == 1:
            self.move()

    def move(self) -> None:
        if self.folder.exists():
            self.folder.rename(self.folder.with_name("moved"))


@pytest.mark.parametrize(
    ("where", "tracked"),
    [
        ("step", ""),
        ("epoch", ", tensorboard: true"),
        pytest.param("step", ", tensorboard: true", marks=pytest.mark.slow),
        pytest.param("epoch", "", marks=pytest.mark.slow),
    ],
)
def test_a_run_whose_folder_was_moved_ends_and_goes_on_where_it_is_now(
    tmp_path: Path, whole: str, where: str, tracked: str
):
    folder, moved = tmp_path / "run", tmp_path / "moved"
    spec = recipe.load("endings.yaml", text=SPEC.replace("steps}}", f"steps}}{tracked}}}"))
    with pytest.raises(RunFolderError) as told:
        recipe.fit(spec, folder=folder, callbacks=[Moving(folder, where)])
    assert [problem.code for problem in told.value.problems] == ["R605"]
    assert not (folder / "weights.safetensors").exists()
    recipe.api.resume(moved)
    assert sha256(moved) == whole


@pytest.mark.parametrize("method", ["write_weights", "write_model"])
def test_a_run_that_ends_before_it_says_finished_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: str, method: str
):
    folder = tmp_path / "run"

    def end(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(RunFolder, method, end)
        with pytest.raises(KeyboardInterrupt):
            recipe.fit(load(), folder=folder)
    assert json.loads((folder / "status.json").read_text())["state"] != "finished"
    recipe.api.resume(folder)
    assert json.loads((folder / "status.json").read_text())["state"] == "finished"
    assert (sha256(folder), (folder / "model.keras").exists()) == (whole, True)


def ask_for_the_end(*arguments: object) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.2)  # until the thread that watches has heard it


class AskedAtTheEnd(keras.callbacks.Callback):
    def on_train_end(self, logs=None):
        ask_for_the_end()


def test_a_signal_after_the_last_step_ends_what_is_measured_then(tmp_path: Path, whole: str):
    folder = tmp_path / "run"
    with pytest.raises(PreemptedError) as ended:
        recipe.fit(load(), folder=folder, callbacks=[AskedAtTheEnd()])
    assert (ended.value.exit_code, ended.value.problems[0].step) == (143, 96)
    assert not (folder / "weights.safetensors").exists()
    assert recipe.api.status(folder).state == "stopped"
    recipe.api.resume(folder)
    assert (recipe.api.status(folder).state, sha256(folder)) == ("finished", whole)


def test_a_signal_while_results_are_written_ends_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "run"
    with monkeypatch.context() as patched:
        patched.setattr(RunFolder, "write_model", ask_for_the_end)
        with pytest.raises(PreemptedError):
            recipe.fit(load(), folder=folder)
    assert not (folder / "examples.npz").exists()
    assert "R610 stopped after step 96" in (folder / "log.txt").read_text()
    recipe.api.resume(folder)
    assert (folder / "model.keras").exists()
    assert (folder / "examples.npz").exists()


class Listener:
    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []

    def begin(self, program, parameters):
        pass

    def block(self, step, epoch, logs):
        pass

    def epoch(self, row, best):
        pass

    def tell(self, problem):
        self.told.append((problem.code, *problem.names))


def test_a_metric_that_is_no_number_is_told_once_and_never_the_best(monkeypatch: pytest.MonkeyPatch):
    compilation = recipe.compile(load())
    engine = engine_for(compilation.compiled)
    measured = iter([{"loss": math.nan}, {"loss": 0.5}, {"loss": math.nan}, {"loss": 0.75}])
    monkeypatch.setattr(type(engine), "evaluate", lambda self, *arguments: (self.reset(), next(measured))[1])
    listener = Listener()
    loop = Loop(engine, compilation.dataset, compilation.callbacks, [listener])
    loop.run()
    assert listener.told == [("R656", "val_loss")]
    assert (loop.best.epoch, loop.best.value) == (2, 0.5)
