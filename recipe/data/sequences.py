"""What texts and series have in common: they are divided by position, and examples are windows of them.

A source whose module has a function `read_part` reads itself with what stands here; others have `read`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recipe.data.splits import sizes_of
from recipe.data.tables import Rows, Stored, Table
from recipe.diagnostics.data_sequences import DividedByPosition
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.plans import Split

IN_TIME = ("train", "validation", "test")
"""Parts of one text or series, the first positions first."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source that is read part by part has to know beside its Call.

    Args:
        part: `train`, or of a source of its own `validation` or `test`.
        split: what is set aside of it; nothing of a part of its own.
        train: what the training source turned out to be; None while that itself is read.
    """

    part: str
    split: Split
    train: Table | None = None

    def borders(self, count: int, source: str, problems: list[Problem]) -> Mapping[str, range] | None:
        """The positions of every part of a text or a series; None after a Problem.

        Args:
            count: of all positions; whole numbers of the split count positions too.
            source: its name.
            problems: R550, R551 or R570 is appended.
        """
        split = self.split
        asked = {
            "stratified": split.stratified,
            "group": split.group,
            "time": split.time,
            "folds": split.folds,
        }
        for key in (name for name, value in asked.items() if value):
            problems.append(DividedByPosition(split.span, source, key))
            return None
        sizes = sizes_of(count, self.split, problems)
        if sizes is None:
            return None
        found = {self.part: range(count - sum(sizes.values()))}
        for part in IN_TIME:
            if part in sizes:
                start = max(positions.stop for positions in found.values())
                found[part] = range(start, start + sizes[part])
        return found


def windows_table(
    name: str,
    files: tuple[str, ...],
    digest: str,
    arrays: Mapping[str, Stored],
    counts: Mapping[str, int],
    targets: tuple[str, ...],
) -> Table:
    """The table of windows, those of each part behind those of the one before.

    Args:
        name: of the source.
        files: that it was read from.
        digest: of the content.
        arrays: windows by name, equally many of each.
        counts: windows by part.
        targets: the columns to learn.
    """
    stops = np.cumsum(list(counts.values())).tolist()
    total = stops[-1]
    parts: dict[str, Rows] = {
        part: np.arange(stop - count, stop, dtype=np.int64)
        for (part, count), stop in zip(counts.items(), stops, strict=True)
    }
    return Table(
        name=name,
        cells={},
        digest=digest,
        files=files,
        file_of=np.zeros(total, dtype=np.int64),
        numbers=np.arange(total, dtype=np.int64),
        unit="window",
        rows=np.arange(total, dtype=np.int64),
        arrays=arrays,
        targets=targets,
        parts=parts,
    )


def set_aside(split: Split, given: Mapping[str, object], span: Span | None) -> Split:
    """What is left to set aside where some parts have a source of their own."""
    return replace(
        split,
        validation=0 if "validation" in given else split.validation,
        test=0 if "test" in given else split.test,
        span=split.span or span,
    )


def starts_within(positions: range, before: int, length: int, step: int) -> NDArray[np.int64]:
    """Where windows begin, so that what they say lies in a part.

    Args:
        positions: of the part.
        before: positions that a window looks at before the first that it says something of; these may lie in
            the part before.
        length: positions that it says something of.
        step: between two windows.
    """
    first = max(positions.start - before, 0)
    return np.arange(first, positions.stop - before - length + 1, step, dtype=np.int64)
