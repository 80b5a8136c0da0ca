"""`events/`: the curves of a run as TensorBoard reads them."""

import csv
import math
import struct
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recipe.diagnostics.problems import Problem
from recipe.program.programs import Program
from recipe.training.rows import Best, EpochRow
from recipe.training.steps import STEPS

EVENTS = "events"
TRAIN, VALIDATION = "train", "validation"
FILE = "events.out.tfevents.recipe"
_HEAD = struct.Struct("<Q4x")  # length of a record, and the checksum of that
_TAIL = 4  # checksum of the record
_INSIDE = "steps/"  # before the names of what is measured inside the epochs


@dataclass(slots=True)
class EventFiles:
    """Adds to both files when an epoch ends.

    Training and validation have the same names in folders of their own, so that TensorBoard draws them
    into one plot. What a resumed run will train again is cut off; what a checkpoint inside an epoch left
    untold is told then. So the files of a resumed run are those of a run that never stopped, but for the
    times.

    Args:
        folder: of the run.
        step: the last that stays.
        rows: gives the epochs that are done.
    """

    folder: Path
    step: int
    rows: Callable[[], Sequence[EpochRow]]
    _last: dict[str, int] = field(default_factory=dict)

    def begin(self, program: Program, parameters: int) -> None:
        """Cut back, and tell of the epochs that the files do not have."""
        for side in (TRAIN, VALIDATION):
            path = self._path(side)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._last |= {f"{side}/{kind}": step for kind, step in cut_back(path, self.step).items()}
        for row in self.rows():
            self._tell(row)

    def block(self, step: int, epoch: int, logs: Mapping[str, float]) -> None:
        """Blocks stand in `steps.csv`, and are taken from there."""

    def epoch(self, row: EpochRow, best: Best) -> None:
        """An epoch and its validation are done."""
        self._tell(row)

    def tell(self, problem: Problem) -> None:
        """Problems stand in the log."""

    def end(self, state: str) -> None:
        """Every epoch was written when it ended."""

    def _path(self, side: str) -> Path:
        return self.folder / EVENTS / side / FILE

    def _tell(self, row: EpochRow) -> None:
        plain = {name: value for name, value in row.logs.items() if not name.startswith("val_")}
        validation = {
            name.removeprefix("val_"): value for name, value in row.logs.items() if name.startswith("val_")
        }
        inside = list(self._inside(row.step))
        epoch = {**plain, "learning_rate": row.learning_rate, "epoch": float(row.epoch)}
        self._add(TRAIN, [*inside, *self._new(f"{TRAIN}/epoch", row.step, epoch)])
        self._add(VALIDATION, list(self._new(f"{VALIDATION}/epoch", row.step, validation)))

    def _inside(self, last_step: int) -> Iterator[tuple[int, Mapping[str, float]]]:
        """The rows of `steps.csv` up to a step that were not told yet."""
        try:
            with (self.folder / STEPS).open(encoding="utf-8", newline="") as file:
                written = list(csv.DictReader(file))
        except OSError:
            return
        for cells in written:
            step = int(cells.pop("step"))
            measured = {
                f"{_INSIDE}{name}": float(cell) for name, cell in cells.items() if cell and name != "epoch"
            }
            if step <= last_step:
                yield from self._new(f"{TRAIN}/{_INSIDE}", step, measured)

    def _new(
        self, kind: str, step: int, values: Mapping[str, float]
    ) -> Iterator[tuple[int, Mapping[str, float]]]:
        """What was measured at a step, unless it stands there already."""
        if values and step > self._last.get(kind, -1):
            self._last[kind] = step
            yield step, values

    def _add(self, side: str, measured: Sequence[tuple[int, Mapping[str, float]]]) -> None:
        if not measured:
            return
        from tensorboard.summary.writer.record_writer import RecordWriter

        path = self._path(side)
        is_new = not path.exists() or not path.stat().st_size
        with path.open("ab") as file:
            writer = RecordWriter(file)
            if is_new:
                writer.write(_event(0, {}, file_version="brain.Event:2"))
            for step, values in measured:
                writer.write(_event(step, values))


def _event(step: int, values: Mapping[str, float], **facts: Any) -> bytes:
    """One record: scalars at a step, those that are numbers."""
    from tensorboard.compat.proto import event_pb2, summary_pb2

    scalars = [
        summary_pb2.Summary.Value(tag=name, simple_value=value)
        for name, value in values.items()
        if math.isfinite(value)
    ]
    summary = {"summary": summary_pb2.Summary(value=scalars)} if scalars else {}
    event = event_pb2.Event(wall_time=time.time(), step=step, **summary, **facts)
    return bytes(event.SerializeToString())


def cut_back(path: Path, step: int) -> Mapping[str, int]:
    """Take away the records after a step, and half a record of a killed process.

    Args:
        path: of an event file; it may be missing.
        step: the last that stays.

    Returns:
        The last steps that stay: of what is measured inside the epochs, and of the epochs.
    """
    if not path.exists():
        return {}
    content, end, last = path.read_bytes(), 0, dict[str, int]()
    for start, stop in _records(content):
        found, tags = _read(content[start:stop])
        if found > step:
            break
        end = stop + _TAIL
        for tag in tags:
            last[_INSIDE if tag.startswith(_INSIDE) else "epoch"] = found
    with path.open("r+b") as file:
        file.truncate(end)
    return last


def _records(content: bytes) -> Iterator[tuple[int, int]]:
    """Where each whole record begins and ends."""
    at = 0
    while at + _HEAD.size <= len(content):
        (length,) = _HEAD.unpack_from(content, at)
        start, stop = at + _HEAD.size, at + _HEAD.size + length
        if stop + _TAIL > len(content):
            return
        yield start, stop
        at = stop + _TAIL


def _read(record: bytes) -> tuple[int, tuple[str, ...]]:
    """The step of a record, and the names of its scalars."""
    from tensorboard.compat.proto import event_pb2

    event = event_pb2.Event.FromString(record)
    return int(event.step), tuple(value.tag for value in event.summary.value)
