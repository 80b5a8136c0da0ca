"""R54x: rows to predict that do not suit the network."""

from typing import ClassVar

from recipe.diagnostics.data import counted
from recipe.diagnostics.data_cells import with_fill
from recipe.diagnostics.places import Place, listed
from recipe.diagnostics.problems import Problem


class WrongWidth(Problem):
    """Rows for a prediction that are too short or too long to be one example each."""

    code: ClassVar[str] = "R540"

    file: str
    expected: int
    shape: tuple[int, ...]
    received: int
    labels: int = 1

    @property
    def message(self) -> str:
        more = "one more, its label" if self.labels == 1 else f"{self.labels} more, its answers"
        return (
            f"a row of `{self.file}` must have {self.expected} numbers (one example of shape {self.shape}), "
            f"or {more}. Received: {self.received}"
        )


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
        cells = counted(self.count, "missing cell")
        places = listed(self.places, self.count)
        return f"`{self.column}` ({self.kind}) has {cells}, and training learned no fill for it: {places}"

    @property
    def help(self) -> str:
        return f"fill them in, or train with `{with_fill(self.column, self.kind)}` in `data.features`"
