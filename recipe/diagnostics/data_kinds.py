"""R58x: kinds of columns whose arguments do not suit the column."""

from typing import ClassVar

from recipe.diagnostics.data import counted
from recipe.diagnostics.data_cells import key
from recipe.diagnostics.places import Place, listed
from recipe.diagnostics.problems import Problem, Severity
from recipe.diagnostics.wording import clipped


class OnlyOf(Problem):
    """An argument of a kind that only a feature, or only a target, can have."""

    code: ClassVar[str] = "R580"
    bad: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: {species: {category: {embedding: 8}}}, missing: drop}"
    )
    good: ClassVar[str] = (
        "data: {source: {bundled: penguins}, features: {island: {category: {embedding: 8}}}, missing: drop}"
    )

    column: str
    role: str
    argument: str
    owner: str

    @property
    def message(self) -> str:
        return f"`{self.argument}` is for {self.owner}, and `{self.column}` is a {self.role}"


class BelowScale(Problem):
    """Numbers that lie below what the scale of their column can take."""

    code: ClassVar[str] = "R581"
    why: ClassVar[str] = "the scale `log` is log(1 + x) of numbers from 0 on"

    column: str
    scale: str
    lowest: float
    cell: str
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        return (
            f"the scale `{self.scale}` takes numbers of at least {self.lowest:g}, and `{self.column}` has "
            f"{counted(self.count, 'cell')} below, such as `{self.cell}`: {listed(self.places, self.count)}"
        )

    @property
    def help(self) -> str:
        return f"`scale: robust` in the kind of `{self.column}` takes any number, and so does `standard`"


class AmbiguousDate(Problem):
    """Dates that are other days in another format, and nothing tells which is meant."""

    code: ClassVar[str] = "R582"
    why: ClassVar[str] = "a day that is read as a month trains on another date, and no error ever tells"

    column: str
    cell: str
    formats: tuple[str, ...]

    @property
    def message(self) -> str:
        formats = " and ".join(f"`{one}`" for one in self.formats)
        return f"the dates of `{self.column}`, such as `{self.cell}`, are other days in {formats}"

    @property
    def help(self) -> str:
        written = f'`{key(self.column)}: {{date: {{format: "{self.formats[0]}"}}}}`'
        return f"say which in `data.features`: {written}"


class NotADate(Problem):
    """Cells of a date column that are no date of its format."""

    code: ClassVar[str] = "R583"

    column: str
    cell: str
    format: str
    count: int
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        return (
            f"`{self.column}` has {counted(self.count, 'cell')} that {'is' if self.count == 1 else 'are'} no "
            f"date in the format `{self.format}`, such as `{self.cell}`: {listed(self.places, self.count)}"
        )

    @property
    def help(self) -> str:
        return (
            "correct the cells, leave them empty and choose what `data.missing` does, or write the format: "
            f'`{key(self.column)}: {{date: {{format: "%d.%m.%Y %H:%M"}}}}`'
        )


class UselessBeside(Problem):
    """An argument of a kind that another one makes useless."""

    code: ClassVar[str] = "R584"
    bad: ClassVar[str] = (
        "data: {source: {bundled: penguins}, missing: drop,\n"
        "       features: {island: {category: {hashing: 8, minimum_count: 2}}}}"
    )
    good: ClassVar[str] = (
        "data: {source: {bundled: penguins}, missing: drop, features: {island: {category: {hashing: 8}}}}"
    )

    column: str
    argument: str
    other: str

    @property
    def message(self) -> str:
        return f"`{self.argument}` of `{self.column}` does nothing beside `{self.other}`"

    @property
    def help(self) -> str:
        return "leave one of the two out"


class ColumnExists(Problem):
    """A target that is made of a column, under the name of another column."""

    code: ClassVar[str] = "R585"

    target: str
    column: str
    source: str

    @property
    def message(self) -> str:
        return (
            f"`{self.source}` has a column `{self.target}`, and the target of this name is made of "
            f"`{self.column}`"
        )

    @property
    def help(self) -> str:
        return "give the target another name, or learn the column itself"


class NeedsSeparator(Problem):
    """Labels in cells, and nothing says what stands between two of them."""

    code: ClassVar[str] = "R578"

    column: str
    cell: str

    @property
    def message(self) -> str:
        cell = clipped(self.cell)
        return f"`{self.column}` holds labels in cells such as `{cell}`, and no `separator` parts them"

    @property
    def help(self) -> str:
        return f'write what stands between two labels: `{key(self.column)}: {{labels: "|"}}`'


class NoSeparator(Problem):
    """A column of labels in which the separator never stands: each cell is one label then."""

    code: ClassVar[str] = "R589"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = "with another separator, whole cells are taken for the names of labels"

    column: str
    separator: str
    cell: str

    @property
    def message(self) -> str:
        return (
            f"no cell of `{self.column}` holds the separator `{self.separator}`, so that each is one label, "
            f"such as `{clipped(self.cell)}`"
        )

    @property
    def help(self) -> str:
        return f"write the separator of the file; one name a cell is `{key(self.column)}: category`"


class TakenForOne(Problem):
    """Cells that look like several names, each of which was taken for one category."""

    code: ClassVar[str] = "R579"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = (
        "what `drama|war` has in common with `drama` is lost where each is a category of its own"
    )

    column: str
    separator: str
    cell: str

    @property
    def message(self) -> str:
        return (
            f"`{self.column}` is taken for a category, and most of its values look like several names, "
            f"such as `{clipped(self.cell)}`"
        )

    @property
    def help(self) -> str:
        column = key(self.column)
        return (
            f'write `{column}: {{labels: "{self.separator}"}}`, or `{column}: category` if each is one name'
        )


class TellsTarget(Problem):
    """A feature that a target is made of."""

    code: ClassVar[str] = "R586"
    why: ClassVar[str] = "it gives the answer away, and is not known where the answer is asked for"

    column: str
    target: str

    @property
    def message(self) -> str:
        return f"`{self.column}` cannot be a feature: the target `{self.target}` is made of it"
