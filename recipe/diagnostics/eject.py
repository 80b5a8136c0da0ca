"""R346: what a script cannot say yet."""

from typing import ClassVar

from recipe.diagnostics.problems import Problem


class CannotBeEjected(Problem):
    """A part of a spec that no script is printed for.

    Args:
        path: of the part.
        what: that is written or meant there.
        reason: what a script does, which does not go with that.
        way: what `--set` may make of the part; empty where nobody can say.
    """

    code: ClassVar[str] = "R346"
    why: ClassVar[str] = "a script that left it out, or did it otherwise, would train other weights"

    path: str
    what: str
    reason: str
    way: str = ""

    @property
    def message(self) -> str:
        """The part."""
        return f"`{self.path}` cannot be printed as a script: {self.reason}. Received: {self.what}"

    @property
    def help(self) -> str:
        """The ways out."""
        change = f"`--set {self.way}` changes it" if self.way else f"change `{self.path}` with `--set`"
        return f"{change}; `recipe fit` trains it as it is"
