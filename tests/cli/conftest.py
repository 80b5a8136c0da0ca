"""A command line run in this process, and a spec and a run that several tests share."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from recipe.cli.main import run

XOR = """\
recipe: 1
name: small-xor
data:
  source: {bundled: xor}
architecture:
  - Dense: {units: 2, activation: tanh}
  - head
optimizer:
  SGD: {learning_rate: 0.5, momentum: 0.9}
training: {epochs: 2, batch_size: full}
runtime: {seed: 1}
"""

PENGUINS = """\
recipe: 1
name: small-penguins
data:
  source: {bundled: penguins}
  target: species
  ignore: [year]
  missing: drop
  split: {validation: 20%, test: 20%}
architecture:
  - Dense: {units: 4, activation: relu}
  - head
optimizer:
  AdamW: {learning_rate: 0.05}
schedule:
  warmup_cosine: {warmup: 50%}
regularization: {weight_decay: 1e-2}
training: {epochs: 2, batch_size: 50}
runtime: {seed: 1}
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said.

    Args:
        code: its exit code.
        out: standard output.
        err: standard error.
    """

    code: int
    out: str
    err: str

    @property
    def last_line(self) -> str:
        """The last line of standard output."""
        return self.out.splitlines()[-1]


Cli = Callable[..., Said]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs a command line and returns what it said, in a terminal-free environment of 80 columns."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments: str | Path) -> Said:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return call


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory with `xor.yaml`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "xor.yaml").write_text(XOR)
    return tmp_path


@pytest.fixture(scope="session")
def penguins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run on penguins."""
    place = tmp_path_factory.mktemp("penguins")
    (place / "penguins.yaml").write_text(PENGUINS)
    assert run(["fit", "-q", str(place / "penguins.yaml"), "--run", str(place / "run")]) == 0
    return place / "run"


def process(*arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command line in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    return subprocess.run(
        [sys.executable, "-m", "recipe.cli.main", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=kept | environment,
        timeout=120,
        check=False,
    )
