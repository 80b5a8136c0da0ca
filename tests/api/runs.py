"""A small spec over a small table (5 steps an epoch), trained, stopped and continued in folders."""

from pathlib import Path

import keras
import numpy as np

import recipe
from recipe.api import FitOptions, Prepared, Run
from recipe.training.folders import RunFolder

SPEC = """\
recipe: 1
name: small
data:
  train: {csv: {path: rows.csv}}
  target: kind
architecture:
  - Dense: {units: 4, activation: tanh}
  - Dropout: 0.2
  - head
optimizer:
  Adam: {learning_rate: 0.02}
training: {epochs: 3, batch_size: 8}
monitor: {checkpoint: {every: 1 steps}}
runtime: {seed: 1}
"""


class StoppedError(Exception):
    """Stands for a process that ends between two blocks."""


class StopAfter(keras.callbacks.Callback):
    """Ends a run in the step after a given one, as a kill would; the state after that one is saved."""

    def __init__(self, step: int):
        super().__init__()
        self.left = step

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left < 0:
            raise StoppedError


def write_rows(folder: Path, count: int = 40, shift: float = 0.0) -> None:
    """A table of two numbers and the sign of their product."""
    dice = np.random.default_rng(0)
    numbers = dice.normal(size=(count, 2))
    lines = [f"{a + shift:.4f},{b:.4f},{'same' if a * b > 0 else 'other'}" for a, b in numbers]
    (folder / "rows.csv").write_text("\n".join(["a,b,kind", *lines]) + "\n")


def prepared(folder: Path, *overrides: str, spec: str = SPEC) -> Prepared:
    """The spec with its data, read in a folder."""
    return recipe.api.prepare(recipe.load(str(folder / "small.yaml"), overrides, text=spec))


def train(folder: Path, run: Path, *overrides: str, spec: str = SPEC, **options: object) -> Run:
    """Train the spec in a run folder."""
    return recipe.api.fit_prepared(prepared(folder, *overrides, spec=spec), FitOptions(folder=run, **options))


def weights(run: Path) -> dict[str, bytes]:
    """The final weights of a run, bit for bit."""
    return {path: array.tobytes() for path, array in RunFolder(run).read_weights().items()}
