"""R53x: cells that are missing, and values that are of no use."""

import json
import re
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
    "indicator": ", and an indicator for what is missing does not suit it",
}
_FILLS = {
    "number": "mean",
    "flag": "mean",
    "category": "category",
    "text": "category",
    "date": "indicator",
}
_OTHERWISE = {
    "labels": "`missing: empty` of its kind makes them examples without labels",
    "sequence": "`missing: category` of its kind makes an empty sequence of names one unknown name",
}


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
    return f"{key(column)}: {{{kind}: {{missing: {_FILLS[kind]}}}}}"


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

    @property
    def message(self) -> str:
        return (
            f"`{self.column}` ({self.kind}) has {counted(self.count, 'missing cell')} in "
            f"{counted(self.rows, 'row')}{_REFUSED[self.policy]}: {listed(self.places, self.count)}"
        )

    @property
    def help(self) -> str:
        drop, fill = "`data.missing: drop`", "`data.missing: indicator`"
        if self.kind in _OTHERWISE:
            return f"leave these rows out with {drop}; {_OTHERWISE[self.kind]}"
        others = "" if self.policy == "indicator" else f", fill all columns with {fill}"
        own = f"`{with_fill(self.column, self.kind)}` in `data.features`"
        return f"leave these rows out with {drop}{others}, or fill only this one with {own}"


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
    kind: str = ""

    @property
    def message(self) -> str:
        return (
            f"the {self.role} `{self.column}` is missing in {self.count} of {counted(self.rows, 'row')}: "
            f"{listed(self.places, self.count)}"
        )

    @property
    def help(self) -> str:
        ways = "leave these rows out with `data.missing: drop`"
        if not self.kind:
            return ways
        return f"{ways}, or for this alone with `{key(self.column)}: {{{self.kind}: {{missing: drop}}}}`"


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
        return f"most are missing in `{self.emptiest}`; leave it out with `data.ignore: [{self.emptiest}]`"


class OneClass(Problem):
    """A target with a single value, from which nothing can be learned."""

    code: ClassVar[str] = "R534"

    target: str
    value: str

    @property
    def message(self) -> str:
        return f"the target `{self.target}` has one value only, `{self.value}`; there is nothing to learn"


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


class TooManyCategories(Problem):
    """A category with so many values that its one-hot encoding would fill the memory."""

    code: ClassVar[str] = "R543"

    column: str
    distinct: int
    most: int

    @property
    def message(self) -> str:
        limit = f"must have at most {self.most:,} distinct values"
        return f"the category `{self.column}` {limit}. Received: {self.distinct:,}"

    @property
    def help(self) -> str:
        return "add it to `data.ignore`, or join its rare values in the file"
