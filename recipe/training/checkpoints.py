"""Checkpoints: a folder appears whole or not at all, and is read only when it is what was written.

The caller holds the run's lock, so one process at a time writes here.
"""

import contextlib
import errno
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from recipe.diagnostics.problems import Problem
from recipe.diagnostics.runs import DamagedCheckpoint, NoWholeCheckpoint, OtherFormat
from recipe.program.disks import sync_folder, write_and_sync
from recipe.program.manifests import MANIFEST, DamagedError, is_plain
from recipe.training.manifests import (
    FORMAT,
    STEP_PATTERN,
    manifest,
    other_format,
    read_entries,
    step_of,
    verify,
)

FEWEST_KEPT = 2

_SET_ASIDE = re.compile(rf"{STEP_PATTERN}\.corrupt(?:-[0-9]+)?")
_WRITING = ".writing."
_REMOVING = ".removing."
_LEFTOVER = re.compile(rf"\.(?:writing|removing)\.{STEP_PATTERN}")


def commit(target: Path, files: Mapping[str, bytes]) -> None:
    """Put a checkpoint in place: it is on the disk and whole when this returns, and absent before.

    Args:
        target: its folder, named by `folder_name`.
        files: content by file name.

    Raises:
        OSError: of the system, also when the run folder is gone; everything that was there before is
            untouched. EEXIST when `target` is there.
        ValueError: when a name is not of our making.
    """
    if step_of(target) is None or not all(is_plain(name) for name in files):
        raise ValueError(f"`step-00000000` and plain file names are expected. Received: {target}, {[*files]}")
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "a checkpoint is never written over", str(target))
    _make_folder(target.parent)
    sweep(target.parent)
    temporary = target.with_name(_WRITING + target.name)
    temporary.mkdir()
    try:
        for name, content in files.items():
            write_and_sync(temporary / name, content)
        write_and_sync(temporary / MANIFEST, manifest(target, files))
        sync_folder(temporary)
        temporary.rename(target)
    except BaseException:
        with contextlib.suppress(OSError):
            _discard(temporary)
        raise
    sync_folder(target.parent)


def newest(checkpoints: Path, problems: list[Problem]) -> Path | None:
    """The newest whole checkpoint by the step in its name; clocks are not asked.

    Newer ones that are damaged are renamed to `*.corrupt` and told. When none is whole, or a newer one is of
    another version of recipe, nothing is touched.

    Args:
        checkpoints: the folder of checkpoints; it may be missing.
        problems: gains R608 for each damaged one, R609 when no one is whole, R604 for another version.

    Returns:
        None when there is no checkpoint, or no whole one.
    """
    damaged: list[tuple[Path, str]] = []
    for folder in _by_step(checkpoints):
        if (format := other_format(folder)) is not None:
            problems.append(OtherFormat(None, str(folder), format, FORMAT))
            return None
        reason = verify(folder)
        if not reason:
            for path, wrong in damaged:
                problems.append(DamagedCheckpoint(None, str(path), wrong, _set_aside(path), folder.name))
            return folder
        damaged.append((folder, reason))
    listed = [(path.name, reason) for path, reason in damaged]
    set_aside = [path for path in _inside(checkpoints) if _SET_ASIDE.fullmatch(path.name)]
    listed += [(path.name, "it was found damaged before") for path in set_aside]
    if listed:
        problems.append(NoWholeCheckpoint(None, str(checkpoints), tuple(listed)))
    return None


def prune(checkpoints: Path, keep: int) -> None:
    """Delete all but the newest checkpoints, once the newest has proved whole.

    What we did not make stays: links, folders without our manifest, folders with a file that is not in it.

    Args:
        checkpoints: the folder of checkpoints.
        keep: how many stay, at least 2.

    Raises:
        OSError: of the system.
    """
    ours = [folder for folder in _by_step(checkpoints) if _is_ours(folder)]
    if not ours or verify(ours[0]):
        return
    for folder in ours[max(keep, FEWEST_KEPT) :]:
        _discard(folder)


def sweep(checkpoints: Path) -> None:
    """Delete what a killed process left of a checkpoint that it was writing or deleting."""
    found = [path for path in checkpoints.iterdir() if _LEFTOVER.fullmatch(path.name) and _is_folder(path)]
    for path in sorted(found):  # `.removing.` before `.writing.`, which needs its name
        with contextlib.suppress(OSError):
            _discard(path)


def needed_bytes(checkpoints: Path, one: int, keep: int) -> int:
    """How many more bytes the checkpoints of a run will take: one more than are kept, less those there.

    Args:
        checkpoints: the folder of checkpoints; it may be missing.
        one: bytes of one checkpoint.
        keep: how many stay.
    """
    ours = [folder for folder in _by_step(checkpoints) if _is_ours(folder)]
    there = sum(entry.bytes for folder in ours for entry in read_entries(folder).values())
    return max(one, one * (max(keep, FEWEST_KEPT) + 1) - there)


def _discard(folder: Path) -> None:
    """Delete a folder of ours, renamed first.

    So one that is deleted half-way has no live name; and a writer that is still at work in it, against the
    rules, fails cleanly: its own rename cannot win any more.
    """
    name = _REMOVING + folder.name.removeprefix(_WRITING).removeprefix(_REMOVING)
    shutil.rmtree(folder.rename(folder.with_name(name)))


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def _by_step(checkpoints: Path) -> list[Path]:
    """Everything that has a checkpoint's name, the newest first."""
    found = [path for path in _inside(checkpoints) if step_of(path) is not None]
    return sorted(found, key=lambda path: step_of(path) or 0, reverse=True)


def _inside(checkpoints: Path) -> list[Path]:
    return sorted(checkpoints.iterdir()) if checkpoints.exists() else []


def _set_aside(path: Path) -> str:
    """Rename a damaged checkpoint to the first free `*.corrupt` name; empty when the system refuses."""
    number = 1
    while True:
        name = f"{path.name}.corrupt" + (f"-{number}" if number > 1 else "")
        if not os.path.lexists(path.with_name(name)):
            break
        number += 1
    try:
        path.rename(path.with_name(name))
    except OSError:
        return ""
    return name


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_ours(folder: Path) -> bool:
    """Whether everything in a folder was written by `commit`."""
    try:
        entries = read_entries(folder)
    except DamagedError:
        return False
    return _is_folder(folder) and {path.name for path in folder.iterdir()} <= {MANIFEST, *entries}
