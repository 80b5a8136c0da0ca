"""What a run needs of its disk: asked before the first step, told in its own words when it is refused."""

import errno
import os
import shutil
from pathlib import Path

from recipe.diagnostics.machine import TooLittleSpace, UnwritableFolder
from recipe.diagnostics.problems import Problem

_PROBE = ".recipe-probe"


def probe(folder: Path, problems: list[Problem]) -> None:
    """Do once what every save will do: write, wait for the disk, rename.

    Args:
        folder: of the run; it exists.
        problems: gains R657 when the system refuses.
    """
    temporary, renamed = folder / f"{_PROBE}.tmp", folder / _PROBE
    try:
        temporary.unlink(missing_ok=True)  # of a process that was killed here
        write_and_sync(temporary, b"recipe\n")
        temporary.replace(renamed)
        sync_folder(folder)
        renamed.unlink()
    except OSError as error:
        problems.append(unwritable(folder, error))


def check_space(folder: Path, needed: int, problems: list[Problem]) -> None:
    """Refuse early what the disk cannot hold.

    Args:
        folder: of the run; it exists.
        needed: bytes, from `checkpoints.needed_bytes`.
        problems: gains R658 when fewer are free.
    """
    free = free_bytes(folder)
    if free is not None and free < needed:
        problems.append(TooLittleSpace(None, str(folder), needed, free))


def free_bytes(folder: Path) -> int | None:
    """What this user may still write on a folder's disk; None when the system does not say."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def unwritable(folder: Path, error: OSError) -> UnwritableFolder:
    """The Problem of a folder that the system did not let us write to."""
    return UnwritableFolder(None, str(folder), error_name(error), words_of(error))


def error_name(error: OSError) -> str:
    """The system's name of an error, such as `ENOSPC`; empty when it has none."""
    return errno.errorcode.get(error.errno or 0, "")


def words_of(error: OSError) -> str:
    """The system's words for an error."""
    return error.strerror or str(error) or type(error).__name__


def write_and_sync(path: Path, content: bytes) -> None:
    """A new file that is on the disk when this returns."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, not only the files."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows has no such call
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
