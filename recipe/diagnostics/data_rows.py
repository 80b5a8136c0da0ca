"""R50x and R51x: files whose rows make no table."""

from typing import ClassVar

from recipe.diagnostics.data_files import names
from recipe.diagnostics.places import Place, listed
from recipe.diagnostics.problems import Problem


class NoRows(Problem):
    """A file without a single example."""

    code: ClassVar[str] = "R507"

    file: str
    found: str

    @property
    def message(self) -> str:
        return f"`{self.file}` holds no examples: {self.found}"


class TooFewRows(Problem):
    """A training set of a single example, from which nothing can be learned."""

    code: ClassVar[str] = "R508"

    file: str

    @property
    def message(self) -> str:
        return f"`{self.file}` holds one example, and training needs at least two"


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


class DifferentColumns(Problem):
    """Files of one pattern that do not have the same columns, or not in types that go together."""

    code: ClassVar[str] = "R512"

    file: str
    first: str
    absent: tuple[str, ...]
    extra: tuple[str, ...]
    types: tuple[tuple[str, str, str], ...] = ()  # name, type in this file, type before it

    @property
    def message(self) -> str:
        differences = [f"has no {names(self.absent)}"] if self.absent else []
        differences += [f"also has {names(self.extra)}"] if self.extra else []
        differences += [f"has `{name}` as {own}, and not as {other}" for name, own, other in self.types]
        return f"`{self.file}` has other columns than `{self.first}`: it {' and '.join(differences)}"
