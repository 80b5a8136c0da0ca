"""R50x: files of data that cannot be opened or decoded."""

from typing import ClassVar

from recipe.diagnostics.problems import Problem
from recipe.diagnostics.suggestions import nearest

MOST_NAMES = 12  # names shown before "and N more"


def names(known: tuple[str, ...]) -> str:
    """Names in backticks, the first dozen of them."""
    shown = ", ".join(f"`{name}`" for name in known[:MOST_NAMES])
    return shown + (f" and {len(known) - MOST_NAMES} more" if len(known) > MOST_NAMES else "")


class MissingFile(Problem):
    """A data file, or a pattern of files, that is not there."""

    code: ClassVar[str] = "R501"
    why: ClassVar[str] = (
        "paths are relative to the file that wrote them; on the command line, to the working directory"
    )
    bad: ClassVar[str] = "data: {source: {csv: {path: penguin.csv}}, target: species}"
    good: ClassVar[str] = "data: {source: {csv: {path: penguins.csv}}, target: species}"

    path: str
    folder: str
    folder_exists: bool
    neighbours: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        if not self.folder_exists:
            return f"there is no folder `{self.folder}` for the data file `{self.path}`"
        return (
            f"no data file matches `{self.path}`"
            if set("*?[") & set(self.path)
            else f"there is no data file `{self.path}`"
        )

    @property
    def label(self) -> str:
        name = self.path.replace("\\", "/").rsplit("/", 1)[-1]
        suggestion = nearest(name, self.neighbours)
        return f"did you mean `{suggestion}`?" if suggestion else ""

    @property
    def help(self) -> str:
        where = "here" if self.folder == "." else f"in `{self.folder}`"
        return f"found {where}: {names(self.neighbours)}" if self.neighbours else ""


class UnreadableFile(Problem):
    """A file that the system refuses to open: a folder, or no permission."""

    code: ClassVar[str] = "R502"

    path: str
    reason: str

    @property
    def message(self) -> str:
        return f"the data file `{self.path}` cannot be opened: {self.reason}"


class CorruptFile(Problem):
    """A compressed file or an archive that is broken or cut off."""

    code: ClassVar[str] = "R503"

    file: str
    format: str
    reason: str

    @property
    def message(self) -> str:
        return f"`{self.file}` is not a whole {self.format} file: {self.reason}"

    @property
    def help(self) -> str:
        return "fetch or write the file again; the copy may have been interrupted"


class OtherFormat(Problem):
    """A file of another format than its source reads."""

    code: ClassVar[str] = "R504"

    file: str
    expected: str
    received: str
    way_out: str

    @property
    def message(self) -> str:
        return f"`{self.file}` must be {self.expected}. Received: {self.received}"

    @property
    def help(self) -> str:
        return self.way_out


class WrongEncoding(Problem):
    """Bytes that are no text in the encoding of the file."""

    code: ClassVar[str] = "R505"
    why: ClassVar[str] = "reading on would turn names and classes into other names and classes"

    file: str
    encoding: str
    position: int
    line: int
    byte: int
    likely: str

    @property
    def message(self) -> str:
        return (
            f"`{self.file}` is not {self.encoding} text: byte 0x{self.byte:02x} "
            f"at position {self.position} (line {self.line})"
        )

    @property
    def help(self) -> str:
        return f"if it is {self.likely}, add `encoding: {self.likely}` to the source"


class UnknownEncoding(Problem):
    """The name of an encoding that Python does not know."""

    code: ClassVar[str] = "R506"
    bad: ClassVar[str] = "data: {source: {csv: {path: penguins.csv, encoding: utf-9}}, target: species}"
    good: ClassVar[str] = "data: {source: {csv: {path: penguins.csv, encoding: utf-8}}, target: species}"

    encoding: str

    @property
    def message(self) -> str:
        return f"there is no text encoding `{self.encoding}`"

    @property
    def label(self) -> str:
        suggestion = nearest(
            self.encoding, ("utf-8", "utf-16", "latin-1", "cp1252", "ascii", "shift_jis", "gb18030")
        )
        return f"did you mean `{suggestion}`?" if suggestion else ""


class UnknownSet(Problem):
    """A data set that does not ship with recipe."""

    code: ClassVar[str] = "R517"
    bad: ClassVar[str] = "data: {source: {bundled: penguin}}"
    good: ClassVar[str] = "data: {source: {bundled: penguins}}"

    name: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"no data set `{self.name}` ships with recipe"

    @property
    def label(self) -> str:
        suggestion = nearest(self.name, self.known)
        return f"did you mean `{suggestion}`?" if suggestion else ""

    @property
    def help(self) -> str:
        return f"those that do: {names(self.known)}"
