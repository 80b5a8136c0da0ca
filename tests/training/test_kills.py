"""A run that is killed at any moment and started again by the same command ends with the same bits."""

import hashlib
import importlib.util
import os
import pty
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import recipe
from recipe.training.locks import read_holder
from recipe.training.manifests import step_of
from tests.training.specs import BACKEND, IMAGES

STEPS_PER_EPOCH = 24
EVERYTHING = (
    IMAGES.replace("SGD: {learning_rate: 0.1, momentum: 0.9}", "AdamW: {learning_rate: 1e-2}").replace(
        "epochs: 2", "epochs: EPOCHS"
    )
    + """
monitor: {checkpoint: {every: 1 steps}}
schedule: {SCHEDULE}
regularization:
  weight_decay: 1e-2
  augmentation: [{RandomTranslation: {height_factor: 0.2, width_factor: 0.2}}]
  early_stopping: {patience: 3 epochs}
"""
)
SCHEDULES = {
    "warmup_cosine": "warmup_cosine: {warmup: 10%}",
    "reduce_on_plateau": (
        "reduce_on_plateau: {factor: 0.5, patience: 1 epochs, minimum_delta: 0.3, cooldown: 1 epochs, "
        "after: {warmup_linear: {warmup: 10%, floor: 50%}}}"
    ),
}

needs_jax = pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="the extra `jax` is not installed"
)


def spec_text(schedule: str, backend: str = "tensorflow", epochs: int = 6) -> str:
    text = EVERYTHING.replace("SCHEDULE", SCHEDULES[schedule]).replace("EPOCHS", str(epochs))
    # Two runs that measure their engines may choose differently, and this is about one run.
    engine = ", engine: graph" if backend == "tensorflow" else ""
    return text.replace(f"backend: {BACKEND}", f"backend: {backend}{engine}")


def start(spec: Path, folder: Path, *words: str) -> "subprocess.Popen[str]":
    line = [
        sys.executable,
        "-m",
        "recipe.cli.main",
        *(words or ("-q", "fit")),
        str(spec),
        "--run",
        str(folder),
    ]
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    environment["TF_CPP_MIN_LOG_LEVEL"] = "3"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(line, env=environment, text=True, **pipes)


def finish(spec: Path, folder: Path) -> str:
    process = start(spec, folder)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors[-3000:]
    return sha256(folder)


def sha256(folder: Path) -> str:
    return hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()


def steps_in(folder: Path) -> set[int]:
    found = (folder / "checkpoints").glob("step-*")
    return {step for path in found if (step := step_of(path)) is not None}


def wait_until(process: "subprocess.Popen[str]", seen: Callable[[], bool]) -> None:
    """Wait for something to be seen, or for the end of the process."""
    while process.poll() is None and not seen():
        time.sleep(0.001)


def in_a_step(process: "subprocess.Popen[str]", folder: Path, dice: random.Random) -> None:
    """A moment after the second checkpoint of this process."""
    before = steps_in(folder)
    wait_until(process, lambda: len(steps_in(folder) - before) >= 2)
    time.sleep(dice.random() * 0.05)


def in_a_save(process: "subprocess.Popen[str]", folder: Path, dice: random.Random) -> None:
    """While a checkpoint is being written."""
    before = steps_in(folder)
    wait_until(process, lambda: len(steps_in(folder) - before) >= dice.randint(1, 2))
    wait_until(process, lambda: any((folder / "checkpoints").glob(".writing.*")))


def in_a_validation(process: "subprocess.Popen[str]", folder: Path, dice: random.Random) -> None:
    """After the last step of an epoch."""
    before = steps_in(folder)
    wait_until(process, lambda: any(step % STEPS_PER_EPOCH == 0 for step in steps_in(folder) - before))
    time.sleep(dice.random() * 0.01)


def in_a_resume(process: "subprocess.Popen[str]", folder: Path, dice: random.Random) -> None:
    """After the folder was taken, and before the first checkpoint of this process."""
    before = steps_in(folder)
    wait_until(process, lambda: (holder := read_holder(folder)) is not None and holder.pid == process.pid)
    until = time.monotonic() + dice.random()
    wait_until(process, lambda: time.monotonic() > until or bool(steps_in(folder) - before))


MOMENTS = (in_a_step, in_a_save, in_a_validation, in_a_resume)


def killed(spec: Path, folder: Path, moments: list[Callable[..., None]], number: int) -> list[int]:
    """Start a run again and again, and end it at each of these moments; the exit codes."""
    dice, codes = random.Random(len(moments)), []
    for moment in moments:
        process = start(spec, folder)
        moment(process, folder, dice)
        process.send_signal(number)
        process.communicate(timeout=60)
        codes.append(process.returncode)
    return codes


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spec") / "killed.yaml"
    path.write_text(spec_text("reduce_on_plateau", epochs=4))
    return path


@pytest.fixture(scope="module")
def whole(spec: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The weights of a run that never was killed."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    recipe.fit(spec, folder=folder)
    return sha256(folder)


@pytest.fixture(scope="module")
def thrice(spec: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose run was killed in a step, in a save and in a validation, by the same command."""
    folder = tmp_path_factory.mktemp("thrice") / "run"
    codes = killed(spec, folder, [in_a_step, in_a_save, in_a_validation], signal.SIGKILL)
    assert codes == [-signal.SIGKILL] * 3
    return folder


@pytest.fixture
def copy(thrice: Path, tmp_path: Path) -> Path:
    """The same in a place that a test may go on with."""
    return shutil.copytree(thrice, tmp_path / "run")


def test_a_run_killed_in_a_step_a_save_and_a_validation_ends_with_the_same_weights(copy: Path, whole: str):
    standing = recipe.api.status(copy)
    assert (standing.state, standing.resumable) == ("killed", True)
    recipe.api.resume(copy)
    assert sha256(copy) == whole


def test_a_damaged_checkpoint_is_passed_over_and_said(copy: Path, whole: str):
    newest = max((copy / "checkpoints").glob("step-*"))
    arrays = newest / "arrays.safetensors"
    arrays.write_bytes(arrays.read_bytes()[:-1])
    (warning,) = recipe.api.resume(copy).outcome.warnings
    assert warning.code == "R608"
    assert newest.name in warning.message
    assert sha256(copy) == whole


def test_a_preempted_run_exits_143_with_its_last_step_saved_and_goes_on_from_its_folder_alone(
    tmp_path: Path, spec: Path, whole: str
):
    folder, mine = tmp_path / "run", tmp_path / "mine.yaml"
    shutil.copy(spec, mine)
    process = start(mine, folder, "fit")
    in_a_step(process, folder, random.Random(0))
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 143
    assert f"stopped after step {max(steps_in(folder))};" in errors
    mine.unlink()
    recipe.api.resume(folder)
    assert recipe.api.status(folder).state == "finished"
    assert sha256(folder) == whole


@pytest.mark.slow
@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("backend", ["tensorflow", pytest.param("jax", marks=needs_jax)])
def test_a_run_killed_twenty_times_ends_with_the_weights_of_a_run_that_never_was(
    tmp_path: Path, backend: str, schedule: str
):
    spec = tmp_path / "killed.yaml"
    spec.write_text(spec_text(schedule, backend, epochs=20))
    whole, folder = finish(spec, tmp_path / "whole"), tmp_path / "killed"
    moments = [*MOMENTS] * 5
    random.Random(schedule + backend).shuffle(moments)
    codes = killed(spec, folder, moments, signal.SIGKILL)
    assert codes.count(-signal.SIGKILL) >= 18
    assert finish(spec, folder) == whole


@pytest.mark.slow
def test_a_run_in_parts_of_batches_that_is_killed_eight_times_ends_with_the_same_weights(tmp_path: Path):
    spec = tmp_path / "killed.yaml"
    text = spec_text("warmup_cosine", epochs=10).replace("engine: graph", "engine: per_core")
    spec.write_text(text.replace("BatchNormalization", "LayerNormalization"))
    whole, folder = finish(spec, tmp_path / "whole"), tmp_path / "killed"
    codes = killed(spec, folder, [*MOMENTS] * 2, signal.SIGKILL)
    assert codes.count(-signal.SIGKILL) >= 6
    assert finish(spec, folder) == whole


@pytest.mark.slow
def test_nothing_is_left_behind_by_processes_that_were_killed(tmp_path: Path, spec: Path, whole: str):
    before = {*Path("/dev/shm").iterdir()} if Path("/dev/shm").is_dir() else set()
    folder = tmp_path / "run"
    killed(spec, folder, [in_a_step, in_a_save, in_a_resume], signal.SIGKILL)
    assert finish(spec, folder) == whole
    assert not before ^ ({*Path("/dev/shm").iterdir()} if before else before)
    hidden = [path for path in folder.rglob(".*") if path.name not in {".recipe-probe"}]
    assert [path for path in hidden if not path.name.endswith(".lock")] == []


TERMINAL = """
import fcntl, os, signal, sys, termios
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may run under `nohup`
fcntl.ioctl(2, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.slow
def test_a_run_whose_terminal_is_closed_saves_its_step_and_exits_129(tmp_path: Path, spec: Path, whole: str):
    folder = tmp_path / "run"
    controller, terminal = pty.openpty()
    line = [sys.executable, "-c", TERMINAL, sys.executable, "-m", "recipe.cli.main", "fit", str(spec)]
    streams = {"stdin": terminal, "stdout": terminal, "stderr": terminal}
    process = subprocess.Popen([*line, "--run", str(folder)], start_new_session=True, **streams)
    os.close(terminal)
    in_a_step(process, folder, random.Random(2))
    os.close(controller)
    assert process.wait(60) == 129
    assert f"R610 stopped after step {max(steps_in(folder))};" in (folder / "log.txt").read_text()
    assert finish(spec, folder) == whole


@pytest.mark.slow
def test_a_second_signal_while_saving_leaves_a_whole_checkpoint(tmp_path: Path, spec: Path, whole: str):
    folder = tmp_path / "run"
    process = start(spec, folder)
    in_a_step(process, folder, random.Random(1))
    process.send_signal(signal.SIGTERM)
    time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    # Whichever came first: the end of the save, after which the system's own handler is back, or the signal.
    assert process.returncode in {143, -signal.SIGTERM}
    assert finish(spec, folder) == whole
