"""R6xx: run folders."""

import shlex
from typing import ClassVar

from recipe.diagnostics.problems import Problem, RecipeError, Severity


class RunFolderError(RecipeError):
    """A run folder cannot be used as it is."""

    exit_code: ClassVar[int] = 7


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
        found = "it has no `status.json`" if self.exists else "there is no such folder"
        return f"`{self.path}` is not a run folder: {found}"

    @property
    def help(self) -> str:
        """The folder that may have been meant, else how to find one."""
        if self.nearest:
            return f"did you mean `{self.nearest}`?"
        return "`recipe runs` lists the runs of this directory"


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


class OtherFormat(Problem):
    """A file of a run folder that a version of recipe with another format wrote.

    Args:
        path: of the file, or of the checkpoint.
        format: that it has.
        known: the one that is read.
    """

    code: ClassVar[str] = "R604"
    why: ClassVar[str] = "another version of recipe wrote it, and what it says may mean something else here"

    path: str
    format: int
    known: int

    @property
    def message(self) -> str:
        """Both formats."""
        return f"`{self.path}` has the format {self.format}, and this recipe reads the format {self.known}"

    @property
    def help(self) -> str:
        """The way on."""
        return (
            "nothing was changed: install the version that wrote it, which the `environment.json` of the run "
            "names under `versions`, and give the same command again"
        )


class FolderGone(Problem):
    """A run folder that was moved or deleted while its run trained.

    Args:
        path: of the run folder, as it was.
    """

    code: ClassVar[str] = "R605"
    why: ClassVar[str] = "what is written now would be half a run, which nothing can read"

    path: str

    @property
    def message(self) -> str:
        """Which folder."""
        return f"`{self.path}` was moved or deleted while it was trained in, so that the run ends"

    @property
    def help(self) -> str:
        """The way on."""
        return "where it is now, `recipe resume RUN` goes on at its newest checkpoint"


class FolderHasARun(Problem):
    """A folder of `--run` in which a run was begun before.

    Args:
        path: as it was given.
        option: that asks for a new run; empty where both began at once.
    """

    code: ClassVar[str] = "R603"
    why: ClassVar[str] = "a second run in one folder would overwrite the first"

    path: str
    option: str = "--fresh"

    @property
    def message(self) -> str:
        """Which folder."""
        if not self.option:
            return f"another process began a run in `{self.path}` while this one was made ready"
        return f"`{self.path}` holds a run already, and `{self.option}` would overwrite it"

    @property
    def help(self) -> str:
        """The ways out."""
        return "give `--run` a new folder, or leave it out for the next free number"


class FolderInUse(Problem):
    """A run folder that another process trains in.

    Args:
        path: of the run folder.
        pid: of the process; None when it has not said yet.
        host: that it runs on.
        started: when, in UTC.
        on_this_host: whether a signal from here would reach it.
    """

    code: ClassVar[str] = "R607"
    why: ClassVar[str] = "two runs in one folder would overwrite each other's checkpoints"

    path: str
    pid: int | None
    host: str
    started: str
    on_this_host: bool

    @property
    def message(self) -> str:
        """Which folder, and who holds it."""
        if self.pid is None:
            return f"`{self.path}` is in use by another process"
        where = "" if self.on_this_host else f" on `{self.host}`"
        return f"`{self.path}` is in use by process {self.pid}{where}, which started at {self.started}"

    @property
    def help(self) -> str:
        """The ways out."""
        ending = f"end it with `kill {self.pid}` (it saves first), " if self.pid and self.on_this_host else ""
        return f"wait for it, {ending}or choose another folder with `--run DIR`"


class DamagedCheckpoint(Problem):
    """A checkpoint that is not what was saved, and that an older one stands in for.

    Args:
        path: of the checkpoint.
        reason: which file, and what is wrong with it.
        now_called: its new name; empty when it could not be renamed.
        used: the checkpoint that is used instead.
    """

    code: ClassVar[str] = "R608"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = (
        "a checkpoint is compared with the sizes and sha256 sums that were written when it was saved; "
        "disks, copies and other programs damage files"
    )

    path: str
    reason: str
    now_called: str
    used: str

    @property
    def message(self) -> str:
        """Which one, what is wrong, and what is used."""
        return f"the checkpoint `{self.path}` is damaged: {self.reason}; `{self.used}` is used instead"

    @property
    def help(self) -> str:
        """Where the damaged one is now."""
        if self.now_called:
            return f"it is kept as `{self.now_called}`; the steps since `{self.used}` are trained again"
        return f"it could not be renamed; the steps since `{self.used}` are trained again"


class NoWholeCheckpoint(Problem):
    """A run folder in which every checkpoint is damaged.

    Args:
        path: of the checkpoints.
        damaged: the name of each, the newest first, and what is wrong with it.
    """

    code: ClassVar[str] = "R609"
    why: ClassVar[str] = "a run that has checkpoints never begins anew unless you say so"

    path: str
    damaged: tuple[tuple[str, str], ...]

    @property
    def message(self) -> str:
        """Every one, and what is wrong with it."""
        listed = "; ".join(f"`{name}`: {reason}" for name, reason in self.damaged)
        return f"no checkpoint in `{self.path}` is whole: {listed}"

    @property
    def help(self) -> str:
        """The ways out."""
        return "put back a copy of one, or train from the start with `--fresh`; nothing was deleted"


class Interrupted(Problem):
    """A run that a signal ended; everything up to its last step is saved.

    Args:
        step: the last one that was done.
        folder: of the run.
    """

    code: ClassVar[str] = "R610"
    severity: ClassVar[Severity] = Severity.INFO

    step: int
    folder: str

    @property
    def message(self) -> str:
        """Where it stands."""
        return f"stopped after step {self.step}; everything up to it is saved in `{self.folder}`"

    @property
    def help(self) -> str:
        """How it goes on."""
        words = f"recipe resume {shlex.quote(self.folder)}"
        return (
            f"`{words}`, or the same command without `--fresh`, continues there, and ends with the same "
            "weights as a run that never stopped"
        )
