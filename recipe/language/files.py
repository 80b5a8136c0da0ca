"""Files as text: regular files, UTF-8, and never more than a spec may have."""

import codecs
from itertools import islice
from pathlib import Path

from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.text import MissingFile, NotAFile, NotUtf8, TooLarge, UnreadableFile

MAX_BYTES = 256 * 1024
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MOST_SUGGESTED = 500  # files of a folder that are looked at for a misspelled name


def read_text(path: Path, shown_as: str, problems: list[Problem]) -> str | None:
    """The text of a file, or None after a Problem.

    Args:
        path: of the file.
        shown_as: its name as the user knows it; spans use it.
        problems: collects R101 to R105.
    """
    try:
        data = _bytes(path, shown_as, problems)
    except FileNotFoundError:
        problems.append(MissingFile(None, shown_as, _beside(path)))
        return None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        problems.append(UnreadableFile(None, shown_as, (reason or "unknown reason").lower()))
        return None
    return None if data is None else decode(data, shown_as, problems)


def decode(data: bytes, source: str, problems: list[Problem]) -> str | None:
    """UTF-8 bytes as text, or None after a Problem; standard input comes in here.

    Args:
        data: what was read.
        source: name of the text; spans use it.
        problems: collects R104 and R105.
    """
    if len(data) > MAX_BYTES:
        problems.append(TooLarge(_start(source), len(data), MAX_BYTES))
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        lines = data[: error.start].decode("utf-8-sig").splitlines(keepends=True) or [""]
        if lines[-1].endswith(("\n", "\r")):
            lines.append("")
        line, column = len(lines), len(lines[-1]) + 1
        looks_like = "UTF-16" if data.startswith(_UTF_16) else "Latin-1, Windows-1252 or a binary file"
        span = Span(source, line, column, line, column + 1)
        problems.append(NotUtf8(span, data[error.start], looks_like))
        return None


def _bytes(path: Path, shown_as: str, problems: list[Problem]) -> bytes | None:
    size = path.stat().st_size
    if not path.is_file():
        what = "the directory" if path.is_dir() else "the device or pipe"
        problems.append(NotAFile(None, shown_as, what))
        return None
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) <= MAX_BYTES:
        return data
    problems.append(TooLarge(_start(shown_as), max(size, len(data)), MAX_BYTES))
    return None


def _beside(path: Path) -> tuple[str, ...]:
    """Names of files that the user may have meant."""
    try:
        return tuple(sorted(entry.name for entry in islice(path.parent.iterdir(), _MOST_SUGGESTED)))
    except OSError:
        return ()


def _start(source: str) -> Span:
    return Span(source, 1, 1, 1, 1)
