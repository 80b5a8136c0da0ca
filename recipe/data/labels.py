"""Cells that hold any number of names: which they are, and a 1 for each of them (multi-hot)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from recipe.data.cells import blocks_of, name_of
from recipe.data.tables import Cells, Rows

LABELS = "labels"
"""The kind of such a column."""

EMPTY = "empty"
"""The policy by which a cell that holds nothing is one without labels, and not missing."""


def labels_in(cell: str, separator: str) -> tuple[str, ...]:
    """The labels in a cell, each once, in the order in which they stand.

    >>> labels_in("drama | comedy||drama", "|"), labels_in("", "|")
    (('drama', 'comedy'), ())
    """
    names = (part.strip() for part in cell.split(separator))
    return tuple(dict.fromkeys(name_of(name) for name in names if name))


def _labels_of(cells: Cells, separator: str) -> Iterator[tuple[str, ...]]:
    """The labels of every cell."""
    return (labels_in(cell, separator) for block in blocks_of(cells) for cell in block.tolist())


def counts_of_labels(cells: Cells, separator: str) -> Counter[str]:
    """In how many cells each label stands, in the order in which they first do."""
    return Counter(label for labels in _labels_of(cells, separator) for label in labels)


def indicators_of(cells: Cells, separator: str, labels: Sequence[str]) -> NDArray[np.float32]:
    """A 1 for each label of a cell, else 0, `(rows, labels)`; labels that are not known are left out."""
    position = {label: index for index, label in enumerate(labels)}
    indicators = np.zeros((len(cells), len(labels)), dtype=np.float32)
    for row, found in zip(indicators, _labels_of(cells, separator), strict=True):
        row[[position[label] for label in found if label in position]] = 1.0
    return indicators


def unknown_labels(cells: Cells, separator: str, labels: Sequence[str]) -> Mapping[str, Rows]:
    """The rows of every label that is not known, ascending."""
    known, rows = frozenset(labels), dict[str, list[int]]()
    for row, found in enumerate(_labels_of(cells, separator)):
        for label in found:
            if label not in known:
                rows.setdefault(label, []).append(row)
    return {label: np.asarray(places, dtype=np.int64) for label, places in rows.items()}
