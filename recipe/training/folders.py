"""The run folder: what is written, where, and never half."""

import json
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np

from recipe.compiler.arrays import read_arrays, to_bytes
from recipe.diagnostics.runs import FolderGone, FolderHasARun, RunFolderError
from recipe.program.saving import PROGRAM, RUN_FILES, WEIGHTS
from recipe.program.writing import sweep, write_atomically
from recipe.training.locks import LOCK

CHECKPOINTS = "checkpoints"


OLDEST = 315_532_800 + 86_400  # a day after 1980 began in UTC, so that it has begun everywhere


@contextmanager
def _clock_of_zip() -> Iterator[None]:
    """Lets a `.keras` file be written while the clock stands before 1980, which a zip file cannot say."""
    if time.time() >= OLDEST:
        yield
        return
    names, clock = vars(zipfile), zipfile.time  # type: ignore[attr-defined]
    names["time"] = SimpleNamespace(time=lambda: OLDEST, localtime=lambda _: time.gmtime(OLDEST))
    try:
        yield
    finally:
        names["time"] = clock


@dataclass(frozen=True, slots=True)
class RunFolder:
    """One run's files.

    Args:
        path: the folder; it exists.
        is_new: whether no run was begun in it when it was chosen.
    """

    path: Path
    is_new: bool = False

    def refuse_another_run(self) -> None:
        """Make sure, holding its lock, that a new folder still holds no run.

        Raises:
            RunFolderError: R603 when another process has begun one since it was chosen.
        """
        if self.is_new and any((self.path / name).is_file() for name in RUN_FILES):
            raise RunFolderError([FolderHasARun(None, str(self.path), "")])

    def check_there(self) -> None:
        """Make sure that the folder of a run that began is still where it was.

        Raises:
            RunFolderError: R605 when it is not; a disk that does not answer for a moment is no such thing.
        """
        try:
            (self.path / PROGRAM).stat()
        except FileNotFoundError:
            raise RunFolderError([FolderGone(None, str(self.path))]) from None
        except OSError:
            return

    def _write(self, name: str, content: bytes) -> None:
        """Put a file in place in one step; who holds the folder alone writes here."""
        sweep(self.path / name)
        write_atomically(self.path / name, content)

    def write_text(self, name: str, text: str) -> None:
        """Put a text file in place in one step."""
        self._write(name, text.encode())

    def write_json(self, name: str, content: Any) -> None:
        """Put a JSON file in place in one step."""
        self.write_text(name, json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    def write_model(self, name: str, model: Any) -> None:
        """Put a Keras model in place in one step; Keras itself would write over a live file."""
        temporary = self.path / f".writing.{name}"
        try:
            with _clock_of_zip():
                model.save(temporary)
            temporary.replace(self.path / name)
        finally:
            temporary.unlink(missing_ok=True)

    @property
    def checkpoints(self) -> Path:
        """Where the checkpoints lie."""
        return self.path / CHECKPOINTS

    def write_best(self, arrays: Mapping[str, np.ndarray]) -> None:
        """The weights of the best epoch so far, in place of those before."""
        self._write(f"best/{WEIGHTS}", to_bytes(arrays))

    def write_weights(self, arrays: Mapping[str, np.ndarray]) -> None:
        """The final weights, those of `model.keras`, by path."""
        self._write(WEIGHTS, to_bytes(arrays))

    def read_weights(self) -> dict[str, np.ndarray]:
        """The final weights by path.

        Raises:
            ValueError, SafetensorError, OSError: see `read_arrays`.
        """
        return read_arrays(self.path / WEIGHTS)


def arrays_by_path(model: Any) -> dict[str, np.ndarray]:
    """The weights of a network by path; seeds are no weights."""
    return {weight.path: np.asarray(keras.ops.convert_to_numpy(weight)) for weight in model.weights}


def new_folder(runs: Path, name: str) -> RunFolder:
    """The next numbered folder of a name; two processes never get the same.

    Args:
        runs: where runs lie, such as `runs`.
        name: of the spec.
    """
    parent = runs / name
    parent.mkdir(parents=True, exist_ok=True)
    while True:
        numbers = [int(path.name) for path in parent.iterdir() if path.name.isdecimal()]
        path = parent / str(max(numbers, default=0) + 1)
        try:
            path.mkdir()
        except FileExistsError:
            continue
        return RunFolder(path, is_new=True)


def remove_if_bare(folder: RunFolder) -> None:
    """Delete a folder that was made for a run which was refused before it wrote anything."""
    if all(path.name == LOCK for path in folder.path.iterdir()):
        (folder.path / LOCK).unlink(missing_ok=True)
        folder.path.rmdir()


def given_folder(path: Path) -> RunFolder:
    """The folder of `--run` for a run that begins there, made if need be."""
    path.mkdir(parents=True, exist_ok=True)
    return RunFolder(path, is_new=True)
