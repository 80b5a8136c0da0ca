"""R50x and R51x: files of data that cannot be read as what they are said to be."""

from dataclasses import dataclass
from typing import ClassVar

from recipe.diagnostics.places import Place, listed
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.suggestions import nearest

MOST_NAMES = 12  # names shown before "and N more"


def names(known: tuple[str, ...]) -> str:
    """Names in backticks, the first dozen of them."""
    shown = ", ".join(f"`{name}`" for name in known[:MOST_NAMES])
    return shown + (f" and {len(known) - MOST_NAMES} more" if len(known) > MOST_NAMES else "")


@dataclass(frozen=True, slots=True)
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
        return f"files in `{self.folder}`: {names(self.neighbours)}" if self.neighbours else ""


@dataclass(frozen=True, slots=True)
class UnreadableFile(Problem):
    """A file that the system refuses to open: a folder, or no permission."""

    code: ClassVar[str] = "R502"

    path: str
    reason: str

    @property
    def message(self) -> str:
        return f"the data file `{self.path}` cannot be opened: {self.reason}"


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
        return f"if it is, add `encoding: {self.likely}` to the source"


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class NoRows(Problem):
    """A file without a single example."""

    code: ClassVar[str] = "R507"

    file: str
    found: str

    @property
    def message(self) -> str:
        return f"`{self.file}` holds no examples: {self.found}"


@dataclass(frozen=True, slots=True)
class TooFewRows(Problem):
    """A training set of a single example, from which nothing can be learned."""

    code: ClassVar[str] = "R508"

    file: str

    @property
    def message(self) -> str:
        return f"`{self.file}` holds one example, and training needs at least two"


@dataclass(frozen=True, slots=True)
class RaggedRows(Problem):
    """Rows with more or fewer cells than the first row."""

    code: ClassVar[str] = "R509"
    why: ClassVar[str] = "a cell too many shifts every later cell of its row into the wrong column"

    file: str
    expected: int
    received: int
    separator: str
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        plural = "rows have" if self.count > 1 else "row has"
        return (
            f"{self.count} {plural} another number of cells than the first row ({self.expected}): "
            f"{listed(self.places, self.count)}; the first of them has {self.received}"
        )

    @property
    def help(self) -> str:
        separator = {"\t": "a tab", " ": "a space"}.get(self.separator, f"`{self.separator}`")
        return f"cells were separated at {separator}; quote cells that hold it, or give `separator`"


@dataclass(frozen=True, slots=True)
class BrokenRow(Problem):
    """A row that breaks the rules of CSV, usually by a quote that is never closed."""

    code: ClassVar[str] = "R510"

    file: str
    line: int
    reason: str

    @property
    def message(self) -> str:
        return f"`{self.file}` cannot be read as CSV from line {self.line} on: {self.reason}"

    @property
    def help(self) -> str:
        return 'a quote inside a quoted cell is written twice: "5"" disk"'


@dataclass(frozen=True, slots=True)
class DuplicateColumn(Problem):
    """Two columns with one name."""

    code: ClassVar[str] = "R511"

    file: str
    column: str
    positions: tuple[int, ...]

    @property
    def message(self) -> str:
        numbers = " and ".join(str(position) for position in self.positions)
        return f"`{self.file}` names columns {numbers} both `{self.column}`"

    @property
    def help(self) -> str:
        return "rename one in the file, or write `header: false`: columns are then `column_1`, `column_2` ..."


@dataclass(frozen=True, slots=True)
class DifferentColumns(Problem):
    """Files of one pattern that do not have the same columns."""

    code: ClassVar[str] = "R512"

    file: str
    first: str
    absent: tuple[str, ...]
    extra: tuple[str, ...]

    @property
    def message(self) -> str:
        differences = [f"has no {names(self.absent)}"] if self.absent else []
        differences += [f"also has {names(self.extra)}"] if self.extra else []
        return f"`{self.file}` has other columns than `{self.first}`: it {' and '.join(differences)}"


@dataclass(frozen=True, slots=True)
class UnknownArray(Problem):
    """An array that is not in the file."""

    code: ClassVar[str] = "R513"
    bad: ClassVar[str] = "data: {source: {npz: {path: mnist.npz, features: x_trian, target: y_train}}}"
    good: ClassVar[str] = "data: {source: {npz: {path: mnist.npz, features: x_train, target: y_train}}}"

    file: str
    name: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"`{self.file}` holds no array `{self.name}`"

    @property
    def label(self) -> str:
        suggestion = nearest(self.name, self.known)
        return f"did you mean `{suggestion}`?" if suggestion else ""

    @property
    def help(self) -> str:
        return f"arrays in it: {names(self.known)}" if self.known else "the file holds no arrays"


@dataclass(frozen=True, slots=True)
class PickledArray(Problem):
    """An array of Python objects, which could run code when it is read."""

    code: ClassVar[str] = "R514"
    why: ClassVar[str] = "reading pickled objects executes whatever the author of the file wrote into them"

    file: str
    name: str

    @property
    def message(self) -> str:
        return (
            f"the array `{self.name}` of `{self.file}` holds pickled Python objects, which are never loaded"
        )

    @property
    def help(self) -> str:
        return "save it again as numbers, or text with a fixed width: `array.astype(str)`"


@dataclass(frozen=True, slots=True)
class UnsupportedArray(Problem):
    """An array whose type or shape cannot be what it is said to be."""

    code: ClassVar[str] = "R515"

    file: str
    name: str
    dtype: str
    shape: tuple[int, ...]
    expected: str

    @property
    def message(self) -> str:
        return (
            f"the array `{self.name}` of `{self.file}` must be {self.expected}. "
            f"Received: {self.dtype} of shape {self.shape}"
        )


@dataclass(frozen=True, slots=True)
class UnequalLengths(Problem):
    """Features and targets that differ in number."""

    code: ClassVar[str] = "R516"

    file: str
    features: str
    num_features: int
    target: str
    num_targets: int

    @property
    def message(self) -> str:
        return (
            f"`{self.features}` holds {self.num_features} examples and `{self.target}` {self.num_targets} "
            f"in `{self.file}`; they must be equally many"
        )


@dataclass(frozen=True, slots=True)
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
