"""Files that are either whole or not there."""

import glob
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from recipe.diagnostics.commands import cannot_write
from recipe.diagnostics.machine import MachineError

_TEMPORARY = ".tmp"


def write_atomically(path: Path, content: bytes) -> None:
    """Put a file in place in one step, so that a reader never sees half of it.

    Args:
        path: its folder is created if need be; an older file is replaced.
        content: everything that will stand in it.
    """
    with _whole(path) as file:
        file.write(content)


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which has its name when all is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _named(path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_TEMPORARY)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Lets an error of the system name the file that was meant."""
    try:
        yield
    except OSError as error:
        if error.errno is None:  # of Python, with words of its own
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


def append(path: Path, text: str) -> None:
    """Add to the end of a file."""
    with _named(path), path.open("a", encoding="utf-8") as file:
        file.write(text)


def sweep(path: Path) -> None:
    """Delete what killed processes left of a file that they were writing; nobody may be writing it now."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.?*{_TEMPORARY}"):
        left.unlink(missing_ok=True)


def is_stream(path: Path) -> bool:
    """Whether a path is a pipe or a device, such as /dev/null, which is written to and never replaced."""
    try:
        return path.exists() and not path.is_file() and not path.is_dir()
    except OSError:  # no name of a file; who writes there is told
        return False


def write_result(path: Path, content: bytes) -> None:
    """Write what a command makes to the place that its user named; see `write_pieces`."""
    write_pieces(path, (content,))


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """Write what a command makes piece by piece, each as it comes; a link stays one.

    Args:
        path: see `write_atomically`; into a pipe or a device the content is written as it is.
        pieces: of everything that will stand in it.

    Raises:
        MachineError: R665 when the system does not let us.
    """
    try:
        with path.open("wb") if is_stream(path) else _whole(path.resolve()) as file:
            for piece in pieces:
                file.write(piece)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise MachineError([cannot_write(str(path), error)]) from error


def readable(name: str) -> str:
    r"""The name of a file as text that can be written; bytes that are no UTF-8 are spelled.

    >>> readable(b"7\xff.png".decode("utf-8", "surrogateescape"))
    '7\\xff.png'
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
