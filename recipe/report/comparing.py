"""Runs beside each other: seeds of one spec in a group, what differs, and what came of it."""

import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recipe.program.differences import outermost, value_at
from recipe.program.gaps import gap_of
from recipe.program.identity import IdentityValue, identity
from recipe.report.records import Record, read_record
from recipe.report.runs import find_runs

SEED = "runtime.seed"
ABSENT = "-"
_PARTS = ("train", "validation", "gap", "test")


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that differ in nothing but their seed.

    Args:
        label: what they are called: `digits/1-5`.
        records: at least one.
        identity: every value that decides what is trained, by path; of the first of them.
    """

    label: str
    records: tuple[Record, ...]
    identity: Mapping[str, IdentityValue]


@dataclass(frozen=True, slots=True)
class Sample:
    """The same measurement of the runs of a group.

    Args:
        values: of each run that has it.
    """

    values: tuple[float, ...]

    @property
    def mean(self) -> float | None:
        """None where no run has the value."""
        return statistics.fmean(self.values) if self.values else None

    @property
    def spread(self) -> float | None:
        """The standard deviation of one run, estimated from these; None of fewer than two."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement of every group.

    Args:
        metric: such as `accuracy`, or `seconds`.
        part: `train`, `validation`, `test`, or `gap` between the first two; empty for what has no parts.
        samples: of each group.
    """

    metric: str
    part: str
    samples: tuple[Sample, ...]

    @property
    def change(self) -> float | None:
        """How much larger the mean of the second of two groups is, as a share of the first."""
        if len(self.samples) != 2:
            return None
        before, after = (sample.mean for sample in self.samples)
        if before is None or after is None or before <= 0:
            return None  # of what is not above 0 there is no share
        return (after - before) / before


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs beside each other.

    Args:
        groups: in the order in which they were named.
        differs: by path, the values that are not the same in all groups, a text each.
        rows: what came of them.
    """

    groups: tuple[Group, ...]
    differs: Mapping[str, tuple[str, ...]]
    rows: tuple[Row, ...]


def compare(paths: Sequence[Path]) -> Comparison:
    """Compare runs.

    Args:
        paths: of run folders, and of folders that hold some, such as `runs/digits`.

    Raises:
        RunFolderError: R601 or R602 for a folder.
    """
    folders = dict.fromkeys(folder for path in paths for folder in find_runs(path))
    groups = tuple(_groups([read_record(folder) for folder in folders]))
    return Comparison(groups, _differing(groups), tuple(_rows(groups)))


# -- groups --------------------------------------------------------------------------------------


def _groups(records: Sequence[Record]) -> Iterator[Group]:
    together: dict[object, list[Record]] = {}
    for record in records:
        together.setdefault(_what_is_trained(record), []).append(record)
    for found in together.values():
        program = found[0].program
        yield Group(_label(found), tuple(found), {} if program is None else identity(program))


def _what_is_trained(record: Record) -> object:
    """Equal for runs that differ in nothing but their seed; a run that nobody can read stands alone."""
    program = record.program
    if program is None:
        return record.path
    values = tuple((path, value.content) for path, value in identity(program).items() if path != SEED)
    return values, program.facts.fingerprint if program.facts else ""


def _label(records: Sequence[Record]) -> str:
    """`digits/1-3,5`: the name, and the numbers of the folders."""
    name, folders = records[0].status.name, [record.path.name for record in records]
    if len(records) == 1:
        return records[0].label
    if not all(folder.isdecimal() for folder in folders):
        return f"{name} ({len(records)} runs)"
    return f"{name}/{_ranges(sorted(map(int, folders)))}"


def _ranges(numbers: Sequence[int]) -> str:
    """Rising numbers, neighbours taken together.

    >>> _ranges([1, 2, 3, 5])
    '1-3,5'
    """
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1] = [parts[-1][0], number]
        else:
            parts.append([number])
    return ",".join("-".join(map(str, part)) for part in parts)


# -- what differs --------------------------------------------------------------------------------


def _differing(groups: Sequence[Group]) -> Mapping[str, tuple[str, ...]]:
    known = [group.identity for group in groups if group.identity]
    paths = dict.fromkeys(path for values in known for path in values if path != SEED)
    found = [path for path in paths if len({_content(values.get(path)) for values in known}) > 1]
    return {path: tuple(_text(group, path) for group in groups) for path in outermost(found)}


def _content(value: IdentityValue | None) -> str | None:
    return None if value is None else value.content


def _text(group: Group, path: str) -> str:
    value = value_at(group.identity, path)
    return ABSENT if value is None else value.text


# -- what came of it -----------------------------------------------------------------------------


def _rows(groups: Sequence[Group]) -> Iterator[Row]:
    records = [record for group in groups for record in group.records]
    metrics = dict.fromkeys(name for record in records for name in record.history.metrics)
    for metric in metrics:
        for part in _PARTS:
            row = Row(metric, part, tuple(_sample(group, metric, part) for group in groups))
            if any(sample.values for sample in row.samples):
                yield row
    yield Row("epoch", "", tuple(_of_each(group, lambda record: record.epoch) for group in groups))
    yield Row("seconds", "", tuple(_of_each(group, lambda record: record.status.seconds) for group in groups))


def _sample(group: Group, metric: str, part: str) -> Sample:
    return _of_each(group, lambda record: measured(record, metric, part))


def _of_each(group: Group, value_of: Callable[[Record], float | None]) -> Sample:
    values = (value_of(record) for record in group.records)
    return Sample(tuple(float(value) for value in values if value is not None and math.isfinite(value)))


def measured(record: Record, metric: str, part: str) -> float | None:
    """One measurement of a run, in the epoch that stands for it."""
    if part == "test":
        return (record.status.test or {}).get(metric)
    if part == "gap":
        direction = record.direction_of(metric)
        return gap_of(record.values, metric, direction) if direction else None
    return record.values.get(metric if part == "train" else f"val_{metric}")
