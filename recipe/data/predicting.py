"""Raw rows encoded for a network that was trained: with the statistics of its training split, nothing else.

Columns are found by name, in any order, and others are not looked at. What was trained on arrays takes rows
of numbers: one example flattened, with or without a label.
"""

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from recipe.data import features, targets
from recipe.data.assembly import INPUT, check_cells
from recipe.data.cells import distinct, numbers_of
from recipe.data.datasets import Array, Arrays
from recipe.data.meanings import Kind
from recipe.data.sources.csv import Dialect, read_path
from recipe.data.tables import Table, missing_in
from recipe.diagnostics.data import UnknownColumn
from recipe.diagnostics.data_cells import MissingLabels
from recipe.diagnostics.data_predictions import NotBytes, UnfilledCells, WrongWidth
from recipe.diagnostics.problems import Problem, errors
from recipe.program.facts import Column, Facts, InputFact


def read_rows(path: str | Path, problems: list[Problem]) -> Table | None:
    """The rows of a CSV file, separator and header found; None after a Problem."""
    return read_path(str(path), Dialect(), None, problems)


def encode_rows(rows: Table | str | Path, facts: Facts, problems: list[Problem]) -> Arrays | None:
    """Rows without their answers, ready for the network.

    Args:
        rows: a table, or the path of a CSV file.
        facts: of the data that was trained on.
        problems: R5xx are appended; values of a category that were never seen are warnings.

    Returns:
        Inputs as in training, in the order of the rows, and no targets; None when there is an error.
    """
    table = rows if isinstance(rows, Table) else read_rows(rows, problems)
    if table is None:
        return None
    inputs = _inputs(table, facts, problems)
    return None if inputs is None else Arrays(inputs, {}, table.rows)


def encode_labelled_rows(rows: Table | str | Path, facts: Facts, problems: list[Problem]) -> Arrays | None:
    """Rows with their answers; see `encode_rows`."""
    table = rows if isinstance(rows, Table) else read_rows(rows, problems)
    if table is None:
        return None
    if is_flat(facts):
        table = _with_label_named(table, facts)
    inputs = _inputs(table, facts, problems)
    answers = _targets(table, facts, problems)
    return None if inputs is None or answers is None else Arrays(inputs, answers, table.rows)


def is_flat(facts: Facts) -> bool:
    """Whether one stored array was trained on, rather than columns of cells."""
    first = facts.columns[0]
    return len(facts.columns) == 1 and "missing" not in first.statistics


def _inputs(table: Table, facts: Facts, problems: list[Problem]) -> Mapping[str, Array] | None:
    encoded = (
        _encode_flat(table, facts, problems) if is_flat(facts) else _encode_cells(table, facts, problems)
    )
    return None if encoded is None else {INPUT: encoded}


def _encode_cells(table: Table, facts: Facts, problems: list[Problem]) -> Array | None:
    before = len(errors(problems))
    for column in facts.columns:
        if column.name not in table.cells:
            role = "a feature of the network"
            problems.append(UnknownColumn(None, table.name, column.name, role, table.columns))
            continue
        pair = (*features.categories_of(column.statistics), "", "")[:2]
        check_cells(column.name, Kind(column.kind, "error", None, pair=(pair[0], pair[1])), table, problems)
        _check_missing(column, table, problems)
    if len(errors(problems)) > before:
        return None
    features.warn_of_unseen(facts.columns, table.cells, table.name, None, problems)
    return features.encode(facts.columns, table.cells)


def _check_missing(column: Column, table: Table, problems: list[Problem]) -> None:
    """Refuse missing cells of a column for which training had no way to fill them."""
    missing = np.flatnonzero(missing_in(table.cells[column.name]))
    if "fill" in column.statistics or not len(missing):
        return
    places = table.places(missing)
    problems.append(UnfilledCells(None, column.name, column.kind, len(missing), places))


def _encode_flat(table: Table, facts: Facts, problems: list[Problem]) -> Array | None:
    """Examples from rows of numbers; bytes must be bytes."""
    fact = facts.inputs[INPUT]
    expected = math.prod(fact.shape)
    names = _pixels(table, facts, expected)
    if len(names) != expected:
        problems.append(WrongWidth(None, table.name, expected, fact.shape, len(table.columns)))
        return None
    before = len(errors(problems))
    for name in names:
        missing = np.flatnonzero(missing_in(table.cells[name]))
        if len(missing):
            places = table.places(missing)
            problems.append(UnfilledCells(None, name, "number", len(missing), places))
        elif check_cells(name, Kind("number", "error", None), table, problems):
            _check_bytes(name, fact, table, problems)
    if len(errors(problems)) > before:
        return None
    values = np.stack([numbers_of(table.cells[name]) for name in names], axis=1)
    return values.astype(fact.dtype).reshape(len(table), *fact.shape)


def _pixels(table: Table, facts: Facts, expected: int) -> tuple[str, ...]:
    """The columns of the example: all of them, or all but the label."""
    names = tuple(table.cells)
    if len(names) != expected + 1:
        return names
    label = facts.targets[0].name if facts.targets[0].name in names else names[-1]
    return tuple(name for name in names if name != label)


def _check_bytes(name: str, fact: InputFact, table: Table, problems: list[Problem]) -> None:
    if fact.dtype != "uint8":
        return
    cells = table.cells[name]
    wrong = {text for text in distinct(cells) if float(text) not in range(256)}
    rows = np.flatnonzero([text in wrong for text in cells])
    if len(rows):
        problems.append(NotBytes(None, name, str(cells[rows[0]]), len(rows), table.places(rows)))


def _with_label_named(table: Table, facts: Facts) -> Table:
    """The table with its last column named as the target, when it is one column more than an example."""
    name = facts.targets[0].name
    expected = math.prod(facts.inputs[INPUT].shape)
    if name in table.cells or len(table.cells) != expected + 1:
        return table
    last = tuple(table.cells)[-1]
    return table.renamed({last: name})


def _targets(table: Table, facts: Facts, problems: list[Problem]) -> Mapping[str, Array] | None:
    before = len(errors(problems))
    for target in facts.targets:
        if target.name not in table.cells:
            role = "a target of the network"
            problems.append(UnknownColumn(None, table.name, target.name, role, table.columns))
            continue
        missing = np.flatnonzero(missing_in(table.cells[target.name]))
        if len(missing):
            places = table.places(missing)
            problems.append(MissingLabels(None, target.name, "target", len(missing), len(table), places))
            continue
        targets.check(target, table, table.name, None, problems)
    if len(errors(problems)) > before:
        return None
    return {target.name: targets.encode(target, table.cells[target.name]) for target in facts.targets}
