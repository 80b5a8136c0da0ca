"""R557 to R569, R588: sources that are too large, damaged in places, or not at hand."""

from typing import ClassVar

from recipe.diagnostics.data import counted
from recipe.diagnostics.data_files import names
from recipe.diagnostics.places import Place, listed
from recipe.diagnostics.problems import Problem, Severity
from recipe.diagnostics.suggestions import nearest
from recipe.diagnostics.wording import without_secrets


def in_bytes(size: int) -> str:
    """A size in memory, rounded.

    >>> in_bytes(512), in_bytes(3 * 2**30)
    ('512 B', '3.0 GiB')
    """
    units, value = ("B", "KiB", "MiB", "GiB", "TiB", "PiB"), float(size)
    for unit in units[:-1]:
        if value < 1024:
            return f"{value:.0f} B" if unit == "B" else f"{value:,.1f} {unit}"
        value /= 1024
    return f"{value:,.1f} {units[-1]}"


class DoesNotFit(Problem):
    """Data that need more memory than there is, told before any of it is taken."""

    code: ClassVar[str] = "R557"
    why: ClassVar[str] = (
        "a file of some kilobytes can say that it unpacks to petabytes; by mistake or not, the machine would "
        "stop where it cannot say why"
    )

    file: str
    part: str
    needed: int
    left: int
    arrays: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        what = f"`{self.part}` of `{self.file}`" if self.part else f"`{self.file}`"
        needed, left = in_bytes(self.needed), in_bytes(self.left)
        hold = "holds" if len(self.arrays) == 1 else "hold"
        reason = (
            f", and {names(self.arrays)} {hold} lists or images, which are read whole" if self.arrays else ""
        )
        return f"{what} does not fit into memory: it takes at least {needed}, and {left} are left{reason}"

    @property
    def help(self) -> str:
        if self.arrays:
            return "leave them out with `columns`; or save them as an `npy` file, or images in a folder"
        return (
            "an `npy` file, and the cells of `csv` and `parquet`, are read from the disk as they are needed; "
            "or read fewer rows or columns"
        )


class TextsDoNotFit(Problem):
    """A column of a packed table whose different texts need more memory than there is."""

    code: ClassVar[str] = "R588"
    why: ClassVar[str] = (
        "the names of a category and the formats of a date are told from all different texts of the column"
    )

    column: str
    file: str
    needed: int
    left: int

    @property
    def message(self) -> str:
        needed, left = in_bytes(self.needed), in_bytes(self.left)
        return (
            f"the texts of `{self.column}` of `{self.file}` do not fit into memory: "
            f"they take up to {needed}, and {left} are left"
        )

    @property
    def help(self) -> str:
        return f"`data: {{ignore: [{self.column}]}}`, or the kind `text`, which does not keep them"


class SkippedRows(Problem):
    """Bad rows that were left out, as the spec allows."""

    code: ClassVar[str] = "R558"
    severity: ClassVar[Severity] = Severity.WARNING

    source: str
    count: int
    rows: int
    reason: str
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        skipped = f"{counted(self.count, 'bad row')} of {self.rows + self.count:,}"
        where = listed(self.places, self.count)
        return f"left out {skipped} of `{self.source}`: {where}; the first: {self.reason}"


class TooManyBadRows(Problem):
    """More bad rows than the spec allows to leave out."""

    code: ClassVar[str] = "R559"
    why: ClassVar[str] = "a few bad rows are an accident of writing; many say that the file is read wrongly"
    bad: ClassVar[str] = "data: {source: {csv: {path: flowers.csv, bad_rows: {skip: 1}}}, target: kind}"
    good: ClassVar[str] = "data: {source: {csv: {path: flowers.csv, bad_rows: {skip: 3}}}, target: kind}"

    source: str
    count: int
    most: int
    reason: str
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        where = listed(self.places, self.count)
        return (
            f"`{self.source}` has {counted(self.count, 'bad row')}, and `bad_rows` leaves out {self.most} at "
            f"most: {where}; the first: {self.reason}"
        )


class PackageMissing(Problem):
    """A source whose package is not installed."""

    code: ClassVar[str] = "R560"

    word: str
    package: str
    extra: str

    @property
    def message(self) -> str:
        return f"`{self.word}` needs the package `{self.package}`, which is not installed"

    @property
    def help(self) -> str:
        return f"pip install 'keras-recipe[{self.extra}]'"


class NothingGiven(Problem):
    """Arrays that only a Python program can give."""

    code: ClassVar[str] = "R561"
    why: ClassVar[str] = (
        "a spec is a file, and arrays live in the memory of the program that made them: nobody else can read "
        "them, `recipe resume` neither"
    )
    bad: ClassVar[str] = "data: {source: {arrays: {features: x, target: y}}}"
    good: ClassVar[str] = "data: {source: {npz: {path: digits.npz, features: x, target: y}}}"

    names: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"the arrays {names(self.names)} come from Python, and nothing gave them"

    @property
    def help(self) -> str:
        given = ", ".join(f'"{name}": {name}' for name in self.names)
        return (
            f"in Python: `recipe.fit(spec, arrays={{{given}}})`; for the command line save them with "
            "`numpy.savez` and read them with `npz`"
        )


class UnusableColumn(Problem):
    """A column of a type that is neither a cell nor an array of numbers."""

    code: ClassVar[str] = "R562"

    file: str
    column: str
    type: str
    way_out: str = ""

    @property
    def message(self) -> str:
        return (
            f"the column `{self.column}` of `{self.file}` must hold numbers, flags, text, times, or lists of "
            f"numbers. Received: {self.type}"
        )

    @property
    def help(self) -> str:
        return self.way_out or f"leave it out: write `columns` without `{self.column}`"


class UnevenLists(Problem):
    """Examples of one feature that differ in size."""

    code: ClassVar[str] = "R563"
    why: ClassVar[str] = "a batch is one array, and every example in it has one shape"

    file: str
    column: str
    expected: str
    received: str
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        return (
            f"every example of `{self.column}` in `{self.file}` must have {self.expected}, as the first has. "
            f"Received: {self.received}, in {counted(self.count, 'row')}: {listed(self.places, self.count)}"
        )


class CannotFetch(Problem):
    """A data set that is neither on this machine nor could be fetched."""

    code: ClassVar[str] = "R564"

    name: str
    folder: str
    reason: str
    way_out: str = ""

    @property
    def message(self) -> str:
        where = f" in `{self.folder}`" if self.folder else ""
        reason = without_secrets(self.reason)
        return f"the data set `{self.name}` is not{where}, and fetching it failed: {reason}"

    @property
    def help(self) -> str:
        return self.way_out or "fetch it on a machine with a network and copy the folder here"


class UnknownPart(Problem):
    """A part that a data set does not have."""

    code: ClassVar[str] = "R565"

    name: str
    part: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"the data set `{self.name}` has no part `{self.part}`"

    @property
    def label(self) -> str:
        suggestion = nearest(self.part, self.known)
        return f"did you mean `{suggestion}`?" if suggestion else ""

    @property
    def help(self) -> str:
        return f"those it has: {names(self.known)}" if self.known else ""


class BrokenRecord(Problem):
    """A record whose bytes are not those that were written."""

    code: ClassVar[str] = "R566"
    why: ClassVar[str] = (
        "each record carries a checksum of its length and of its content; where they differ, a copy was cut "
        "off or a disk has lost bits"
    )

    file: str
    record: int
    position: int
    reason: str

    @property
    def message(self) -> str:
        return f"record {self.record} of `{self.file}` (at byte {self.position:,}) is broken: {self.reason}"

    @property
    def help(self) -> str:
        return "fetch or write the file again; or leave such records out: `bad_rows: {skip: 10}`"


class FeatureDiffers(Problem):
    """A record whose feature is not what was described, or not what the first record has."""

    code: ClassVar[str] = "R567"

    file: str
    feature: str
    expected: str
    received: str
    count: int
    places: tuple[Place, ...]
    known: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        where = f"{counted(self.count, 'record')}: {listed(self.places, self.count)}"
        return (
            f"the feature `{self.feature}` of `{self.file}` must be {self.expected}. "
            f"Received: {self.received} in {where}"
        )

    @property
    def help(self) -> str:
        return f"features of the first record: {names(self.known)}" if self.known else ""


class ColumnsMiscounted(Problem):
    """More or fewer names than the file has columns."""

    code: ClassVar[str] = "R568"
    bad: ClassVar[str] = "data: {source: {csv: {path: flowers.csv, columns: [height, kind]}}, target: kind}"
    good: ClassVar[str] = (
        "data: {source: {csv: {path: flowers.csv, columns: [height, width, kind]}}, target: kind}"
    )

    file: str
    written: int
    found: int
    first: tuple[str, ...]

    @property
    def message(self) -> str:
        return (
            f"`columns` must have a name for each of the {counted(self.found, 'column')} of `{self.file}`. "
            f"Received: {counted(self.written, 'name')}"
        )

    @property
    def help(self) -> str:
        return f"its first row: {names(self.first)}"


class OneOfTwo(Problem):
    """A source that is told of two places, or of none."""

    code: ClassVar[str] = "R569"
    bad: ClassVar[str] = "data: {source: {huggingface: {split: train}}, target: label}"
    good: ClassVar[str] = "data: {source: {huggingface: {name: ylecun/mnist}}, target: label}"

    word: str
    first: str
    second: str

    @property
    def message(self) -> str:
        return f"`{self.word}` needs one of `{self.first}` and `{self.second}`, and not both"
