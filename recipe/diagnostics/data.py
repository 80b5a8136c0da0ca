"""R52x: columns whose role or kind is not what the spec needs."""

from typing import ClassVar

from recipe.diagnostics.data_files import names
from recipe.diagnostics.places import Place, listed
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.suggestions import nearest


def counted(count: int, noun: str) -> str:
    """A number of things in words.

    >>> counted(1, "row"), counted(2, "row")
    ('1 row', '2 rows')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


class UnknownColumn(Problem):
    """A column that the data does not have."""

    code: ClassVar[str] = "R520"
    bad: ClassVar[str] = "data: {source: {bundled: penguins}, ignore: [yaer]}"
    good: ClassVar[str] = "data: {source: {bundled: penguins}, ignore: [year]}"

    source: str
    column: str
    role: str
    known: tuple[str, ...]
    is_series: bool = False

    @property
    def message(self) -> str:
        given = f"is read as {names(self.known)}, and gives" if self.is_series else "has"
        return f"`{self.source}` {given} no column `{self.column}` ({self.role})"

    @property
    def label(self) -> str:
        suggestion = nearest(self.column, self.known)
        return f"did you mean `{suggestion}`?" if suggestion else ""

    @property
    def help(self) -> str:
        if self.is_series:
            return "name what the network sees in `series.columns`, and what it says in `series.forecast`"
        return f"its columns: {names(self.known)}"


class NoTarget(Problem):
    """Data of which nobody said what is to be learned."""

    code: ClassVar[str] = "R521"
    bad: ClassVar[str] = "data: {source: {csv: {path: penguins.csv}}}"
    good: ClassVar[str] = "data: {source: {csv: {path: penguins.csv}}, target: species}"

    source: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"`data.target` must name the column of `{self.source}` to learn"

    @property
    def help(self) -> str:
        return f"its columns: {names(self.known)}"


class NoFeatures(Problem):
    """Data in which no column is left to predict from."""

    code: ClassVar[str] = "R522"

    source: str

    @property
    def message(self) -> str:
        return f"`{self.source}` has no column left to predict from: all are targets, groups or ignored"


class TwoRoles(Problem):
    """A column that is given two roles that exclude each other."""

    code: ClassVar[str] = "R523"
    why: ClassVar[str] = "a target among the features gives the answer away"
    bad: ClassVar[str] = "data: {source: {bundled: penguins}, target: species, ignore: [species]}"
    good: ClassVar[str] = "data: {source: {bundled: penguins}, target: species, ignore: [year]}"

    column: str
    first: str
    second: str

    @property
    def message(self) -> str:
        return f"`{self.column}` cannot be {self.first} and {self.second}"


class FreeText(Problem):
    """A column of text with too many distinct values to be a category."""

    code: ClassVar[str] = "R524"
    why: ClassVar[str] = "a name or an identifier tells examples apart and teaches nothing about others"

    column: str
    role: str
    distinct: int
    present: int
    separator: str = ""

    @property
    def message(self) -> str:
        return (
            f"the {self.role} `{self.column}` looks like free text or an identifier: "
            f"{counted(self.distinct, 'distinct value')} in {counted(self.present, 'row')}"
        )

    @property
    def help(self) -> str:
        if self.separator:
            written = f'`{self.column}: {{labels: "{self.separator}"}}`'
            return f"if `{self.separator}` stands between several names of one cell, give the kind: {written}"
        if self.role == "target":
            return f"if these are classes, give the kind: `target: {{{self.column}: category}}`"
        return (
            f"add it to `data.ignore`, or give its kind in `data.features`: `{self.column}: category`, or "
            f"`{self.column}: text`, words that an Embedding reads"
        )


class RowNumber(Problem):
    """A column that counts the rows, such as the index that pandas writes."""

    code: ClassVar[str] = "R525"
    why: ClassVar[str] = (
        "the position in a sorted file often gives the class away, and is worth nothing on new data"
    )

    column: str
    first: int
    last: int

    @property
    def message(self) -> str:
        return f"the feature `{self.column}` only counts the rows, from {self.first} to {self.last}"

    @property
    def help(self) -> str:
        return f"add it to `data.ignore`, or give its kind in `data.features`: `{self.column}: number`"


class NotANumber(Problem):
    """Cells of a number column that are no finite number."""

    code: ClassVar[str] = "R526"

    column: str
    cell: str
    count: int
    places: tuple[Place, ...]
    present: int | None = None

    @property
    def message(self) -> str:
        return (
            f"`{self.column}` has {counted(self.count, 'cell')} that {'is' if self.count == 1 else 'are'} "
            f"no finite number, such as `{self.cell}`: {listed(self.places, self.count)}"
        )

    @property
    def help(self) -> str:
        if self.cell.count(",") == 1 and self.cell.replace(",", "").lstrip("-").isdigit():
            return "numbers are written with a decimal point: 12.5"
        if self.present is not None and 2 * self.count > self.present:
            return f"most of its cells are names: give its kind as `{self.column}: category`"
        return "correct the cells, or leave them empty and choose what `data.missing` does"


class NotAFlag(Problem):
    """Cells of a flag that are neither of its two values."""

    code: ClassVar[str] = "R527"

    column: str
    values: tuple[str, ...]
    count: int
    places: tuple[Place, ...] = ()

    @property
    def message(self) -> str:
        found = f"{names(self.values)} ({self.count} distinct)"
        where = f": {listed(self.places, len(self.places))}" if self.places else ""
        return f"the flag `{self.column}` must have two values, such as no and yes. Received: {found}{where}"

    @property
    def help(self) -> str:
        return f"one of several names is a category: `{{{self.column}: category}}`" if self.count > 2 else ""


class KindDoesNotFit(Problem):
    """A kind that this sort of data cannot have."""

    code: ClassVar[str] = "R528"
    bad: ClassVar[str] = "data: {source: {bundled: penguins}, features: {island: image}}"
    good: ClassVar[str] = "data: {source: {bundled: penguins}, features: {island: category}}"

    column: str
    kind: str
    found: str
    accepted: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"`{self.column}` holds {self.found}, which cannot be of kind `{self.kind}`"

    @property
    def help(self) -> str:
        return f"kinds that fit: {', '.join(self.accepted)}"


class NoValues(Problem):
    """A column without a single value."""

    code: ClassVar[str] = "R529"

    column: str
    where: str

    @property
    def message(self) -> str:
        return f"all cells of `{self.column}` are missing in {self.where}"

    @property
    def help(self) -> str:
        return f"leave it out with `data.ignore: [{self.column}]`"
