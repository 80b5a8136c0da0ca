"""Where something is written."""

from dataclasses import dataclass, field, replace

_MOST_PLACES = 32  # that are kept of a value's way through variables, of which each may use the one before


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text in one source; lines and columns count from 1, columns in characters.

    Args:
        source: name of the text as the user knows it: a path, `<stdin>`, or `--set 1` for the first override.
        line: first line.
        column: first column.
        end_line: last line.
        end_column: column after the last character.
        through: of a value that variables carried to other places: these places, in turn.
    """

    source: str
    line: int
    column: int
    end_line: int
    end_column: int
    through: tuple["Span", ...] = field(default=(), compare=False)

    @property
    def used_at(self) -> "Span":
        """Where the value that is written here came to stand."""
        return self.through[-1] if self.through else self

    def carried_to(self, place: "Span") -> "Span":
        """This span, of a value that a variable carries to one more place."""
        return replace(self, through=(*self.through[1 - _MOST_PLACES :], place))

    def to(self, other: "Span") -> "Span":
        """The stretch from the start of this span to the end of another in the same source."""
        return Span(self.source, self.line, self.column, other.end_line, other.end_column)
