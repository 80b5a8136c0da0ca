"""Source `tfrecord`: records of `tf.train.Example`, one file or many."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from recipe.catalog.calls import Call
from recipe.data.sources.bad_rows import BadRows
from recipe.data.sources.contents import content_digest
from recipe.data.sources.files import Refused, Unpacked, find, paths_of
from recipe.data.sources.limits import memory_left
from recipe.data.sources.tf_examples import Feature, NoExample, parse_example
from recipe.data.sources.tf_features import Description, Differs, look_at, received
from recipe.data.sources.tf_records import records_in
from recipe.data.tables import MOST_PLACES, Stored, Table, column_of
from recipe.diagnostics.data_rows import NoRows
from recipe.diagnostics.data_sources import BrokenRecord, DoesNotFit, FeatureDiffers, UnusableColumn
from recipe.diagnostics.places import Place
from recipe.diagnostics.problems import Problem, errors
from recipe.diagnostics.spans import Span

_COST = 4  # bytes of memory for each byte of a file, while its records are taken apart


@dataclass(slots=True)
class _Column:
    """One feature, record by record.

    Args:
        description: what it should be.
        values: cells, or arrays.
        wrong: how many records have something else.
        first: what was expected and received in the first of them.
        places: of the first few.
    """

    description: Description
    values: list[Any] = field(default_factory=list)
    wrong: int = 0
    first: tuple[str, str] = ("", "")
    places: list[Place] = field(default_factory=list)

    def add(self, feature: Feature | None, place: Place) -> None:
        """The value of a record; a missing one is a missing cell."""
        if feature is None and self.description.is_cell:
            self.values.append("")
            return
        try:
            if feature is None:
                raise Differs(self.description.expected(), "nothing")
            value = self.description.read(feature)
            expected = self.values[0].shape if self.values and not self.description.is_cell else None
            if expected is not None and value.shape != expected:
                raise Differs(_pixels(expected), _pixels(value.shape))
            self.values.append(value)
        except Differs as error:
            self.first = self.first if self.wrong else (error.expected, error.received)
            self.places += [place] if self.wrong < MOST_PLACES else []
            self.wrong += 1


def _pixels(shape: tuple[int, ...]) -> str:
    return f"an image of {' x '.join(map(str, shape))} pixels"


@dataclass(slots=True)
class _Reading:
    """Records as they are read.

    Args:
        described: the features that the spec describes; empty: those of the records.
        span: where the files were named.
        problems: R5xx are appended.
        bad: records that were left out.
        columns: by name.
        files: names, each with the numbers of its records.
    """

    described: Mapping[str, Description]
    span: Span | None
    problems: list[Problem]
    bad: BadRows
    columns: dict[str, _Column] = field(default_factory=dict)
    files: list[tuple[str, list[int]]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Records so far."""
        return sum(len(numbers) for _, numbers in self.files)


def read(call: Call, problems: list[Problem]) -> Table | None:
    """The table of a `tfrecord` Call (`path`, `features`, `bad_rows`); None after a Problem."""
    span, before = call.span_of("path"), len(errors(problems))
    reading = _Reading(_described(call), span, problems, BadRows.of(call))
    for path in find(paths_of(call["path"]), span, problems):
        try:
            _read_file(path, reading)
        except Refused as refused:
            problems.append(refused.problem)
    if len(errors(problems)) > before:
        return None
    source = reading.files[0][0]
    if not reading.count and not reading.bad.count:
        problems.append(NoRows(span, source, "it has no records"))
    _tell_differences(source, reading)
    reading.bad.settle(source, reading.count, span, problems)
    return _table(source, reading) if reading.count and len(errors(problems)) == before else None


def _described(call: Call) -> Mapping[str, Description]:
    written = call.get("features")
    found = written if isinstance(written, Mapping) else {}
    return {name: _description(one) for name, one in found.items() if isinstance(one, Call)}


def _description(call: Call) -> Description:
    shape = call["shape"] if isinstance(call["shape"], tuple) else ()
    kind = str(call["type"])
    return Description(kind, None if kind == "image" else tuple(int(str(size)) for size in shape))


def _read_file(path: Path, reading: _Reading) -> None:
    left, span = memory_left(), reading.span

    def too_much(size: int) -> Problem:
        return DoesNotFit(span, path.name, "", size * _COST, left)

    size = path.stat().st_size if path.is_file() else 0
    if size * _COST > left:
        raise Refused(too_much(size))
    numbers: list[int] = []
    reading.files.append((path.name, numbers))
    with Unpacked(path, span, left // _COST, too_much) as file:
        for record in records_in(file):
            place = Place(path.name, record.number, "record")
            reason = "" if record.is_sound else "its content has another checksum"
            features: Mapping[str, Feature] = {}
            try:
                features = parse_example(record.content) if record.is_sound else {}
            except NoExample as error:
                reason = f"it is no tf.train.Example: {error}"
            if not reason:
                _add(features, place, reading)
                numbers.append(record.number)
            elif reading.bad.are_skipped:
                reading.bad.add(place, reason)
            else:
                raise Refused(BrokenRecord(span, path.name, record.number, record.position, reason))


def _add(features: Mapping[str, Feature], place: Place, reading: _Reading) -> None:
    """The features of one record; one that no record before had is missing in those."""
    wanted = reading.described or features
    for name in sorted(name for name in wanted if name not in reading.columns):
        description = reading.described.get(name) or look_at(features[name])
        if description is None:
            raise Refused(_undescribed(place.file, name, features[name], reading.span))
        column = reading.columns[name] = _Column(description)
        for earlier in _earlier(reading):
            column.add(None, earlier)
    for name, column in reading.columns.items():
        column.add(features.get(name), place)


def _earlier(reading: _Reading) -> Iterator[Place]:
    return (Place(file, number, "record") for file, numbers in reading.files for number in numbers)


def _undescribed(file: str, name: str, feature: Feature, span: Span | None) -> Problem:
    way_out = f"say what it holds: `features: {{{name}: {{type: uint8, shape: [28, 28, 1]}}, ...}}`"
    return UnusableColumn(span, file, name, received(feature), way_out)


def _tell_differences(source: str, reading: _Reading) -> None:
    known = tuple(reading.columns)
    for name, column in reading.columns.items():
        if column.wrong:
            facts = (*column.first, column.wrong, tuple(column.places), known)
            reading.problems.append(FeatureDiffers(reading.span, source, name, *facts))


def _table(source: str, reading: _Reading) -> Table:
    cells = {name: column_of(one.values) for name, one in reading.columns.items() if one.description.is_cell}
    arrays = {
        name: Stored(np.stack(one.values))
        for name, one in reading.columns.items()
        if not one.description.is_cell
    }
    counts = [len(numbers) for _, numbers in reading.files]
    return Table(
        name=source,
        cells=cells,
        arrays=arrays,
        digest=content_digest(cells, arrays),
        files=tuple(file for file, _ in reading.files),
        file_of=np.repeat(np.arange(len(counts), dtype=np.int64), counts),
        numbers=_numbers([numbers for _, numbers in reading.files]),
        unit="record",
        rows=np.arange(sum(counts), dtype=np.int64),
    )


def _numbers(by_file: Sequence[Sequence[int]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.concatenate([np.asarray(numbers, dtype=np.int64) for numbers in by_file])
