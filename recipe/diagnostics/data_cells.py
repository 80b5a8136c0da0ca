"""R53x and R54x: cells and arrays that are missing, unknown, or of no use."""

import json
import re
from dataclasses import dataclass
from typing import ClassVar

from recipe.diagnostics.data import counted
from recipe.diagnostics.data_files import names
from recipe.diagnostics.places import Place, listed
from recipe.diagnostics.problems import Problem, Severity

_REFUSED = {
    "error": "",
    "mean": ", and a mean only exists of numbers",
    "median": ", and a median only exists of numbers",
    "category": ", and a category for what is missing does not suit it",
}
_FILLS = {"number": "mean", "flag": "mean", "category": "category"}


def key(column: str) -> str:
    """A column as a YAML key.

    >>> key("home.dest"), key("a: b")
    ('home.dest', '"a: b"')
    """
    return column if re.fullmatch(r"[A-Za-z_][\w.-]*", column) else json.dumps(column)


def with_fill(column: str, kind: str) -> str:
    """The line of `data.features` that fills the missing cells of a column.

    >>> with_fill("age", "number")
    'age: {number: {missing: mean}}'
    """
    kind = "category" if kind == "flag" else kind
    return f"{key(column)}: {{{kind}: {{missing: {_FILLS[kind]}}}}}"


@dataclass(frozen=True, slots=True)
class MissingCells(Problem):
    """Missing cells in a feature, and no way to fill them was chosen."""

    code: ClassVar[str] = "R530"
    why: ClassVar[str] = (
        "NaN reaches every weight within one step; what stands for a missing cell is a decision"
    )
    bad: ClassVar[str] = "data: {source: {bundled: penguins}}"
    good: ClassVar[str] = "data: {source: {bundled: penguins}, missing: drop}"

    column: str
    kind: str
    policy: str
    count: int
    rows: int
    places: tuple[Place, ...]
    features: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        return (
            f"`{self.column}` ({self.kind}) has {counted(self.count, 'missing cell')} in "
            f"{counted(self.rows, 'row')}{_REFUSED[self.policy]}: {listed(self.places, self.count)}"
        )

    @property
    def help(self) -> str:
        own = f"`{with_fill(self.column, self.kind)}` in `data.features`"
        drop, fill = "`data.missing: drop`", f"`data.missing: {_FILLS[self.kind]}`"
        ways = f"leave these rows out with {drop}, fill with {fill}, or only here with {own}"
        if not self.features:
            return ways
        return "\n  ".join((f"{ways}, which then names every feature:", "features:", *self._lines()))

    def _lines(self) -> tuple[str, ...]:
        return tuple(f"  {line}" for line in self.features)


@dataclass(frozen=True, slots=True)
class MissingLabels(Problem):
    """Rows without a target, or without the group that keeps them together."""

    code: ClassVar[str] = "R531"
    why: ClassVar[str] = (
        "an example without its answer cannot be learned from, and inventing one would be worse"
    )

    column: str
    role: str
    count: int
    rows: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        return (
            f"the {self.role} `{self.column}` is missing in {self.count} of {counted(self.rows, 'row')}: "
            f"{listed(self.places, self.count)}"
        )

    @property
    def help(self) -> str:
        return "leave these rows out with `data.missing: drop`"


@dataclass(frozen=True, slots=True)
class DroppedRows(Problem):
    """Rows left out because cells are missing and the spec says `drop`."""

    code: ClassVar[str] = "R532"
    severity: ClassVar[Severity] = Severity.INFO

    part: str
    count: int
    rows: int

    @property
    def message(self) -> str:
        rows = counted(self.rows, "row")
        return f"{self.count} of {rows} of `{self.part}` are left out because cells are missing"


@dataclass(frozen=True, slots=True)
class NothingLeft(Problem):
    """A part of the data whose every row was dropped."""

    code: ClassVar[str] = "R533"

    part: str
    rows: int
    emptiest: str

    @property
    def message(self) -> str:
        rows = counted(self.rows, "row")
        return f"dropping rows with missing cells leaves none of the {rows} of `{self.part}`"

    @property
    def help(self) -> str:
        return f"most are missing in `{self.emptiest}`; leave it out with data.ignore: [{self.emptiest}]"


@dataclass(frozen=True, slots=True)
class OneClass(Problem):
    """A target with a single value, from which nothing can be learned."""

    code: ClassVar[str] = "R534"

    target: str
    value: str

    @property
    def message(self) -> str:
        return f"the target `{self.target}` has one value only, `{self.value}`; there is nothing to learn"


@dataclass(frozen=True, slots=True)
class UnseenClass(Problem):
    """A class that occurs in a validation or test source and never in the training source."""

    code: ClassVar[str] = "R535"

    target: str
    value: str
    part: str
    classes: tuple[str, ...]
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        found = f"`{self.part}` has the class `{self.value}` of `{self.target}` {counted(self.count, 'time')}"
        return f"{found}, and the training data never: {listed(self.places, self.count)}"

    @property
    def help(self) -> str:
        return f"classes of the training data: {names(self.classes)}"


@dataclass(frozen=True, slots=True)
class UnseenCategories(Problem):
    """Values of a category that the training split does not have; they are encoded as all zeros."""

    code: ClassVar[str] = "R536"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = "the network never saw them, so its answer rests on the other columns"

    column: str
    part: str
    values: tuple[str, ...]
    count: int

    @property
    def message(self) -> str:
        return (
            f"{counted(self.count, 'cell')} of `{self.column}` in `{self.part}` "
            f"{'holds' if self.count == 1 else 'hold'} values that never occur in the training split: "
            f"{names(tuple(value or '(missing)' for value in self.values))}"
        )


@dataclass(frozen=True, slots=True)
class NotFinite(Problem):
    """NaN or infinity in an array."""

    code: ClassVar[str] = "R537"
    why: ClassVar[str] = "one NaN reaches every weight within one step"

    name: str
    part: str
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        examples = counted(self.count, "example")
        places = listed(self.places, self.count)
        return f"`{self.name}` holds NaN or infinity in {examples} of `{self.part}`: {places}"


@dataclass(frozen=True, slots=True)
class MixedFeatures(Problem):
    """Features that cannot be joined to one encoded input."""

    code: ClassVar[str] = "R538"

    columns: tuple[str, ...]

    @property
    def message(self) -> str:
        return (
            f"an array is an input of its own and cannot be joined with other features: {names(self.columns)}"
        )


@dataclass(frozen=True, slots=True)
class DifferentShape(Problem):
    """Examples of another shape than those that were trained on."""

    code: ClassVar[str] = "R539"

    name: str
    part: str
    expected: tuple[int, ...]
    received: tuple[int, ...]

    @property
    def message(self) -> str:
        example = f"an example of `{self.name}` in `{self.part}`"
        return f"{example} must have shape {self.expected}. Received: {self.received}"


@dataclass(frozen=True, slots=True)
class WrongWidth(Problem):
    """Rows for a prediction that are too short or too long to be one example each."""

    code: ClassVar[str] = "R540"

    file: str
    expected: int
    shape: tuple[int, ...]
    received: int

    @property
    def message(self) -> str:
        return (
            f"a row of `{self.file}` must have {self.expected} numbers (one example of shape {self.shape}), "
            f"or one more, its label. Received: {self.received}"
        )


@dataclass(frozen=True, slots=True)
class NotBytes(Problem):
    """Values for an image of bytes that are no whole numbers from 0 to 255."""

    code: ClassVar[str] = "R541"

    column: str
    cell: str
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        return (
            f"`{self.column}` must hold whole numbers from 0 to 255. Received: `{self.cell}` and in all "
            f"{counted(self.count, 'such cell')}: {listed(self.places, self.count)}"
        )


@dataclass(frozen=True, slots=True)
class UnfilledCells(Problem):
    """Missing cells in rows to predict, for a network whose training had none."""

    code: ClassVar[str] = "R542"
    why: ClassVar[str] = "what stands for a missing cell is learned from the training split, or not at all"

    column: str
    kind: str
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        return (
            f"`{self.column}` ({self.kind}) has {counted(self.count, 'missing cell')}, and training learned "
            f"nothing to fill them with: {listed(self.places, self.count)}"
        )

    @property
    def help(self) -> str:
        return f"fill them in, or train with `{with_fill(self.column, self.kind)}` in `data.features`"


@dataclass(frozen=True, slots=True)
class TooManyCategories(Problem):
    """A category with so many values that its one-hot encoding would fill the memory."""

    code: ClassVar[str] = "R543"

    column: str
    distinct: int
    most: int

    @property
    def message(self) -> str:
        return f"the category `{self.column}` must have at most {self.most} distinct values. Received: {self.distinct}"

    @property
    def help(self) -> str:
        return "add it to `data.ignore`, or join its rare values in the file"
