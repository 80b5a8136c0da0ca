"""What the network learns to say: class indices, labels, flags and numbers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from recipe.catalog.calls import Value
from recipe.data import scales
from recipe.data.cells import (
    are_many_numbers,
    codes_of,
    distinct,
    distinct_names,
    each,
    flags_of,
    in_natural_order,
    numbers_of,
)
from recipe.data.datasets import Array
from recipe.data.inputs import check_cells
from recipe.data.labels import EMPTY, LABELS, counts_of_labels, indicators_of, unknown_labels
from recipe.data.meanings import Kind
from recipe.data.steps import (
    SEQUENCE,
    classes_of_steps,
    counts_of_steps,
    num_steps,
    numbers_of_steps,
    unknown_classes,
)
from recipe.data.tables import Cells, Rows, Table, missing_in
from recipe.diagnostics.data_cells import OneClass, UnseenClass
from recipe.diagnostics.data_sequences import DifferentSteps
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.facts import Target


def settle_classes(name: str, kind: Kind, source: Cells, problems: list[Problem]) -> Target | None:
    """A target with its classes, still without counts; None after a Problem.

    Args:
        name: of the column.
        kind: of the column.
        source: all cells of the training source, so that the classes do not hang on the split.
        problems: R534 is appended.
    """
    if kind.name == LABELS:
        return _settle_labels(name, kind, source, problems)
    if kind.name == SEQUENCE:
        return _settle_steps(name, kind, source, problems)
    values = () if are_many_numbers(source) and kind.name == "number" else distinct_names(source)
    if len(values) == 1:
        problems.append(OneClass(kind.span, name, values[0]))
        return None
    if kind.name == "number":
        return Target(name, "number", shape=(1,), reason=kind.reason, scale=_scale_of(kind))
    classes = in_natural_order(values) if kind.name == "category" else kind.pair
    shape = () if kind.name == "category" else (1,)
    return Target(name, kind.name, classes, shape=shape, reason=kind.reason)


def _settle_labels(name: str, kind: Kind, source: Cells, problems: list[Problem]) -> Target | None:
    separator = str(kind.options["separator"])
    classes = in_natural_order(counts_of_labels(source, separator))
    if len(classes) == 1 and not (kind.missing == EMPTY and missing_in(source).any()):
        problems.append(OneClass(kind.span, name, classes[0]))
        return None
    shape = (len(classes),)
    return Target(name, LABELS, classes, shape=shape, separator=separator, missing=kind.missing)


def _settle_steps(name: str, kind: Kind, source: Cells, problems: list[Problem]) -> Target | None:
    separator, length = str(kind.options["separator"]), int(str(kind.options["length"]))
    classes = in_natural_order(counts_of_steps(source, separator))
    if len(classes) == 1:
        problems.append(OneClass(kind.span, name, classes[0]))
        return None
    if kind.options["of"] == "number":
        scale = _scale_of(kind)
        return Target(name, "number", shape=(length, 1), scale=scale, separator=separator)
    return Target(name, "category", classes, shape=(length,), separator=separator)


def _scale_of(kind: Kind) -> str:
    """The scale on which a number is learned; none unless it is said."""
    scale = kind.options["scale"]
    return "none" if scale == "auto" else str(scale)


def fit(target: Target, cells: Cells) -> Target:
    """The target with its counts, or its scale, mean and standard deviation, from the training split."""
    if target.kind == "number":
        numbers = _numbers(target, cells)
        numbers = numbers[~np.isnan(numbers)]
        statistics = scales.fit(target.scale, numbers)
        shift, divisor = (float(str(statistics[name])) for name in ("shift", "divisor"))
        scaled = scales.apply(statistics, numbers)
        mean, std = float(np.mean(scaled)), float(np.std(scaled)) or 1.0
        return replace(target, shift=shift, divisor=divisor, mean=mean, std=std)
    if target.separator:
        found = (counts_of_steps if target.is_sequence else counts_of_labels)(cells, target.separator)
        return replace(target, counts=tuple(found[name] for name in target.classes), num_counted=len(cells))
    counts = np.bincount(_codes(target, cells), minlength=len(target.classes))
    return replace(target, counts=tuple(counts.tolist()), num_counted=len(cells))


def encode(target: Target, cells: Cells) -> Array:
    """The target of every row, int32 `(rows,)` of a category, else float32.

    It is `(rows, 1)` of a flag or a number, `(rows, classes)` of labels, `(rows, length)` of the classes of a
    sequence, and `(rows, length, 1)` of its numbers, NaN behind the last.

    Args:
        target: with its classes.
        cells: none of them missing, none of an unknown class (see `check`).
    """
    is_sequence_of_classes = target.is_sequence and target.kind != "number"
    return _ENCODE[SEQUENCE if is_sequence_of_classes else target.kind](target, cells)


def _numbers(target: Target, cells: Cells) -> NDArray[np.float64]:
    """The numbers of all cells, `(rows,)`, or of their steps, `(rows, length)`."""
    if target.is_sequence:
        return numbers_of_steps(cells, target.separator, target.shape[0])
    return numbers_of(cells)


_ENCODE: Mapping[str, Callable[[Target, Cells], Array]] = MappingProxyType(
    {
        "category": lambda target, cells: codes_of(cells, target.classes).astype(np.int32),
        "sequence": lambda target, cells: classes_of_steps(
            cells, target.separator, target.classes, target.shape[0]
        ),
        "labels": lambda target, cells: indicators_of(cells, target.separator, target.classes),
        "flag": lambda target, cells: _codes(target, cells).astype(np.float32)[:, np.newaxis],
        "number": lambda target, cells: scales.apply(target.statistics, _numbers(target, cells)).astype(
            np.float32
        )[..., np.newaxis],
    }
)


def check(target: Target, table: Table, part: str, span: Span | None, problems: list[Problem]) -> bool:
    """Whether a separate source holds only numbers, or only classes that the training source has.

    Args:
        target: with its classes.
        table: of the source; no target cell is missing.
        part: `validation`, `test`, or what the rows are for.
        span: where the target was written.
        problems: R526, R535 or R581 is appended.
    """
    cells = table.cells[target.name]
    if target.kind == "number":
        return check_cells(target.name, _kind_of(target, span), table, problems)
    unseen = _unseen(target, cells)
    for value, rows in unseen.items():
        places = table.places(rows)
        problems.append(UnseenClass(span, target.name, value, part, target.classes, len(rows), places))
    return not unseen


def check_steps(
    target: Target,
    sequences: Mapping[str, str],
    table: Table,
    span: Span | None,
    problems: list[Problem],
) -> bool:
    """Whether each step of the one sequence among the features has an answer, and each answer a step.

    Args:
        target: a class or a number for each step.
        sequences: separators by name of the feature; of several ones nobody knows which is meant.
        table: of the rows.
        span: where the target was written.
        problems: R577 is appended.
    """
    if len(sequences) != 1:
        return True
    ((feature, separator),) = sequences.items()
    seen = num_steps(table.cells[feature], separator)
    said = num_steps(table.cells[target.name], target.separator)
    rows = np.flatnonzero(seen != said)
    if len(rows):
        counts = int(seen[rows[0]]), int(said[rows[0]])
        problems.append(DifferentSteps(span, feature, target.name, *counts, len(rows), table.places(rows)))
    return not len(rows)


def _unseen(target: Target, cells: Cells) -> Mapping[str, Rows]:
    """The rows of every class that the training source lacks."""
    if target.is_sequence:
        return unknown_classes(cells, target.separator, target.classes)
    if target.kind == LABELS:
        return unknown_labels(cells, target.separator, target.classes)
    unseen = np.flatnonzero(_codes(target, cells) < 0)
    others = cells[unseen]
    return {value: unseen[each(others, value.__eq__, np.bool_)] for value in distinct(others)}


def _kind_of(target: Target, span: Span | None) -> Kind:
    """The kind of a column of numbers, or of sequences of them."""
    options: dict[str, Value] = {"scale": target.scale}
    if not target.is_sequence:
        return Kind("number", "error", span, options=options)
    options |= {"of": "number", "separator": target.separator, "length": target.shape[0]}
    return Kind(SEQUENCE, "error", span, options=options)


def _codes(target: Target, cells: Cells) -> NDArray[np.int64]:
    """The class index of every cell, -1 where it is none."""
    if target.kind == "category":
        return codes_of(cells, target.classes)
    negative, positive = target.classes
    flags = flags_of(cells, (negative, positive))
    return np.where(np.isnan(flags), -1, flags).astype(np.int64)
