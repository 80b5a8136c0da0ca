"""R62x: packed data, and where they lie."""

from typing import ClassVar

from recipe.diagnostics.data import counted
from recipe.diagnostics.data_files import names
from recipe.diagnostics.machine import MachineError, reason_of, size
from recipe.diagnostics.problems import Problem, Severity
from recipe.diagnostics.suggestions import nearest

_PLACE = "the environment variable RECIPE_CACHE names another folder for it"


class PackError(MachineError):
    """The cache refuses what packing needs, or gives what was not packed."""


class CacheRefuses(Problem):
    """The folder of packed data cannot be written to.

    Args:
        path: of the folder.
        name: of the system's error, such as `EROFS`.
        words: of the system.
    """

    code: ClassVar[str] = "R622"
    why: ClassVar[str] = "decoded once, data are read from there by every run, without decoding them again"

    path: str
    name: str
    words: str

    @property
    def message(self) -> str:
        return f"the cache `{self.path}` cannot be written to: {reason_of(self.name, self.words)}"

    @property
    def help(self) -> str:
        return _PLACE


class CacheTooSmall(Problem):
    """A disk that cannot hold what is to be packed.

    Args:
        path: of the cache.
        title: of what is packed.
        needed: bytes.
        free: bytes.
    """

    code: ClassVar[str] = "R623"

    path: str
    title: str
    needed: int
    free: int

    @property
    def message(self) -> str:
        return (
            f"`{self.title}` takes {size(self.needed)} when it is packed, "
            f"and the disk of the cache `{self.path}` has {size(self.free)} free"
        )

    @property
    def help(self) -> str:
        return f"`recipe cache` shows what lies there and removes it; {_PLACE}"


class PackedAnew(Problem):
    """Packed data that are not what was packed; they were packed once more.

    Args:
        title: of what is packed.
        reason: what was wrong with them.
    """

    code: ClassVar[str] = "R624"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = "disks lose bits, and programs are killed while they delete"

    title: str
    reason: str

    @property
    def message(self) -> str:
        return f"the packed data of `{self.title}` were damaged and are packed anew: {self.reason}"


class DamagedExample(Problem):
    """An example that is read from packed data and is not what was packed.

    Args:
        path: of the file.
        row: of the first such example.
        count: of those that were read together with it.
    """

    code: ClassVar[str] = "R625"
    why: ClassVar[str] = (
        "what lies in memory is checked before the first step, what is streamed as it is read"
    )

    path: str
    row: int
    count: int

    @property
    def message(self) -> str:
        return f"{counted(self.count, 'example')} of `{self.path}` changed on the disk, first row {self.row}"

    @property
    def help(self) -> str:
        return "start the run again: the source is packed anew, and the run goes on from its checkpoint"


class NoSuchPack(Problem):
    """Packed data that nobody packed."""

    code: ClassVar[str] = "R626"

    name: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"the cache has no packed data `{self.name}`"

    @property
    def label(self) -> str:
        suggestion = nearest(self.name, self.known)
        return f"did you mean `{suggestion}`?" if suggestion else ""

    @property
    def help(self) -> str:
        return "`recipe cache` lists them; `recipe cache remove --all` removes them all"


class Streamed(Problem):
    """Examples that do not fit on the device and are streamed instead.

    Args:
        part: train, validation or test.
        bytes: of its examples.
        free: bytes on the device; None when it does not say, or was not asked.
    """

    code: ClassVar[str] = "R627"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = (
        "a quarter of the free memory of a device is given to examples; the numbers of a run are the same "
        "either way, and `runtime.examples` decides otherwise"
    )

    part: str
    bytes: int
    free: int | None

    @property
    def message(self) -> str:
        where = "" if self.free is None else f", {size(self.free)} are free on the device"
        return f"the examples of `{self.part}` are streamed: they take {size(self.bytes)}{where}"


class ChangedWhileRead(Problem):
    """Files that another program writes to while they are packed.

    Args:
        files: their names.
    """

    code: ClassVar[str] = "R628"
    why: ClassVar[str] = (
        "half of one content and half of another would be packed and found again by every run"
    )

    files: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"{names(self.files)} changed while {'it was' if len(self.files) == 1 else 'they were'} read"

    @property
    def help(self) -> str:
        return "start again when nothing writes there; a file that is renamed when it is whole never changes"
