"""Where words go: results to standard output, everything else to standard error."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TextIO

from recipe.cli import terminals
from recipe.diagnostics.problems import Problem, Texts, errors
from recipe.diagnostics.rendering import render_text

STDOUT = "standard output"


class Verbosity(IntEnum):
    """How much is said beside the results."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


@dataclass(slots=True)
class Output:
    """The two streams of a command.

    Args:
        verbosity: set by `-q` and `-v` before the command begins.
    """

    verbosity: Verbosity = Verbosity.NORMAL

    def result(self, text: str) -> None:
        """Write a result; a newline is added where the text has none."""
        self.piece(_ended(text))

    def piece(self, text: str) -> None:
        """Write a part of a result, as it is.

        Raises:
            OSError: with the name `STDOUT`, when it takes nothing.
        """
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except OSError as error:
            error.filename = STDOUT
            raise

    def say(self, text: str) -> None:
        """Write a message, unless quiet."""
        if self.verbosity > Verbosity.QUIET:
            _write(sys.stderr, text)

    def detail(self, text: str) -> None:
        """Write a message that only `-v` asks for."""
        if self.verbosity is Verbosity.VERBOSE:
            _write(sys.stderr, text)

    def insist(self, text: str) -> None:
        """Write a message that even `-q` does not hide."""
        _write(sys.stderr, text)

    def report(self, problems: Sequence[Problem], texts: Texts) -> None:
        """Tell problems beside a result; when quiet, errors only."""
        told = errors(problems) if self.verbosity is Verbosity.QUIET else tuple(problems)
        if told:
            _write(sys.stderr, drawn(told, texts, sys.stderr))


def drawn(problems: Sequence[Problem], texts: Texts, stream: TextIO) -> str:
    """Problems as a stream can show them."""
    return render_text(
        problems,
        texts,
        colour=terminals.has_colour(stream),
        width=terminals.width_of(stream),
        ascii_only=terminals.is_ascii_only(stream),
    )


def _write(stream: TextIO, text: str) -> None:
    if text:
        terminals.tell(stream, _ended(text))


def _ended(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"
