"""`metrics.csv` of a run folder: what was measured, epoch by epoch."""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recipe.diagnostics.runs import NotARunFolder, RunFolderError, UnreadableRunFile

_RESUME = "`recipe resume` writes it again from the last checkpoint"
_LEADING = ("epoch", "step", "learning_rate", "seconds", "clipped")


@dataclass(frozen=True, slots=True)
class History:
    """The rows of `metrics.csv`.

    Args:
        epochs: numbers of the finished epochs, from 1, rising.
        columns: every other column by name, a value for each epoch; nan where nothing was measured.
    """

    epochs: tuple[int, ...]
    columns: Mapping[str, tuple[float, ...]]

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of loss and metrics in the order of the file, those of the validation left out."""
        return tuple(name for name in self.columns if name not in _LEADING and not name.startswith("val_"))

    def at(self, epoch: int) -> Mapping[str, float]:
        """Every measured value of one epoch."""
        row = self.epochs.index(epoch)
        return {name: values[row] for name, values in self.columns.items() if not math.isnan(values[row])}

    def points(self, column: str) -> tuple[tuple[int, float], ...]:
        """(epoch, value) where a column has a finite value; none when there is no such column."""
        values = self.columns.get(column, ())
        return tuple(
            (epoch, value) for epoch, value in zip(self.epochs, values, strict=False) if math.isfinite(value)
        )


def check_run_folder(run: Path) -> None:
    """Make sure that a path is a run folder.

    Raises:
        RunFolderError: R601 when it is none, R602 when its `status.json` was lost.
    """
    if (run / "status.json").is_file():
        return
    if (run / "program.json").is_file():
        remedy = "`recipe resume` writes it again"
        raise RunFolderError([UnreadableRunFile(None, str(run / "status.json"), "", remedy)])
    inside = [path.parent for path in run.glob("*/status.json")] if run.is_dir() else []
    newest = max(inside, key=lambda path: (path.name.isdigit(), path.name.zfill(20)), default="")
    raise RunFolderError([NotARunFolder(None, str(run), run.is_dir(), str(newest))])


def read_history(run: Path) -> History:
    """Read `metrics.csv`.

    Args:
        run: the run folder.

    Returns:
        The history; without rows while the first epoch runs.

    Raises:
        RunFolderError: R601 when this is no run folder, R602 when the file is missing or damaged.
    """
    check_run_folder(run)
    path = run / "metrics.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except FileNotFoundError:
        raise RunFolderError([UnreadableRunFile(None, str(path), "", _RESUME)]) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RunFolderError([UnreadableRunFile(None, str(path), str(error), _RESUME)]) from error
    flaw = _flaw(rows)
    if flaw:
        raise RunFolderError([UnreadableRunFile(None, str(path), flaw, _RESUME)])
    header, *body = rows
    columns = {
        name: tuple(_number(row[index]) for row in body)
        for index, name in enumerate(header)
        if name != "epoch"
    }
    return History(tuple(int(row[header.index("epoch")]) for row in body), columns)


def _flaw(rows: Sequence[Sequence[str]]) -> str:
    """What keeps the rows from being a history; empty when nothing does."""
    header = rows[0] if rows else []
    if "epoch" not in header:
        return "it has no column `epoch`"
    if len(set(header)) < len(header):
        return "two columns have the same name"
    last = 0
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            return f"row {number} has {len(row)} cells, expected {len(header)}"
        for name, cell in zip(header, row, strict=True):
            if not _is_number(cell):
                return f"row {number} has `{cell}` in the column `{name}`, expected a number"
        epoch = row[header.index("epoch")]
        if not epoch.isdecimal() or int(epoch) <= last:
            return f"row {number} has the epoch `{epoch}`, expected one above {last}"
        last = int(epoch)
    return ""


def _is_number(cell: str) -> bool:
    try:
        _number(cell)
    except ValueError:
        return False
    return True


def _number(cell: str) -> float:
    return float(cell) if cell else math.nan
