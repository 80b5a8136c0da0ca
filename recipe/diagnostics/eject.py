"""R346: what a script cannot say yet."""

from typing import ClassVar

from recipe.diagnostics.problems import Problem


class CannotBeEjected(Problem):
    """A part of a spec that no script is printed for.

    Args:
        path: of the part.
        what: that is written or meant there.
    """

    code: ClassVar[str] = "R346"
    why: ClassVar[str] = "a script that left it out, or did it otherwise, would train other weights"

    path: str
    what: str

    @property
    def message(self) -> str:
        """The part."""
        return f"`{self.path}` cannot be printed as a script. Received: {self.what}"

    @property
    def help(self) -> str:
        """The ways out."""
        return f"change `{self.path}` with `--set`, or train with `recipe fit`"
