"""Bad rows of a source: refused, or left out up to a limit, counted and told either way."""

import math
from dataclasses import dataclass, field

from recipe.catalog.calls import Call
from recipe.data.tables import MOST_PLACES
from recipe.diagnostics.data_sources import SkippedRows, TooManyBadRows
from recipe.diagnostics.places import Place
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span


@dataclass(slots=True)
class BadRows:
    """The bad rows of one source.

    Args:
        most: how many may be left out, a count (int) or a share of all rows (float); 0 refuses each.
        count: of those that were found.
        places: of the first few.
        reason: what is wrong with the first.
    """

    most: float | int = 0
    count: int = 0
    places: list[Place] = field(default_factory=list)
    reason: str = ""

    @classmethod
    def of(cls, call: Call) -> "BadRows":
        """As `bad_rows` of a source says."""
        written = call.get("bad_rows")
        skip = written["skip"] if isinstance(written, Call) else 0
        return cls(skip if isinstance(skip, int | float) else 0)

    @property
    def are_skipped(self) -> bool:
        """Whether any may be left out."""
        return self.most > 0

    def limit(self, rows: int) -> int:
        """How many of so many rows may be left out."""
        return math.floor(self.most * rows) if isinstance(self.most, float) else self.most

    def add(self, place: Place, reason: str) -> None:
        """Count one."""
        if not self.count:
            self.reason = reason
        if self.count < MOST_PLACES:
            self.places.append(place)
        self.count += 1

    def settle(self, source: str, rows: int, span: Span | None, problems: list[Problem]) -> bool:
        """Whether the rows that were left out may be missing.

        Args:
            source: its name.
            rows: good ones.
            span: where to blame.
            problems: R558 or R559 is appended.
        """
        most = self.limit(rows + self.count)
        if not self.count:
            return True
        facts = (self.reason, tuple(self.places))
        if self.count > most:
            problems.append(TooManyBadRows(span, source, self.count, most, *facts))
            return False
        problems.append(SkippedRows(span, source, self.count, rows, *facts))
        return True
