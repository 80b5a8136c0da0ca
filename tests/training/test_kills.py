"""A run that is killed at any moment and started again by the same command ends with the same bits."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import recipe
from tests.training.specs import IMAGES

COSINE = (
    IMAGES.replace("SGD: {learning_rate: 0.1, momentum: 0.9}", "AdamW: {learning_rate: 1e-2}").replace(
        "epochs: 2", "epochs: 6"
    )
    + """
monitor: {checkpoint: {every: 1 steps}}
schedule: {warmup_cosine: {warmup: 10%}}
regularization:
  weight_decay: 1e-2
  augmentation: [{RandomTranslation: {height_factor: 0.2, width_factor: 0.2}}]
  early_stopping: {patience: 3 epochs}
"""
)


def start(spec: Path, folder: Path, *words: str) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-m",
        "recipe.cli.main",
        *(words or ("-q", "fit")),
        str(spec),
        "--run",
        str(folder),
    ]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(spec: Path, folder: Path) -> str:
    process = start(spec, folder)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors[-3000:]
    return sha256(folder)


def sha256(folder: Path) -> str:
    return hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()


def kill_when(
    process: "subprocess.Popen[str]", folder: Path, checkpoints: int, number: int, delay: float
) -> int:
    """Send a signal a moment after so many checkpoints came; the exit code."""
    seen: set[str] = set()
    while process.poll() is None and len(seen) < checkpoints:
        seen |= {path.name for path in (folder / "checkpoints").glob("step-*")}
        time.sleep(0.002)
    time.sleep(delay)
    process.send_signal(number)
    process.communicate(timeout=60)
    return process.returncode


def killed_and_continued(tmp_path: Path, kills: int, number: int) -> tuple[str, str, list[int]]:
    spec = tmp_path / "killed.yaml"
    spec.write_text(COSINE)
    whole = finish(spec, tmp_path / "whole")
    dice = random.Random(kills)
    codes = []
    for _ in range(kills):
        folder = tmp_path / "killed"
        codes.append(kill_when(start(spec, folder), folder, dice.randint(1, 4), number, dice.random() * 0.3))
    return whole, finish(spec, tmp_path / "killed"), codes


def test_a_run_killed_twice_ends_with_the_weights_of_a_run_that_never_was(tmp_path: Path):
    whole, continued, codes = killed_and_continued(tmp_path, 2, signal.SIGKILL)
    assert continued == whole
    assert -signal.SIGKILL in codes


def test_a_preempted_run_exits_143_with_its_last_step_saved_and_ends_the_same(tmp_path: Path):
    whole, continued, codes = killed_and_continued(tmp_path, 1, signal.SIGTERM)
    assert codes == [143]
    assert continued == whole


def test_a_killed_run_says_so_and_resumes_from_its_folder_alone(tmp_path: Path):
    spec, folder = tmp_path / "killed.yaml", tmp_path / "killed"
    spec.write_text(COSINE)
    whole = finish(spec, tmp_path / "whole")
    kill_when(start(spec, folder), folder, 3, signal.SIGKILL, 0.0)
    standing = recipe.api.status(folder)
    assert (standing.state, standing.resumable) == ("killed", True)
    assert standing.step is not None
    spec.unlink()
    again = recipe.api.resume(folder)
    assert recipe.api.status(folder).state == "finished"
    assert again.path == folder
    assert sha256(folder) == whole


def test_a_damaged_checkpoint_is_passed_over_and_said(tmp_path: Path):
    spec, folder = tmp_path / "killed.yaml", tmp_path / "killed"
    spec.write_text(COSINE)
    kill_when(start(spec, folder), folder, 4, signal.SIGKILL, 0.0)
    newest = max((folder / "checkpoints").glob("step-*"))
    arrays = newest / "arrays.safetensors"
    arrays.write_bytes(arrays.read_bytes()[:-1])
    process = start(spec, folder, "fit")
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors[-3000:]
    assert "R608" in errors
    assert newest.name in errors


@pytest.mark.slow
def test_a_run_killed_twenty_times_ends_with_the_weights_of_a_run_that_never_was(tmp_path: Path):
    whole, continued, codes = killed_and_continued(tmp_path, 20, signal.SIGKILL)
    assert continued == whole
    assert codes.count(-signal.SIGKILL) >= 5
