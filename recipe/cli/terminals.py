"""What a stream can show: colour, width, live lines, and characters outside ASCII."""

import os
from typing import TextIO

_WIDTH = 80  # where nobody says how wide it is
_NARROWEST = 20


def tell(stream: TextIO, text: str) -> None:
    """Write a text at once; a terminal that was closed hears nothing from then on, and ends no run.

    Raises:
        BrokenPipeError: when a reader left.
    """
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError:
        forget(stream)


def forget(stream: TextIO) -> None:
    """Send what is still buffered nowhere; else Python complains when it closes the stream."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)


def is_live(stream: TextIO) -> bool:
    """Whether a line can be drawn again in place: a terminal that understands more than text."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def has_colour(stream: TextIO) -> bool:
    """Whether to write colours: `NO_COLOR` (no-color.org), then `FORCE_COLOR`, then the terminal decides."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_live(stream)


def width_of(stream: TextIO) -> int:
    """Cells in a line: of `COLUMNS`, else of the terminal, else 80."""
    written = os.environ.get("COLUMNS", "")
    if written.isdecimal() and int(written) > 0:
        return max(int(written), _NARROWEST)
    try:
        return max(os.get_terminal_size(stream.fileno()).columns or _WIDTH, _NARROWEST)
    except (OSError, ValueError):
        return _WIDTH


def is_ascii_only(stream: TextIO) -> bool:
    """Whether the encoding of a stream has no place for the characters outside ASCII."""
    return (stream.encoding or "ascii").lower().replace("_", "-") not in (
        "utf-8",
        "utf8",
        "utf-16",
        "utf-8-sig",
    )
