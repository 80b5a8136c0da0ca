"""R6xx: run folders."""

from dataclasses import dataclass
from typing import ClassVar

from recipe.diagnostics.problems import Problem, RecipeError


class RunFolderError(RecipeError):
    """A run folder cannot be used as it is."""

    exit_code: ClassVar[int] = 7


@dataclass(frozen=True, slots=True)
class NotARunFolder(Problem):
    """A path that was given as a run and is none.

    Args:
        path: as it was given.
        exists: whether there is a folder at all.
        nearest: a run folder that may have been meant: the newest one inside; empty when there is none.
    """

    code: ClassVar[str] = "R601"
    why: ClassVar[str] = "a run folder holds the `status.json` that `recipe fit` writes; nothing is guessed"

    path: str
    exists: bool
    nearest: str = ""

    @property
    def message(self) -> str:
        """What was expected there."""
        found = "has no `status.json`" if self.exists else "does not exist"
        return f"`{self.path}` is not a run folder: it {found}"

    @property
    def help(self) -> str:
        """The folder that may have been meant, else how to find one."""
        if self.nearest:
            return f"did you mean `{self.nearest}`?"
        return "`recipe runs` lists the runs of this directory"


@dataclass(frozen=True, slots=True)
class UnreadableRunFile(Problem):
    """A file of a run folder that is missing or damaged.

    Args:
        path: of the file.
        reason: what is wrong with it, such as `row 3 has 4 cells, expected 7`; empty when it is missing.
        remedy: what to do.
    """

    code: ClassVar[str] = "R602"
    why: ClassVar[str] = (
        "recipe writes these files in one piece: a damaged one was changed or cut by something else"
    )

    path: str
    reason: str
    remedy: str

    @property
    def message(self) -> str:
        """Which file, and what is wrong with it."""
        return f"`{self.path}` cannot be read: {self.reason}" if self.reason else f"`{self.path}` is missing"

    @property
    def help(self) -> str:
        """How to get the file back."""
        return self.remedy


@dataclass(frozen=True, slots=True)
class FolderHasARun(Problem):
    """A folder of `--run` in which a run was begun before.

    Args:
        path: as it was given.
    """

    code: ClassVar[str] = "R603"
    why: ClassVar[str] = "going on with a run is not built yet, and a second run would overwrite the first"

    path: str

    @property
    def message(self) -> str:
        """Which folder."""
        return f"`{self.path}` holds a run already, and `resume` is not built yet"

    @property
    def help(self) -> str:
        """The ways out."""
        return "give `--run` a new folder, or leave it out for the next free number"
