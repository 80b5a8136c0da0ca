"""`steps.csv` of a run folder: what was measured inside the epochs."""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MOST_POINTS = 400


@dataclass(frozen=True, slots=True)
class Steps:
    """The rows of `steps.csv`.

    Args:
        columns: by name, `step` first; nan where nothing was measured. A file that is not there has none.
    """

    columns: Mapping[str, tuple[float, ...]]

    def points(self, column: str, most: int = MOST_POINTS) -> tuple[tuple[float, float], ...]:
        """(step, value) where a column has a finite value, thinned out to what a picture can show.

        Neighbours are averaged, so that a long noisy curve keeps its course.

        Args:
            column: its name; there are no points where the file has no such column.
            most: how many points at most.
        """
        pairs = zip(self.columns.get("step", ()), self.columns.get(column, ()), strict=False)
        found = [pair for pair in pairs if math.isfinite(pair[0]) and math.isfinite(pair[1])]
        width = math.ceil(len(found) / most) or 1
        groups = [found[start : start + width] for start in range(0, len(found), width)]
        return tuple((group[-1][0], sum(value for _, value in group) / len(group)) for group in groups)


def read_steps(run: Path) -> Steps:
    """Read `steps.csv`; a row that a running or killed process has not finished is left out."""
    try:
        with (run / "steps.csv").open(encoding="utf-8", errors="replace", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, csv.Error):
        return Steps({})
    header, *body = rows or [[]]
    whole = [row for row in body if len(row) == len(header)]
    return Steps({name: tuple(_number(row[index]) for row in whole) for index, name in enumerate(header)})


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan
