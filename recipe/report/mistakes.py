"""What a classifier takes for what, and the examples that it is most wrong about."""

import csv
from collections.abc import Iterator
from pathlib import Path

from recipe.report.pages import Matrix, Part, Words

_MOST_CLASSES = 50


def mistake_parts(run: Path) -> Iterator[tuple[str, tuple[Part, ...]]]:
    """Titles and parts of the sections about mistakes; none where a run has neither file."""
    confusion = tuple(_confusion(run / "confusion.csv"))
    if confusion:
        yield "Confusion", confusion


def _confusion(path: Path) -> Iterator[Part]:
    """The first column and the first row of the file name the classes."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            (_, *labels), *rows = csv.reader(file)
        counts = tuple(tuple(int(cell) for cell in row[1:]) for row in rows)
    except (OSError, ValueError, csv.Error):
        return
    if len(counts) != len(labels) or any(len(row) != len(labels) for row in counts):
        return
    if len(labels) > _MOST_CLASSES:
        yield Words(f"{len(labels)} classes; the table is in confusion.csv.")
        return
    yield Words("A row for each class that was right, a column for each that was said.")
    yield Matrix(tuple(labels), counts)
