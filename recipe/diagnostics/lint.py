"""L...: what is admitted and probably not meant, each with who says so.

The codes: L1xx output, loss and metrics, L2xx architecture and regularization, L3xx optimizer and schedule,
L4xx monitoring, L5xx data, L6xx precision and speed, L7xx what a finished run shows.
"""

from typing import ClassVar

from recipe.diagnostics.problems import Problem, Severity


class Lint(Problem):
    """Base of what a lint rule finds; `source` cites who says that it is a mistake."""

    severity: ClassVar[Severity] = Severity.WARNING
    source: ClassVar[str]


def counted(count: int, noun: str) -> str:
    """A number and its noun: `1 layer`, `3 layers`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
