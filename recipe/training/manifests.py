"""What a checkpoint's folder must hold: its step stands in its name and in its manifest."""

import re
from collections.abc import Mapping
from pathlib import Path

from recipe.program import manifests
from recipe.program.manifests import DamagedError, Entry, Head, OtherFormatError

FORMAT = 1
STEP_PATTERN = r"step-(?:[0-9]{8}|[1-9][0-9]{8,})"

_NAME = re.compile(STEP_PATTERN)


def folder_name(step: int) -> str:
    """The name of a checkpoint's folder: `step-00001234`."""
    return f"step-{step:08d}"


def step_of(folder: Path) -> int | None:
    """The step in a folder's name; None when the name is not of our making."""
    return int(folder.name.removeprefix("step-")) if _NAME.fullmatch(folder.name) else None


def newest_step(checkpoints: Path) -> int | None:
    """The largest step in the names of a folder of checkpoints, whole or not; None when there is none."""
    steps = (step_of(path) for path in checkpoints.glob("step-*"))
    return max((step for step in steps if step is not None), default=None)


def newest_complete(checkpoints: Path) -> int | None:
    """The largest step of a checkpoint that has all its files in their sizes; None when there is no such one.

    Their sums are compared when the run goes on.
    """
    folders = (
        path for path in checkpoints.glob("step-*") if step_of(path) is not None and _is_complete(path)
    )
    return max((step_of(folder) or 0 for folder in folders), default=None)


def _is_complete(folder: Path) -> bool:
    try:
        for name, entry in read_entries(folder).items():
            manifests.check_size(folder / name, entry.bytes)
    except DamagedError:
        return False
    return True


def head_of(folder: Path) -> Head:
    """How the manifest of a checkpoint begins."""
    return {"format": FORMAT, "step": step_of(folder)}


def manifest(target: Path, files: Mapping[str, bytes]) -> bytes:
    """The manifest of a checkpoint that is about to be written.

    Args:
        target: its folder.
        files: content by file name.
    """
    return manifests.manifest(head_of(target), files)


def verify(folder: Path) -> str:
    """What is wrong with a checkpoint, in words; empty when it is whole."""
    return manifests.verify(folder, head_of(folder))


def read(folder: Path) -> dict[str, bytes]:
    """The files of a checkpoint, compared with its manifest once more as they are read.

    Raises:
        DamagedError: when they are not what was written.
    """
    return manifests.read(folder, head_of(folder))


def other_format(folder: Path) -> int | None:
    """The format of a checkpoint that another version of recipe wrote; None of every other one."""
    try:
        read_entries(folder)
    except OtherFormatError as other:
        return other.found
    except DamagedError:
        return None
    return None


def read_entries(folder: Path) -> dict[str, Entry]:
    """The manifest of a checkpoint, by file name.

    Raises:
        DamagedError: when there is none, or it is not of this folder.
    """
    return manifests.read_entries(folder, head_of(folder))
