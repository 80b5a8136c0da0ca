"""The disk in a few words: what is free, what it refused, and waiting until something is on it."""

import errno
import os
import shutil
from pathlib import Path


def free_bytes(folder: Path) -> int | None:
    """What this user may still write on a folder's disk; None when the system does not say."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


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
