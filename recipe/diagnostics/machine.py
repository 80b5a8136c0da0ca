"""R65x: what the machine cannot offer."""

from collections.abc import Mapping
from typing import ClassVar

from recipe.diagnostics.problems import Problem, RecipeError


class TooFewDevices(Problem):
    """A strategy that shares a batch over several devices on a machine with one."""

    code: ClassVar[str] = "R651"
    bad: ClassVar[str] = "runtime: {strategy: mirrored}"
    good: ClassVar[str] = "runtime: {strategy: auto}"

    strategy: str
    found: int
    kind: str

    @property
    def message(self) -> str:
        """How many there are."""
        here = f"this machine has {self.found} {self.kind}"
        return f"`strategy: {self.strategy}` needs at least 2 devices, and {here}"

    @property
    def help(self) -> str:
        """The way out."""
        return "write `strategy: auto`, which uses what is there"


class BackendTaken(Problem):
    """A spec for one backend in a process that already runs Keras on another."""

    code: ClassVar[str] = "R653"
    why: ClassVar[str] = "Keras chooses its backend once, when it is imported"

    wanted: str
    running: str

    @property
    def message(self) -> str:
        return f"the spec wants the backend {self.wanted}, and Keras runs on {self.running} in this process"

    @property
    def help(self) -> str:
        return f"set the environment variable KERAS_BACKEND={self.wanted} before keras is imported"


class BackendMissing(Problem):
    """A backend that is not installed."""

    code: ClassVar[str] = "R654"

    backend: str

    @property
    def message(self) -> str:
        return f"the backend {self.backend} is not installed"

    @property
    def help(self) -> str:
        return f"install it with `pip install 'keras-recipe[{self.backend}]'`"


class MachineError(RecipeError):
    """The machine refuses what a run needs: disk, memory, permission."""

    exit_code: ClassVar[int] = 6


# Name of the system's error: what is wrong with the folder, and the way out.
_REFUSALS: Mapping[str, tuple[str, str]] = {
    "EROFS": ("its file system is mounted read-only", "choose another folder with `--run DIR`"),
    "EACCES": (
        "this user has no permission",
        "change the permissions of the folder, or choose another with `--run DIR`",
    ),
    "EPERM": (
        "this user has no permission",
        "change the permissions of the folder, or choose another with `--run DIR`",
    ),
    "ENOSPC": ("the disk is full", "free some space, or choose a folder on another disk with `--run DIR`"),
    "EDQUOT": (
        "the disk quota of this user is used up",
        "delete some files, or choose a folder on another disk with `--run DIR`",
    ),
    "EFBIG": (
        "a file would pass the size limit of this process",
        "raise the limit with `ulimit -f unlimited`",
    ),
    "EIO": (
        "the disk reports an input/output error",
        "the disk may be failing: choose a folder on another disk with `--run DIR`",
    ),
    "ENAMETOOLONG": ("the path is too long", "choose a shorter path with `--run DIR`"),
}


class WeightsNotFetched(Problem):
    """Trained weights that cannot be fetched."""

    code: ClassVar[str] = "R619"

    application: str
    reason: str

    @property
    def message(self) -> str:
        return f"the weights of `{self.application}` cannot be fetched: {self.reason}"

    @property
    def help(self) -> str:
        return (
            "Keras keeps what it fetched under `~/.keras/models`; `weights: null` begins with random weights"
        )


class UnwritableFolder(Problem):
    """A run folder that nothing can be written to.

    Args:
        path: of the folder.
        name: of the system's error, such as `EROFS`.
        words: of the system.
    """

    code: ClassVar[str] = "R657"
    why: ClassVar[str] = (
        "a run that cannot save loses everything when it ends, so it is tried before the first step"
    )

    path: str
    name: str
    words: str

    @property
    def message(self) -> str:
        """Where, and why."""
        return f"`{self.path}` cannot be written to: {reason_of(self.name, self.words)}"

    @property
    def help(self) -> str:
        """The way out."""
        return _REFUSALS.get(self.name, ("", "choose another folder with `--run DIR`"))[1]


class TooLittleSpace(Problem):
    """A disk that cannot hold the checkpoints of a run.

    Args:
        path: of the run folder.
        needed: bytes.
        free: bytes.
    """

    code: ClassVar[str] = "R658"
    why: ClassVar[str] = (
        "a new checkpoint is written before an old one is deleted, so one more than are kept must fit; "
        "it is better to hear this now than at the first save"
    )

    path: str
    needed: int
    free: int

    @property
    def message(self) -> str:
        """Needed, and free."""
        return (
            f"the checkpoints of this run need {size(self.needed)}, "
            f"and the disk of `{self.path}` has {size(self.free)} free"
        )

    @property
    def help(self) -> str:
        """The way out."""
        return _REFUSALS["ENOSPC"][1]


class CheckpointNotSaved(Problem):
    """A checkpoint that the disk did not take; the one before it is untouched.

    Args:
        path: of the checkpoint.
        name: of the system's error, such as `ENOSPC`.
        words: of the system.
        needed: bytes of the checkpoint.
        free: bytes on its disk; None when the system did not say.
    """

    code: ClassVar[str] = "R659"
    why: ClassVar[str] = "a new checkpoint takes its place only when it is whole, so nothing older was lost"

    path: str
    name: str
    words: str
    needed: int
    free: int | None

    @property
    def message(self) -> str:
        """Which one, why, and how much it needs."""
        room = "" if self.free is None else f"; it needs {size(self.needed)}, and {size(self.free)} are free"
        return f"the checkpoint `{self.path}` was not saved: {reason_of(self.name, self.words)}{room}"

    @property
    def help(self) -> str:
        """What is left, and the way out."""
        return f"the checkpoint before it is kept; {_REFUSALS.get(self.name, ('', 'see to the disk'))[1]}"


def reason_of(name: str, words: str) -> str:
    """What is wrong, by the name of the system's error; else in its own words."""
    return _REFUSALS[name][0] if name in _REFUSALS else words[:1].lower() + words[1:]


def size(num_bytes: int) -> str:
    """A number of bytes for people: `3.2 MB`."""
    for power, unit in ((4, "TB"), (3, "GB"), (2, "MB"), (1, "kB")):
        if num_bytes >= 1000**power:
            return f"{num_bytes / 1000**power:.1f} {unit}"
    return f"{num_bytes} bytes"


class Stalled(Problem):
    """A run in which nothing was done for longer than `--stall-timeout` allows.

    Args:
        minutes: that were allowed.
        stacks: the file in which each thread says where it stood.
    """

    code: ClassVar[str] = "R676"
    why: ClassVar[str] = (
        "a disk or a network that no longer answers holds a run for good; a process that ends can be started "
        "again, and goes on at its newest checkpoint"
    )

    minutes: float
    stacks: str

    @property
    def message(self) -> str:
        """For how long."""
        return f"no step was done for {self.minutes:g} minutes, so this process ends"

    @property
    def help(self) -> str:
        """Where to look, and the way on."""
        return f"`{self.stacks}` says what each thread waited for; the same command goes on"


class StepOutOfMemory(Problem):
    """A device without the memory that a step needs.

    Args:
        batch_size: examples an update.
        accumulate: parts in which they are computed, one after the other.
        reason: in the words of the framework.
    """

    code: ClassVar[str] = "R674"
    why: ClassVar[str] = "what a network keeps for its gradient grows with the examples that it sees at once"

    batch_size: int
    accumulate: int
    reason: str

    @property
    def message(self) -> str:
        """How many examples there were at once."""
        at_once = -(-self.batch_size // self.accumulate)
        return f"out of memory with {at_once} examples at once: {self.reason}"

    @property
    def help(self) -> str:
        """The ways out, the first of which trains the same."""
        parts = 2 * self.accumulate
        if parts > self.batch_size:
            return "make the network or its inputs smaller"
        return (
            f"write `training: {{batch_size: {self.batch_size}, accumulate: {parts}}}`: the same update from "
            f"{parts} parts; or lower `training.batch_size`"
        )
