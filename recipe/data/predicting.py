"""Raw rows encoded for a network that was trained: with the statistics of its training split, nothing else.

Columns are found by name, in any order, and others are not looked at. What was trained on arrays takes rows
of numbers, see `recipe.data.flat_rows`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recipe.catalog.calls import Call
from recipe.data import array_targets, derived, features, masks, targets, weights
from recipe.data.datasets import Array, Arrays
from recipe.data.encoded import encoded
from recipe.data.flat_rows import with_arrays
from recipe.data.forecasting import all_windows, forecasts, last_window
from recipe.data.inputs import Encoding, check_cells
from recipe.data.labels import EMPTY
from recipe.data.meanings import Kind
from recipe.data.missing import without_gaps
from recipe.data.prompts import encode_text, tokenizer_of
from recipe.data.sources.csv import dialect_of, read_or_pack
from recipe.data.sources.csv_rows import SEPARATORS, Dialect
from recipe.data.sources.parquet import read_cells
from recipe.data.sources.readers import module_of
from recipe.data.steps import SEQUENCE, num_steps
from recipe.data.tables import Table, missing_in
from recipe.data.windows import as_type
from recipe.diagnostics.data import UnknownColumn
from recipe.diagnostics.data_cells import MissingLabels
from recipe.diagnostics.data_predictions import UnfilledCells
from recipe.diagnostics.problems import Problem, errors
from recipe.program.facts import IDS, Column, Facts, Target

_PARQUET = ".parquet"
_TABLES = (".csv", ".gz", ".tsv", ".txt", _PARQUET)


def rows_at(path: Path, facts: Facts, problems: list[Problem], like: Call | None) -> Table | Path | None:
    """What lies at a path: images where these were trained on; a table or a text is left to be read.

    A table is read as the names of images where the training's were named by one.

    Args:
        path: of a file or folder.
        facts: of the data that was trained on.
        problems: R5xx are appended.
        like: the source that was trained on.
    """
    read_more = None if like is None else getattr(module_of(like), "read_more", None)
    if like is None or read_more is None:
        return path
    if path.suffix.lower() in _TABLES and like.get("table") is None:
        return path
    table: Table | None = read_more(like, path, facts, problems)
    return table


def read_rows(path: str | Path, problems: list[Problem], like: Call | None = None) -> Table | None:
    """The rows of a Parquet file, or of a CSV file, separator and header found; None after a Problem.

    Args:
        path: of the file.
        problems: R5xx are appended.
        like: the source that was trained on: numbers, quotes and comments are written as there.

    Raises:
        PackError: R622 or R623 for the cache, where the file is larger than memory.
    """
    if Path(path).suffix.lower() == _PARQUET:
        return read_cells(str(path), problems)
    return read_or_pack(str(path), _dialect(like), problems)


def _dialect(like: Call | None) -> Dialect:
    """Of files that are written like a source; one whose columns the spec names has no header here either."""
    if like is None or like.name != "csv":
        return Dialect()
    written = dialect_of(like)
    found = None if written.separator in SEPARATORS else written.separator
    return written if written.columns else replace(written, header=None, skip_lines=0, separator=found)


def encode_rows(
    rows: Table | str | Path, facts: Facts, problems: list[Problem], like: Call | None = None
) -> Arrays | None:
    """Rows without their answers, ready for the network.

    Args:
        rows: a table, or the path of a CSV or Parquet file.
        facts: of the data that was trained on.
        problems: R5xx are appended; values of a category that were never seen are warnings.
        like: the source that was trained on, see `read_rows`.

    Returns:
        Inputs as in training, in the order of the rows, and no targets; None when there is an error.
    """
    if forecasts(facts):
        series = _read(rows, problems, like)
        return None if series is None else last_window(series, facts, problems)
    table = _table(rows, facts, problems, like)
    inputs = None if table is None else _inputs(table, facts, problems)
    if table is None or inputs is None:
        return None
    return Arrays(inputs, {}, table.rows, num_steps=_num_steps(table, facts, inputs))


def _num_steps(table: Table, facts: Facts, inputs: Mapping[str, Array]) -> NDArray[np.int64] | None:
    """How many steps the answers of the rows have: those of a sequence that is as long, or of ids."""
    lengths = {target.shape[0] for target in facts.targets if target.is_sequence}
    for name, fact in facts.inputs.items():
        column = facts.columns_of(name)[0]
        if not fact.shape or fact.shape[0] not in lengths:
            continue
        if column.kind == SEQUENCE:
            # An empty sequence of names is one unknown name.
            return np.maximum(num_steps(table.cells[column.name], str(column.statistics["separator"])), 1)
        if fact.dtype == IDS:
            return np.asarray(np.count_nonzero(inputs[name][:], axis=1))
    return None


def encode_labelled_rows(
    rows: Table | str | Path,
    facts: Facts,
    problems: list[Problem],
    like: Call | None = None,
    is_dropped: Callable[[str], bool] = lambda name: False,
) -> Arrays | None:
    """Rows with their answers, and their weights where that column is there; see `encode_rows`.

    For a network that says the next token, a text.

    Args:
        rows: as of `encode_rows`.
        facts: likewise.
        problems: likewise.
        like: likewise.
        is_dropped: whether rows are left out where a cell of a column is missing, as in training.
    """
    tokenizer = tokenizer_of(facts)
    if tokenizer is not None and not isinstance(rows, Table):
        return encode_text(rows, tokenizer, facts, problems)
    if forecasts(facts):
        series = _read(rows, problems, like)
        return None if series is None else all_windows(series, facts, problems)
    table = _table(rows, facts, problems, like)
    table = None if table is None else _with_answers(table, facts, problems)
    if table is None:
        return None
    columns = (*facts.columns, *facts.targets, *((facts.weights,) if facts.weights else ()))
    table = without_gaps(table, (one.name for one in columns if is_dropped(one.name)), problems)
    if errors(problems):
        return None
    inputs = _inputs(table, facts, problems)
    answers = _targets(table, facts, problems, like)
    if inputs is None or answers is None:
        return None
    weighed = _weights(table, facts, problems)
    return None if errors(problems) else Arrays(inputs, answers, table.rows, weights=weighed)


def _weights(table: Table, facts: Facts, problems: list[Problem]) -> weights.Weights | None:
    if facts.weights is None or facts.weights.name not in table.cells:
        return None
    return weights.settle(facts.weights.name, {table.name: table}, None, problems).get(table.name)


def _read(rows: Table | str | Path, problems: list[Problem], like: Call | None) -> Table | None:
    if isinstance(rows, Table):
        return rows
    return read_rows(rows, problems, like)


def _table(
    rows: Table | str | Path, facts: Facts, problems: list[Problem], like: Call | None
) -> Table | None:
    table = _read(rows, problems, like)
    return None if table is None else with_arrays(table, facts, problems)


def _with_answers(table: Table, facts: Facts, problems: list[Problem]) -> Table | None:
    """The table with the targets that are made of its columns."""
    return derived.with_derived(table, derived.learned(facts), problems)


def _inputs(table: Table, facts: Facts, problems: list[Problem]) -> Mapping[str, Array] | None:
    before = len(errors(problems))
    arrays: dict[str, Array] = {}
    encodings: dict[str, Encoding] = {}
    for name, fact in facts.inputs.items():
        columns = facts.columns_of(name)
        if columns[0].is_array:
            arrays[name] = as_type(table.arrays[columns[0].name].values, fact.dtype)
        elif _check_columns(columns, table, problems):
            features.warn_of_unseen(columns, table.cells, table.name, None, problems)
            encodings[name] = Encoding(fact, tuple(columns))
    if len(errors(problems)) > before:
        return None
    return {**arrays, **encoded("rows", encodings, table, problems)}


def _check_columns(columns: Sequence[Column], table: Table, problems: list[Problem]) -> bool:
    before = len(errors(problems))
    for column in columns:
        if column.name not in table.cells:
            role = "a feature of the network"
            problems.append(UnknownColumn(None, table.name, column.name, role, table.columns))
            continue
        check_cells(column.name, _kind_of(column), table, problems)
        _check_missing(column, table, problems)
    return len(errors(problems)) == before


def _kind_of(column: Column) -> Kind:
    """The kind of a column as training settled it."""
    pair = (*features.categories_of(column.statistics), "", "")[:2]
    known = column.statistics
    options = {name: known.get(name) for name in ("format", "separator", "length")}
    options |= {"scale": known.get("scaling"), "of": "category" if "vocabulary" in known else "number"}
    return Kind(column.kind, "error", None, pair=(pair[0], pair[1]), options=options)


def _check_missing(column: Column, table: Table, problems: list[Problem]) -> None:
    """Refuse missing cells of a column for which training had no way to fill them."""
    missing = np.flatnonzero(missing_in(table.cells[column.name]))
    if "fill" in column.statistics or not len(missing):
        return
    places = table.places(missing)
    problems.append(UnfilledCells(None, column.name, column.kind, len(missing), places))


def _targets(
    table: Table, facts: Facts, problems: list[Problem], like: Call | None
) -> Mapping[str, Array] | None:
    before = len(errors(problems))
    for target in facts.targets:
        if target.name not in table.columns:
            named = like.get("mask_column") if like is not None and target.is_mask else None
            column, role = str(named or target.name), "a target of the network"
            problems.append(UnknownColumn(None, table.name, column, role, table.columns))
        elif target.is_mask:
            masks.check(target, table, table.name, None, problems)
        elif not target.is_array:
            _check_labels(target, table, problems)
        if target.is_sequence and len(errors(problems)) == before:
            known = {column.name: column.statistics for column in facts.columns if column.kind == SEQUENCE}
            seen = {name: str(statistics["separator"]) for name, statistics in known.items()}
            targets.check_steps(target, seen, table, None, problems)
    if len(errors(problems)) > before:
        return None
    return {target.name: _answers(target, table) for target in facts.targets}


def _check_labels(target: Target, table: Table, problems: list[Problem]) -> None:
    missing = np.flatnonzero(missing_in(table.cells[target.name]))
    if len(missing) and target.missing != EMPTY:
        places = table.places(missing)
        problems.append(MissingLabels(None, target.name, "target", len(missing), len(table), places))
    else:
        targets.check(target, table, table.name, None, problems)


def _answers(target: Target, table: Table) -> Array:
    if target.is_array:
        return array_targets.encode(target, table.arrays[target.name].values)
    return targets.encode(target, table.cells[target.name])
