"""Stored arrays from rows of numbers: one example flattened, with or without its answers behind it.

Where there are several arrays, their numbers follow one another: those of the inputs, in their order, then
those of the targets. Columns that are named like a feature of cells or like a target lie anywhere.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from recipe.data.cells import each, numbers_of
from recipe.data.images import check_ids
from recipe.data.inputs import check_cells
from recipe.data.meanings import Kind
from recipe.data.sources.limits import fits
from recipe.data.tables import Stored, Table, missing_in
from recipe.diagnostics.data_predictions import NotBytes, UnfilledCells, WrongWidth
from recipe.diagnostics.problems import Problem, errors
from recipe.program.facts import IDS, Facts

Shape = tuple[int, ...]

_COPIES = 3  # of all numbers, as float64: the columns, joined, and in their type


def with_arrays(table: Table, facts: Facts, problems: list[Problem]) -> Table | None:
    """A table of cells with the arrays that a network was trained on, as far as its rows hold them.

    Args:
        table: of a CSV file; itself where no array is needed.
        facts: of the data that was trained on.
        problems: R526, R540 to R544 and R557 are appended.

    Returns:
        With the answers that are arrays only where the rows are long enough; None after a Problem.
    """
    inputs = dict(_inputs(facts))
    if all(name in table.arrays for name in inputs):
        return table
    table = _with_label_named(table, facts)
    names = _unnamed(table, facts)
    arrays = {**inputs, **_answers(facts)}
    needed, all_needed = _size(inputs), _size(arrays)
    if len(names) not in (needed, all_needed):
        shape = next(iter(inputs.values())) if len(inputs) == 1 else (needed,)
        labels = max(1, all_needed - needed)
        problems.append(WrongWidth(None, table.name, needed, shape, len(table.columns), labels))
        return None
    if not fits(table.name, _COPIES * 8 * len(table) * len(names), None, problems):
        return None
    before, found = len(errors(problems)), {}
    for name, shape in (inputs if len(names) == needed else arrays).items():
        mine, names = names[: math.prod(shape)], names[math.prod(shape) :]
        found[name] = _array(table, mine, shape, _dtype(facts, name), problems)
    if len(errors(problems)) > before:
        return None
    table = replace(
        table, arrays={name: Stored(values) for name, values in found.items() if values is not None}
    )
    _check_ids(table, facts, problems)
    return table if len(errors(problems)) == before else None


def _inputs(facts: Facts) -> Iterator[tuple[str, Shape]]:
    """Shape by name of the feature, of every input that is an array."""
    for name, fact in facts.inputs.items():
        (first, *_) = facts.columns_of(name)
        if first.is_array:
            yield first.name, fact.shape


def _answers(facts: Facts) -> Mapping[str, Shape]:
    return {target.name: target.shape for target in facts.targets if target.is_array}


def _size(arrays: Mapping[str, Shape]) -> int:
    return sum(math.prod(shape) for shape in arrays.values())


def _unnamed(table: Table, facts: Facts) -> tuple[str, ...]:
    """The columns that are numbers of arrays."""
    named = {column.name for column in facts.columns if not column.is_array}
    named |= {target.name for target in facts.targets if not target.is_array}
    named |= {facts.weights.name} if facts.weights else set()
    return tuple(name for name in table.cells if name not in named)


def _with_label_named(table: Table, facts: Facts) -> Table:
    """The table with its last column named as the target, when it is one column more than an example."""
    first = facts.targets[0]
    lone = len(facts.targets) == 1 and not first.is_array and first.name not in table.cells
    if not lone or len(_unnamed(table, facts)) != _size(dict(_inputs(facts))) + 1:
        return table
    return table.renamed({tuple(table.cells)[-1]: first.name})


def _dtype(facts: Facts, feature: str) -> str:
    """In which type the array of a feature or a target is kept."""
    for name, fact in facts.inputs.items():
        if facts.columns_of(name)[0].name == feature:
            return fact.dtype
    return "float64"


def _array(
    table: Table, names: tuple[str, ...], shape: Shape, dtype: str, problems: list[Problem]
) -> NDArray[np.generic] | None:
    """The examples that some columns hold, `(rows, *shape)`; bytes must be bytes."""
    before = len(errors(problems))
    for name in names:
        missing = np.flatnonzero(missing_in(table.cells[name]))
        if len(missing):
            problems.append(UnfilledCells(None, name, "number", len(missing), table.places(missing)))
        elif check_cells(name, Kind("number", "error", None), table, problems) and dtype == "uint8":
            _check_bytes(name, table, problems)
    if len(errors(problems)) > before:
        return None
    values = np.stack([numbers_of(table.cells[name]) for name in names], axis=1)
    return values.astype("float64" if dtype == IDS else dtype).reshape(len(table), *shape)


def _check_bytes(name: str, table: Table, problems: list[Problem]) -> None:
    cells = table.cells[name]
    rows = np.flatnonzero(each(cells, lambda text: float(text) not in range(256), np.bool_))
    if len(rows):
        problems.append(NotBytes(None, name, str(cells[rows[0]]), len(rows), table.places(rows)))


def _check_ids(table: Table, facts: Facts, problems: list[Problem]) -> None:
    vocabularies = {column.name: column.statistics.get("vocabulary") for column in facts.columns}
    # The values of a mask are compared with its classes where it is encoded.
    vocabularies |= {one.name: None if one.is_mask else len(one.classes) or None for one in facts.targets}
    for name in table.arrays:
        vocabulary = vocabularies[name]
        if isinstance(vocabulary, int):
            check_ids(name, table, table.name, vocabulary, None, problems)
