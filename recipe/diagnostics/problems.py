"""A Problem is data: call sites give facts, the class of its code words them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from recipe.diagnostics.records import Record
from recipe.diagnostics.spans import Span


class Severity(StrEnum):
    """How bad a Problem is; only `ERROR` stops a run."""

    ERROR = "error"
    WARNING = "warning"
    PERF = "perf"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Label:
    """A further place that belongs to a Problem, and what to say there."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of a spec that is to be written in another way.

    Args:
        span: the stretch.
        written: what may stand there now; where something else does, nothing is edited.
        replacement: what is to stand there.
    """

    span: Span
    written: tuple[str, ...]
    replacement: str


@dataclass(frozen=True, slots=True)
class Fix:
    """What `--fix` may do about a Problem: the spec then says what its author surely meant."""

    edits: tuple[Edit, ...]


class Problem(Record):
    """Base of all problems.

    A subclass sets `code`, declares its facts as fields, and words them in `message`. Its docstring is what
    `recipe explain CODE` shows first; `why`, `bad` and `good` follow.

    Args:
        span: the place to blame; `None` when no text is to blame (a machine, a run folder).
    """

    code: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR
    why: ClassVar[str] = ""
    bad: ClassVar[str] = ""
    good: ClassVar[str] = ""

    span: Span | None

    @property
    def message(self) -> str:
        """One sentence that stands alone: lower case start, no full stop."""
        raise NotImplementedError

    @property
    def label(self) -> str:
        """Words beside the caret, usually a suggestion; may be empty."""
        return ""

    @property
    def further(self) -> tuple[Label, ...]:
        """Other places that take part: the first of two duplicate keys, the value that conflicts."""
        return ()

    @property
    def other_places(self) -> tuple[Label, ...]:
        """The other places, and those in the text that a variable carried the value to at last."""
        through = self.span.through if self.span else ()
        last = [place for place in through if place.source == through[-1].source]
        return (*self.further, *(Label(place, "used here") for place in last))

    @property
    def help(self) -> str:
        """How to get out; may be empty or span several lines."""
        return ""

    @property
    def fix(self) -> Fix | None:
        """The edit that gets out, where what was meant is clear."""
        return None

    def rewritten(self, replacement: str, *written: str) -> Fix | None:
        """The fix that writes something else at the place to blame; None when there is nothing to write."""
        return Fix((Edit(self.span, written, replacement),)) if self.span and replacement else None


class RecipeError(Exception):
    """Everything that recipe refuses; carries all problems at once.

    Args:
        problems: what was found, errors among them.
        texts: the sources that spans point into, by name.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, problems: Sequence[Problem], texts: "Texts | None" = None):
        self.problems = tuple(problems)
        self.texts = texts or Texts()
        super().__init__("; ".join(problem.message for problem in self.problems))


@dataclass(slots=True)
class Texts:
    """The texts that were read, by the source name that spans use."""

    by_source: dict[str, str] = field(default_factory=dict)
    _lines: dict[str, list[str]] = field(default_factory=dict, repr=False, compare=False)

    def line(self, source: str, number: int) -> str | None:
        """Line `number` (from 1) of a source, or None when it is unknown."""
        if source not in self._lines:
            self._lines[source] = self.by_source.get(source, "").splitlines()
        lines = self._lines[source]
        return lines[number - 1] if 0 < number <= len(lines) else None


class EnoughProblems(Exception):  # noqa: N818
    """So many errors that looking for more says nothing new; carries the first that was not told."""

    def __init__(self, problem: Problem):
        self.problem = problem
        super().__init__(problem.message)


class Collected(list[Problem]):
    """The problems of one check, which ends at the error after the last that it holds.

    Args:
        most: how many errors it holds.
    """

    def __init__(self, most: int):
        self._left = most
        super().__init__()

    def append(self, problem: Problem) -> None:
        """Tell a problem.

        Raises:
            EnoughProblems: it is an error, and there are enough.
        """
        if problem.severity is Severity.ERROR:
            if self._left == 0:
                raise EnoughProblems(problem)
            self._left -= 1
        super().append(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Tell problems one by one; see `append`."""
        for problem in problems:
            self.append(problem)

    def __iadd__(self, problems: Iterable[Problem]) -> "Collected":  # type: ignore[misc,override]
        self.extend(problems)
        return self


def errors(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """The problems that stop a run."""
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)


def in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Problems by source and line, each told once."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda problem: (problem.span is None, problem.span, problem.code)))
