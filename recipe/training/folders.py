"""The run folder: what is written, where, and never half."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recipe.program.writing import write_atomically

WEIGHTS = "weights.safetensors"
STEP_FOLDER = "step-{:08d}"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """One run's files.

    Args:
        path: the folder; it exists.
    """

    path: Path

    def write_text(self, name: str, text: str) -> None:
        """Put a text file in place in one step."""
        write_atomically(self.path / name, text.encode())

    def write_json(self, name: str, content: Any) -> None:
        """Put a JSON file in place in one step."""
        self.write_text(name, json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    def write_model(self, name: str, model: Any) -> None:
        """Put a Keras model in place in one step; Keras itself would write over a live file."""
        temporary = self.path / f".writing.{name}"
        try:
            model.save(temporary)
            temporary.replace(self.path / name)
        finally:
            temporary.unlink(missing_ok=True)

    def write_best(self, arrays: Mapping[str, np.ndarray]) -> None:
        """The weights of the best epoch so far, in place of those before."""
        from safetensors.numpy import save

        write_atomically(self.path / "best" / WEIGHTS, save(_contiguous(arrays)))

    def write_weights(self, step: int, arrays: Mapping[str, np.ndarray]) -> None:
        """A checkpoint of weights by path; its folder appears whole or not at all."""
        from safetensors.numpy import save_file

        target = self.path / "checkpoints" / STEP_FOLDER.format(step)
        temporary = target.with_name(f".writing.{target.name}")
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        save_file(_contiguous(arrays), temporary / WEIGHTS)
        temporary.rename(target)

    def read_weights(self) -> dict[str, np.ndarray]:
        """The weights of the newest checkpoint, by path."""
        from safetensors.numpy import load_file

        newest = max((self.path / "checkpoints").glob("step-*"), key=lambda path: path.name)
        arrays: dict[str, np.ndarray] = load_file(newest / WEIGHTS)
        return arrays


def _contiguous(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {path: np.asarray(array, order="C") for path, array in arrays.items()}


def new_folder(runs: Path, name: str) -> RunFolder:
    """The next numbered folder of a name; two processes never get the same.

    Args:
        runs: where runs lie, such as `runs`.
        name: of the spec.
    """
    parent = runs / name
    parent.mkdir(parents=True, exist_ok=True)
    while True:
        numbers = [int(path.name) for path in parent.iterdir() if path.name.isdigit()]
        path = parent / str(max(numbers, default=0) + 1)
        try:
            path.mkdir()
        except FileExistsError:
            continue
        return RunFolder(path)


def given_folder(path: Path) -> RunFolder:
    """The folder of `--run`, made if need be."""
    path.mkdir(parents=True, exist_ok=True)
    return RunFolder(path)
