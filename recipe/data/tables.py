"""What a source returns: columns of text cells, or of stored arrays, row by row with their places."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from recipe.data.packing import columns
from recipe.data.packing.columns import MappedCells
from recipe.data.packing.mapped import Mapped
from recipe.data.windows import Windows
from recipe.diagnostics.places import Place
from recipe.program.facts import Scaling, Statistic

Texts = NDArray[np.object_]
"""Cells in memory, `(rows,)`."""

Cells = Texts | MappedCells
"""Text cells of one column, `(rows,)`, without surrounding spaces; a missing cell is the empty string.

Of a table larger than memory they lie in a file; `recipe.data.cells` asks both the same.
"""

Rows = NDArray[np.int64]
"""Numbers of rows, from 0."""

MISSING = frozenset(("", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL"))
"""Spellings of a missing cell."""

MOST_PLACES = 5
"""How many rows a message names."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An array whose rows are examples.

    Args:
        values: `(rows, ...)` in the type it was stored in, in memory or in a file.
        scale: factor from the stored value to the encoded one, where the source knows it.
        names: what whole numbers stand for, where the source knows it: characters, or classes of pixels.
        later: as a target it is the same array, so many positions later; 0 of one that stands for itself.
        statistics: what else the source knows of it: how its texts became ids.
        scaling: of the columns of a series, which is applied already.
        found: of masks, the values of their pixels, ascending, where the source knows them.
    """

    values: NDArray[np.generic] | Windows | Mapped
    scale: float | None = None
    names: tuple[str, ...] = ()
    later: int = 0
    statistics: Mapping[str, Statistic] = field(default_factory=lambda: MappingProxyType({}))
    scaling: Scaling | None = None
    found: tuple[int, ...] = ()

    @property
    def answers(self) -> NDArray[np.generic] | Windows | Mapped:
        """The values as a target."""
        return self.values.later(self.later) if isinstance(self.values, Windows) else self.values

    def take(self, rows: Rows) -> "Stored":
        """Some of its rows; windows are not cut out, and what lies in a file stays there.

        Args:
            rows: positions, ascending.
        """
        values = self.values
        return replace(
            self, values=values.take(rows) if isinstance(values, Windows | Mapped) else values[rows]
        )


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as they were read, before any column has a role or a kind.

    Args:
        name: of the source, as messages call it.
        cells: text columns by name, in the order of the source.
        arrays: stored arrays by name.
        targets: columns that the source itself declares to be its targets; may be empty.
        parts: rows by part, where the source divides itself: texts and series, by position.
        images: for every row of the source, the file of its image, relative to their folder; empty where
            none has one.
        shifts: in training, the windows of an epoch all begin this many positions later at most, less one.
        digest: sha256 over the content, whatever file it came from.
        files: names of the files it was read from.
        file_of: for every row of the source, the index of its file; `(all rows,)`.
        numbers: for every row of the source, its line or row in that file; `(all rows,)`.
        unit: `line` when the numbers are lines of a text, `row` when they count from 0.
        rows: for every row, its number in the source; survives dropping and splitting; `(rows,)`.
    """

    name: str
    cells: Mapping[str, Cells]
    digest: str
    files: tuple[str, ...]
    file_of: Rows
    numbers: Rows
    unit: str
    rows: Rows
    arrays: Mapping[str, Stored] = field(default_factory=lambda: MappingProxyType({}))
    targets: tuple[str, ...] = ()
    parts: Mapping[str, Rows] = field(default_factory=lambda: MappingProxyType({}))
    images: tuple[str, ...] = ()
    shifts: int = 1

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns, arrays first."""
        return (*self.arrays, *self.cells)

    def places(self, rows: Rows) -> tuple[Place, ...]:
        """Where the first few of some rows stand.

        Args:
            rows: positions in this table.
        """
        return tuple(
            Place(self.files[self.file_of[row]], int(self.numbers[row]), self.unit)
            for row in self.rows[rows[:MOST_PLACES]]
        )

    def take(self, rows: Rows) -> "Table":
        """The table of some rows; itself, without a copy, when these are all of them in order.

        Args:
            rows: positions in this table, ascending.
        """
        if len(rows) == len(self):
            return self
        own = self.rows[rows]
        return replace(
            self,
            cells=columns.take(self.cells, rows, {id(self.rows): own}),
            arrays={name: stored.take(rows) for name, stored in self.arrays.items()},
            rows=own,
            parts={},
        )

    def renamed(self, names: Mapping[str, str]) -> "Table":
        """The table with other names for some columns of cells."""
        return replace(self, cells={names.get(name, name): cells for name, cells in self.cells.items()})


def cell(text: str) -> str:
    """A cell as it is kept: without surrounding spaces, empty when it says that it is missing.

    >>> cell(" 5.0 "), cell("N/A")
    ('5.0', '')
    """
    text = text.strip()
    return "" if text in MISSING else text


def column_of(texts: list[str]) -> Texts:
    """Cells from texts, `(rows,)`."""
    cells = np.empty(len(texts), dtype=np.object_)
    cells[:] = texts
    return cells


def missing_in(cells: Cells) -> NDArray[np.bool_]:
    """Which cells are missing, `(rows,)`."""
    if isinstance(cells, MappedCells):
        numbers = cells.numbers
        return cells.each(lambda text: text == "", np.bool_) if numbers is None else np.isnan(numbers)
    return np.asarray(cells == "", dtype=np.bool_)
