"""What data look like before they are encoded: counts and distributions by column, and some examples."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recipe.data import distributions, masks
from recipe.data.cells import counts_of, not_numbers, numbered, numbers_of
from recipe.data.distributions import LOOKED_AT, Distribution
from recipe.data.labels import LABELS, counts_of_labels
from recipe.data.order import permutation
from recipe.data.reading import Found
from recipe.data.samples import Picture, Sample, pictures_of, samples_of
from recipe.data.steps import SEQUENCE, counts_of_steps, numbers_of_steps
from recipe.data.tables import Cells, Table, missing_in
from recipe.data.written_kinds import MASK
from recipe.program.facts import Column, Facts, Target

_PARTED = {LABELS: counts_of_labels, SEQUENCE: counts_of_steps}
"""How often a name stands in cells that hold several, by their kind."""

SAMPLES = 12  # examples that are shown
PICTURES = 48


@dataclass(frozen=True, slots=True)
class Spread:
    """The ends and the middle of numbers."""

    smallest: float
    mean: float
    largest: float


@dataclass(frozen=True, slots=True)
class ColumnHealth:
    """One feature or target.

    Args:
        name: of the column, or of the array.
        role: `feature` or `target`.
        kind: as it is used.
        reason: why this kind was chosen; empty when it was written.
        shape: of one example of an array; None of a column.
        missing: cells, in all sources, before any row was left out.
        distinct: values in the training split; None of an array.
        spread: of numbers in the training split; None of names.
        says_target: the share of the first target that it says alone; None where nobody can say.
        distribution: in the training split; None of free text.
        counts: of a target with classes: by part, how often each occurs, in the order of `classes`.
        classes: of a target.
        totals: of a target with classes: by part, the examples, or all their steps or pixels.
        without: of labels: by part, the examples that have none.
    """

    name: str
    role: str
    kind: str
    reason: str
    shape: tuple[int, ...] | None
    missing: int
    distinct: int | None
    spread: Spread | None
    says_target: float | None
    distribution: Distribution | None
    counts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)
    without: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Health:
    """What data look like.

    Args:
        examples: by part.
        repeated: by part, examples that the training split has too; of itself, those it has again.
        sources: by part, the name of what was read and how many rows it had.
        ignored: columns that are no features.
        columns: features and targets.
        samples: examples of the training split, drawn at random, always the same; none where nothing but
            pictures can be shown.
        pictures: more of them, where there are images.
        fingerprint: of what was read.
    """

    examples: Mapping[str, int]
    repeated: Mapping[str, int]
    sources: Mapping[str, tuple[str, int]]
    ignored: tuple[str, ...]
    columns: tuple[ColumnHealth, ...]
    samples: tuple[Sample, ...]
    pictures: tuple[Picture, ...]
    fingerprint: str


def health(found: Found, facts: Facts) -> Health:
    """Look at data.

    Args:
        found: the tables.
        facts: of the same data, encoded.
    """
    train = found.parts["train"]
    columns = [_feature(column, found) for column in facts.columns]
    columns += [_target(target, found) for target in facts.targets]
    order = permutation(0, len(train))
    images = [column for column in facts.columns if column.kind == "image"]
    shown = [column.name for column in columns if column.kind != "image"]
    says_more = any(column.role == "feature" and column.name in shown for column in columns)
    return Health(
        examples=facts.examples,
        repeated=facts.repeated,
        sources={part: (table.name, len(table)) for part, table in found.sources.items()},
        ignored=found.meaning.plan.ignore,
        columns=tuple(columns),
        samples=samples_of(train, shown, order[:SAMPLES]) if says_more else (),
        pictures=pictures_of(train, images[0], facts.targets[0], order[:PICTURES]) if images else (),
        fingerprint=facts.fingerprint,
    )


# -- columns ---------------------------------------------------------------------------------------


def _feature(column: Column, found: Found) -> ColumnHealth:
    says = column.statistics.get("says_target")
    separator = str(column.statistics.get("separator", ""))
    length = column.width if column.kind == SEQUENCE and "scaling" in column.statistics else 0
    seen = _column(column.name, "feature", column.kind, column.reason, found, (separator, length))
    return replace(seen, says_target=says if isinstance(says, float) else None)


def _target(target: Target, found: Found) -> ColumnHealth:
    kind = SEQUENCE if target.is_sequence else MASK if target.is_mask else target.kind
    length = target.shape[0] if target.is_sequence and target.kind == "number" else 0
    seen = _column(target.name, "target", kind, target.reason, found, (target.separator, length))
    if target.is_mask:
        return _mask(seen, target, found)
    if not target.classes or (target.is_array and not target.are_labels):
        return seen
    counts = {part: _of_classes(target, table) for part, table in found.parts.items()}
    totals = {part: len(table) for part, table in found.parts.items()}
    if target.is_sequence:
        totals = {part: sum(found) for part, found in counts.items()}
    seen = replace(seen, classes=target.classes, counts=counts, totals=totals)
    return replace(seen, without=_without(target, found)) if target.are_labels else seen


def _mask(seen: ColumnHealth, target: Target, found: Found) -> ColumnHealth:
    """A mask with the pixels of each class."""
    counts = {
        part: masks.counts_of(target, table.arrays[target.name].values) for part, table in found.parts.items()
    }
    totals = {part: sum(pixels) for part, pixels in counts.items()}
    return replace(seen, classes=target.classes, counts=counts, totals=totals, spread=None, distribution=None)


def _without(target: Target, found: Found) -> Mapping[str, int]:
    """The examples of each part that have no label."""
    none = {}
    for part, table in found.parts.items():
        if target.is_array:
            none[part] = int(np.count_nonzero(~np.asarray(table.arrays[target.name].values[:]).any(axis=1)))
        elif target.name in table.cells:
            none[part] = int(np.count_nonzero(missing_in(table.cells[target.name])))
    return none


def _of_classes(target: Target, table: Table) -> tuple[int, ...]:
    if target.name in table.arrays:
        return tuple(np.count_nonzero(table.arrays[target.name].values[:], axis=0).tolist())
    if target.name not in table.cells:
        return ()
    if target.separator:
        found = _PARTED[SEQUENCE if target.is_sequence else LABELS](
            table.cells[target.name], target.separator
        )
        return tuple(found[name] for name in target.classes)
    by_name = {name.lower(): count for name, count in counts_of(table.cells[target.name]).items()}
    return tuple(by_name.get(name.lower(), 0) for name in target.classes)


def _column(
    name: str, role: str, kind: str, reason: str, found: Found, parted: tuple[str, int] = ("", 0)
) -> ColumnHealth:
    """A column of cells, or an array.

    Args:
        name: of it.
        role: `feature` or `target`.
        kind: as it is used.
        reason: why this kind was chosen.
        found: the tables.
        parted: what stands between two parts of a cell, and how many parts are looked at where these are
            numbers.
    """
    train = found.parts["train"]
    if name in train.arrays:
        return _array(name, role, kind, reason, train)
    missing = sum(
        int(np.count_nonzero(missing_in(table.cells[name])))
        for table in found.sources.values()
        if name in table.cells
    )
    cells = train.cells[name]
    present = cells[~missing_in(cells)]
    separator, length = parted
    if length:
        steps = numbers_of_steps(present, separator, length)
        numbers = steps[~np.isnan(steps)]
    elif kind == "number" and not len(not_numbers(present)):
        numbers = numbers_of(present)
    else:
        numbers = np.empty(0)
    counts = _counts(present, kind, separator) if not len(numbers) else {}
    return ColumnHealth(
        name=name,
        role=role,
        kind=kind,
        reason=reason,
        shape=None,
        missing=missing,
        distinct=len(np.unique(numbers)) if length else len(counts) if separator else numbered(present)[0],
        spread=_spread(numbers),
        says_target=None,
        distribution=distributions.of_numbers(numbers) if len(numbers) else distributions.of_names(counts),
    )


def _counts(cells: Cells, kind: str, separator: str) -> Mapping[str, int]:
    """How often each name stands in cells, of which one may hold several."""
    return _PARTED[kind](cells, separator) if separator else counts_of(cells)


def _spread(numbers: NDArray[Any]) -> Spread | None:
    if not numbers.size:
        return None
    return Spread(float(numbers.min()), float(numbers.mean()), float(numbers.max()))


def _array(name: str, role: str, kind: str, reason: str, train: Table) -> ColumnHealth:
    stored = train.arrays[name]
    values = stored.answers if role == "target" else stored.values
    some = np.asarray(values[np.sort(permutation(0, len(train))[:LOOKED_AT])])
    return ColumnHealth(
        name=name,
        role=role,
        kind=kind,
        reason=reason,
        shape=tuple(values.shape[1:]),
        missing=0,
        distinct=None,
        spread=None if kind == "category" else _spread(some),
        says_target=None,
        distribution=distributions.of_ids(some, stored.names)
        if kind == "category"
        else distributions.of_numbers(some.reshape(-1)),
    )
