"""R66x: what a command was asked for and cannot give."""

import errno
import os
from collections.abc import Mapping
from typing import ClassVar

from recipe.diagnostics.problems import Problem
from recipe.diagnostics.suggestions import nearest


class NoSuchKey(Problem):
    """A key that no value of a spec has.

    Args:
        key: as it was given.
        spec: where it was looked for.
        known: every path that would have been found, and the ends of these.
    """

    code: ClassVar[str] = "R661"

    key: str
    spec: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        """What was looked for, and where."""
        return f"no value of `{self.spec}` has the key `{self.key}`"

    @property
    def help(self) -> str:
        """The key that was meant, else what keys look like."""
        meant = nearest(self.key, self.known)
        if meant:
            return f"did you mean `{meant}`?"
        return "a key is a dotted path, such as `optimizer.AdamW.learning_rate`, or the end of one"


class NoSuchCode(Problem):
    """A code that no message has."""

    code: ClassVar[str] = "R662"

    given: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        """What was looked for."""
        return f"`{self.given}` is not the code of a message"

    @property
    def help(self) -> str:
        """How to ask for something else."""
        meant = nearest(self.given.upper(), self.known)
        asked = f"did you mean `{meant}`? " if meant else ""
        return f"{asked}`recipe explain SPEC KEY` explains a value of a spec"


class NoSuchTemplate(Problem):
    """A template that does not ship with recipe."""

    code: ClassVar[str] = "R663"

    name: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        """Which one."""
        return f"there is no template `{self.name}`"

    @property
    def help(self) -> str:
        """The template that was meant, else all of them."""
        meant = nearest(self.name, self.known)
        return f"did you mean `{meant}`?" if meant else f"there are {', '.join(self.known)}"


class NoSuchPage(Problem):
    """A page that the documentation does not have."""

    code: ClassVar[str] = "R667"

    name: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        """Which one."""
        return f"there is no page `{self.name}`"

    @property
    def help(self) -> str:
        """The page that was meant, else all of them."""
        meant = nearest(self.name, self.known)
        return f"did you mean `{meant}`?" if meant else f"there are {', '.join(self.known)}"


class FileInTheWay(Problem):
    """A file that would have to be overwritten."""

    code: ClassVar[str] = "R664"
    why: ClassVar[str] = "what you wrote is not replaced unless you ask for it"

    path: str

    @property
    def message(self) -> str:
        """Which one."""
        return f"`{self.path}` exists already"

    @property
    def help(self) -> str:
        """The ways out."""
        return "choose another name with `-o FILE`, or replace it with `--force`"


_FREE_SPACE = "free some space, or choose another place with `--run DIR` or `-o FILE`"
_OTHER_PLACE = "choose another place with `--run DIR` or `-o FILE`, or change its permissions"
_NOT_A_FOLDER = "a file and a folder have the same name here; choose another place"
REMEDIES: Mapping[int, str] = {
    errno.ENOSPC: _FREE_SPACE,
    errno.EDQUOT: _FREE_SPACE,
    errno.EACCES: _OTHER_PLACE,
    errno.EPERM: _OTHER_PLACE,
    errno.EROFS: _OTHER_PLACE,
    errno.ENOTDIR: _NOT_A_FOLDER,
    errno.EISDIR: _NOT_A_FOLDER,
    errno.EEXIST: _NOT_A_FOLDER,
    errno.EFBIG: "raise the limit of file sizes with `ulimit -f unlimited`",
    errno.EIO: "the disk may be failing: choose a place on another one",
    errno.ESTALE: "the network disk was away: do it again where it is back",
    errno.ENOLCK: "this disk has no locks: choose a place on another one",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EMFILE: "raise the limit of open files with `ulimit -n 4096`",
    errno.ENFILE: "close other programs: the system has too many files open",
}
"""What to do about an error of the system, by its number."""


class CannotWrite(Problem):
    """A file or folder that the system does not let us write.

    Args:
        path: of the file, or of the place; empty when the system did not say.
        reason: in the words of the system.
        remedy: what to do; may be empty.
    """

    code: ClassVar[str] = "R665"

    path: str
    reason: str
    remedy: str

    @property
    def message(self) -> str:
        """Where, and why."""
        return (
            f"`{self.path}` cannot be written: {self.reason}" if self.path else f"cannot write: {self.reason}"
        )

    @property
    def help(self) -> str:
        """The way out."""
        return self.remedy


def cannot_write(path: str, error: OSError) -> CannotWrite:
    """The Problem of a place that the system does not let us write to.

    Args:
        path: of the place.
        error: of the system.
    """
    number = error.errno or 0
    words = os.strerror(number).lower() if number else str(error)
    return CannotWrite(None, path, words, REMEDIES.get(number, "choose another place"))


class OutOfMemory(Problem):
    """A run that needs more memory than there is."""

    code: ClassVar[str] = "R666"

    reason: str

    @property
    def message(self) -> str:
        """What the system said."""
        return f"out of memory: {self.reason}" if self.reason else "out of memory"

    @property
    def help(self) -> str:
        """The ways out."""
        return "lower `training.batch_size`, or make the network smaller"
