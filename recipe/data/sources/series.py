"""Source `series`: columns over time, windows of which are followed by a horizon to forecast."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recipe.catalog.calls import Call, Value
from recipe.data.cells import as_number, not_numbers, numbers_of, texts_of
from recipe.data.sequences import Reading, starts_within, windows_table
from recipe.data.sources.csv import read_path
from recipe.data.sources.csv_rows import Dialect
from recipe.data.tables import Stored, Table, Texts, missing_in
from recipe.data.windows import Windows
from recipe.diagnostics.data import NotANumber, UnknownColumn
from recipe.diagnostics.data_sequences import EmptyInSeries, NoTime, NotInOrder, TooShort
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.facts import Scaling

WINDOW, HORIZON = "window", "horizon"
"""The feature and the target of a series."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Series:
    """What was read.

    Args:
        values: `(steps, columns)`.
        columns: their names.
        forecast: names of those that are said.
        table: the rows, for names and digest.
    """

    values: Numbers
    columns: tuple[str, ...]
    forecast: tuple[str, ...]
    table: Table


def read_part(call: Call, reading: Reading, problems: list[Problem]) -> Table | None:
    """The windows of a `series` Call; None after a Problem.

    One window begins at every step. A part consists of the steps that are forecast: the windows behind the
    first forecasts of a validation or a test look back into the part before, which is known by then. Mean
    and standard deviation are those of the training steps.
    """
    series = _read(call, problems)
    if series is None:
        return None
    borders = reading.borders(len(series.values), series.table.name, problems)
    if borders is None:
        return None
    window, horizon = int(str(call["window"])), int(str(call["horizon"]))
    starts = {}
    for part, steps in borders.items():
        starts[part] = starts_within(steps, window, horizon, 1)
        if not len(starts[part]):
            needed = horizon if steps.start else window + horizon
            span = call.span_of("window")
            problems.append(TooShort(span, series.table.name, part, len(steps), needed, "steps"))
            return None
    scaling = _trained(reading) or _fit(
        series, borders[reading.part], standardize=call["standardize"] is True
    )
    arrays = windows_of(series.values, np.concatenate(list(starts.values())), window, horizon, scaling)
    counts = {part: len(found) for part, found in starts.items()}
    files, digest = series.table.files, series.table.digest
    return windows_table(series.table.name, files, digest, arrays, counts, (HORIZON,))


def windows_of(
    values: Numbers, starts: NDArray[np.int64], window: int, horizon: int, scaling: tuple[Scaling, Scaling]
) -> dict[str, Stored]:
    """Windows of a series and the horizon behind each, standardized.

    Args:
        values: the columns of the windows, `(steps, columns)`, those of the horizon among them.
        starts: the first step of every window.
        window: its steps.
        horizon: steps behind it.
        scaling: of the columns of the window, and of those of the horizon.
    """
    seen, said = scaling
    positions = [seen.names.index(name) for name in said.names]
    known = standardized(values, seen)
    answers = known if said == seen else np.ascontiguousarray(known[:, positions])
    return {
        WINDOW: Stored(Windows(known, starts, window), scaling=seen),
        HORIZON: Stored(Windows(answers, starts + window, horizon), scaling=said),
    }


def standardized(values: Numbers, scaling: Scaling) -> NDArray[np.float32]:
    """Columns less their mean, by their standard deviation, `(steps, columns)`."""
    return np.asarray((values - np.asarray(scaling.means)) / np.asarray(scaling.stds), dtype=np.float32)


def _trained(reading: Reading) -> tuple[Scaling, Scaling] | None:
    """The scaling of the training series, for a part with a source of its own."""
    arrays = reading.train.arrays if reading.train is not None else {}
    found = [arrays[name].scaling for name in (WINDOW, HORIZON) if name in arrays]
    seen, said = found if len(found) == 2 else (None, None)
    return None if seen is None or said is None else (seen, said)


def _fit(series: _Series, steps: range, *, standardize: bool) -> tuple[Scaling, Scaling]:
    train = series.values[steps.start : steps.stop]
    means = train.mean(axis=0) if standardize else np.zeros(train.shape[1])
    stds = train.std(axis=0) if standardize else np.ones(train.shape[1])
    stds[stds == 0] = 1.0
    seen = Scaling(series.columns, tuple(means.tolist()), tuple(stds.tolist()))
    return seen, seen.of(series.forecast)


# -- rows ----------------------------------------------------------------------------------------


def _read(call: Call, problems: list[Problem]) -> _Series | None:
    span = call.span_of("path")
    table = read_path(str(call["path"]), Dialect(encoding=str(call["encoding"])), span, problems)
    if table is None:
        return None
    rows = call["rows"]
    if isinstance(rows, int):
        table = table.take(np.arange(min(rows, len(table)), dtype=np.int64))
    time = call["time"]
    columns = _names(call["columns"]) or tuple(name for name in table.cells if name != time)
    forecast = _names(call["forecast"]) or columns
    before = len(problems)
    for key, names, known in (
        ("time", _names(time), table.columns),
        ("columns", columns, table.columns),
        ("forecast", forecast, columns),
    ):
        unknown = (name for name in names if name not in known)
        role = f"`series.{key}`"
        problems += [UnknownColumn(call.span_of(key), table.name, name, role, known) for name in unknown]
    if len(problems) > before:
        return None
    if isinstance(time, str):
        _check_time(time, table, call, problems)
    values = numbers_in(table, columns, call.span_of("path"), problems)
    return (
        _Series(values, columns, forecast, table) if values is not None and len(problems) == before else None
    )


def _names(written: Value) -> tuple[str, ...]:
    if written is None:
        return ()
    return tuple(map(str, written)) if isinstance(written, tuple) else (str(written),)


def numbers_in(
    table: Table, columns: Sequence[str], span: Span | None, problems: list[Problem]
) -> Numbers | None:
    """Columns as numbers, `(rows, columns)`; None when a cell is none.

    Args:
        table: that has them.
        columns: their names.
        span: where to blame.
        problems: R526 or R575 is appended.
    """
    before = len(problems)
    for name in columns:
        cells = table.cells[name]
        empty = np.flatnonzero(missing_in(cells))
        if len(empty):
            problems.append(EmptyInSeries(span, table.name, name, len(empty), table.places(empty)))
        wrong = not_numbers(cells)
        if len(wrong):
            first = str(cells[wrong[0]])
            problems.append(NotANumber(span, name, first, len(wrong), table.places(wrong)))
    if len(problems) > before:
        return None
    return np.stack([numbers_of(table.cells[name]) for name in columns], axis=1)


def _check_time(name: str, table: Table, call: Call, problems: list[Problem]) -> None:
    """Refuse rows that do not follow each other in time."""
    times = _times(texts_of(table.cells[name]))
    span = call.span_of("time")
    wrong = np.flatnonzero(np.isnan(times))
    if len(wrong):
        cell = str(table.cells[name][wrong[0]])
        problems.append(NoTime(span, table.name, name, cell, len(wrong), table.places(wrong)))
        return
    early = np.flatnonzero(np.diff(times) <= 0) + 1
    if len(early):
        problems.append(NotInOrder(span, table.name, name, len(early), table.places(early)))


def _times(cells: Texts) -> Numbers:
    """A number for each time, larger for later ones; NaN of what is no time."""
    if as_number(str(cells[0])) is not None:
        numbers = (as_number(text) for text in cells)
        return np.asarray([np.nan if number is None else number for number in numbers])
    import pandas as pd

    found = pd.to_datetime(pd.Series(cells), errors="coerce", format="mixed", utc=True)
    seconds = (found - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
    return np.asarray(seconds, dtype=np.float64)
