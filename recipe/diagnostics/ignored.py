"""R190 to R199: comments that ask for silence and cannot have it."""

from typing import ClassVar

from recipe.diagnostics.problems import Label, Problem, Severity
from recipe.diagnostics.spans import Span
from recipe.diagnostics.suggestions import nearest
from recipe.diagnostics.wording import clipped


class UnneededIgnore(Problem):
    """A comment that silences nothing.

    Args:
        given: the code that it names.
        known: every code when this is none of them, else nothing.
    """

    code: ClassVar[str] = "R190"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = "it would hide the next mistake on this line, or it never hid the one that was meant"
    bad: ClassVar[str] = "training: {epochs: 3, batch_size: 32}  # recipe: ignore[L301] a trial"
    good: ClassVar[str] = "training: {epochs: 3, batch_size: 32}"

    given: str
    known: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        if self.known:
            return f"`{clipped(self.given, 20)}` is not the code of a message"
        return f"nothing on this line is told as {self.given}, so there is nothing to ignore"

    @property
    def label(self) -> str:
        found = nearest(self.given.upper(), self.known)
        return f"did you mean `{found}`?" if found else ""

    @property
    def help(self) -> str:
        return "" if self.label else f"remove `{clipped(self.given, 20)}` from the comment"


class ErrorIgnored(Problem):
    """A comment that would silence an error."""

    code: ClassVar[str] = "R191"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = "an error has no meaning that could be run, so there is nothing to go on with"
    bad: ClassVar[str] = "training: {epoch: 3}  # recipe: ignore[R201]"
    good: ClassVar[str] = "training: {epochs: 3}"

    given: str
    error: Span

    @property
    def message(self) -> str:
        return f"{self.given} is an error and cannot be ignored"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.error, "the error"),)


class IgnoreWithoutCodes(Problem):
    """A comment that asks for silence and does not say about what."""

    code: ClassVar[str] = "R192"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = "an ignore of everything would hide mistakes that nobody has made yet"
    bad: ClassVar[str] = "training: {epochs: 3}  # recipe: ignore"
    good: ClassVar[str] = "training: {epochs: 3}"

    @property
    def message(self) -> str:
        return "`recipe: ignore` needs the codes that it silences, in brackets"

    @property
    def help(self) -> str:
        return "for example `# recipe: ignore[L301] a short run to try it out`"
