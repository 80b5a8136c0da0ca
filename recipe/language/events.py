"""What the YAML scanner reports, one piece after the other, in types of ours."""

import re
from enum import StrEnum
from typing import NamedTuple

from recipe.diagnostics.spans import Span

LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line for the scanner."""


class Place(NamedTuple):
    """A position in a text: line and column, and characters before it, all from 0."""

    line: int
    column: int
    offset: int = 0

    def after(self, passed: str) -> "Place":
        """The place behind a text that begins here."""
        *breaks, last = LINE_BREAK.split(passed)
        column = len(last) + (0 if breaks else self.column)
        return Place(self.line + len(breaks), column, self.offset + len(passed))

    def to(self, end: "Place", source: str) -> Span:
        """The span from here to another place."""
        return Span(source, self.line + 1, self.column + 1, end.line + 1, end.column + 1)


class Kind(StrEnum):
    """What an event begins, is, or ends."""

    SCALAR = "scalar"
    ALIAS = "alias"
    LIST = "list"
    MAPPING = "mapping"
    END = "end"


class Event(NamedTuple):
    """One scalar, one alias, or the start or end of a list or mapping.

    Args:
        kind: which of them.
        start: where it begins, with its anchor and tag.
        end: after its last character; equal to `start` for what has no text of its own.
        text: of a scalar without its quotes, of an alias its name.
        style: of a scalar: empty for plain, else its quote, `|` or `>`.
        anchor: the name after `&`, or empty.
        has_tag: whether it has a tag.
        in_brackets: whether a list or mapping is written in brackets or braces.
    """

    kind: Kind
    start: Place
    end: Place
    text: str = ""
    style: str = ""
    anchor: str = ""
    has_tag: bool = False
    in_brackets: bool = False
