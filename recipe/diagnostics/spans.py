"""Where something is written."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text in one source; lines and columns count from 1, columns in characters.

    Args:
        source: name of the text as the user knows it: a path, `<stdin>`, or `--set 1` for the first override.
        line: first line.
        column: first column.
        end_line: last line.
        end_column: column after the last character.
    """

    source: str
    line: int
    column: int
    end_line: int
    end_column: int

    def to(self, other: "Span") -> "Span":
        """The stretch from the start of this span to the end of another in the same source."""
        return Span(self.source, self.line, self.column, other.end_line, other.end_column)
