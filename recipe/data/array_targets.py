"""Targets that are arrays: a class for each position of a text or a pixel of an image, or several numbers."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from recipe.data import masks
from recipe.data.datasets import Array
from recipe.data.images import check_finite, check_ids
from recipe.data.inferred_kinds import MOST_CLASSES
from recipe.data.labels import LABELS
from recipe.data.packing.mapped import Mapped
from recipe.data.tables import Stored, Table
from recipe.data.windows import Windows, as_type, each_once
from recipe.diagnostics.data import KindDoesNotFit
from recipe.diagnostics.data_arrays import DifferentShape, OneHotTarget
from recipe.diagnostics.data_cells import OneClass
from recipe.diagnostics.problems import Problem, errors
from recipe.diagnostics.spans import Span
from recipe.program.facts import IDS, Target
from recipe.program.roles import SAME

Values = Array


def settle(
    name: str, written: str | None, source: Stored, span: Span | None, problems: list[Problem]
) -> Target | None:
    """A target with its kind, shape and classes, still without counts; None after a Problem.

    Arrays of 0 and 1 that are written as labels have one in each column, named by its number. Whole numbers
    that have names, or at most 20 distinct values, are classes, as in a column; others are numbers.

    Args:
        name: of the array.
        written: kind that the spec gives, or None.
        source: all examples of the training source, so that the classes do not hang on the split.
        span: where to blame.
        problems: R528, R534 or R545 is appended.
    """
    values, shape = source.answers, source.values.shape[1:]
    found = f"examples of shape {shape} and type {values.dtype}"
    if source.later and written not in (None, "next"):
        problems.append(KindDoesNotFit(span, name, written or "", "tokens of a text", ("next",)))
        return None
    if source.later:
        return Target(name, "category", source.names, shape=shape, later=source.later)
    if written == SAME:
        return Target(name, "number", shape=shape, again=source.scale or 1.0)
    if written == LABELS and values.ndim == 2 and not isinstance(values, Windows) and _are_bits(values):
        return Target(name, LABELS, tuple(map(str, range(shape[0]))), shape=shape)
    is_whole = values.dtype.kind in "biu"
    accepted = ("category", "number") if is_whole else ("number",)
    if written is not None and written not in accepted:
        problems.append(KindDoesNotFit(span, name, written, found, accepted))
        return None
    if written is None and not isinstance(values, Windows | Mapped) and _is_one_hot(values):
        problems.append(OneHotTarget(span, name, shape[0]))
        return None
    if (written or ("category" if is_whole and _few(source) else "number")) == "number":
        reason = "" if written else found
        return Target(name, "number", shape=shape, reason=reason, scaling=source.scaling)
    classes = source.names or tuple(map(str, range(int(each_once(values).max()) + 1)))
    if len(classes) < 2:
        problems.append(OneClass(span, name, str(each_once(values).flat[0])))
        return None
    return Target(name, "category", classes, shape=shape, reason="" if written else found)


def _few(source: Stored) -> bool:
    return bool(source.names) or len(np.unique(each_once(source.values))) <= MOST_CLASSES


def _is_one_hot(values: NDArray[np.generic]) -> bool:
    """Whether every example is zeros and a single one."""
    return values.ndim == 2 and _are_bits(values) and bool(np.all(values.sum(axis=1) == 1))


def _are_bits(values: Values) -> bool:
    """Whether there is nothing but 0 and 1, each of which may be a label."""
    held = each_once(values)
    return held.dtype.kind in "biuf" and bool(np.all((held == 0) | (held == 1)))


def check(target: Target, table: Table, part: str, span: Span | None, problems: list[Problem]) -> bool:
    """Whether a part holds examples of the right shape, with finite numbers or known classes.

    Args:
        target: with its classes.
        table: of the part.
        part: its name.
        span: where to blame.
        problems: R537, R539 or R544 is appended.
    """
    before = len(errors(problems))
    received = table.arrays[target.name].values.shape[1:]
    if received != target.shape:
        problems.append(DifferentShape(span, target.name, part, target.shape, received))
    check_finite(target.name, table, part, span, problems)
    if target.are_labels:
        check_ids(target.name, table, part, 2, span, problems)
    elif target.classes:
        check_ids(target.name, table, part, len(target.classes), span, problems)
    return len(errors(problems)) == before


def fit(target: Target, values: Values) -> Target:
    """The target with its counts, or its mean and standard deviation, from the training split."""
    if target.kind == "number":
        numbers = each_once(values).astype(np.float64) * (target.again or 1.0)
        return replace(target, mean=float(numbers.mean()), std=float(numbers.std()) or 1.0)
    if target.are_labels:
        counts = np.count_nonzero(each_once(values), axis=0)
        return replace(target, counts=tuple(counts.tolist()), num_counted=len(values))
    blocks = values.blocks() if isinstance(values, Mapped) else (each_once(values),)
    counts = np.zeros(len(target.classes), dtype=np.int64)
    for block in blocks:
        counts += np.bincount(block.astype(np.int64).reshape(-1), minlength=len(target.classes))
    return replace(target, counts=tuple(counts.tolist()))


def encode(target: Target, values: Values) -> Array:
    """The target of every row, `(rows, *shape)`: int32 of classes, float32 of labels and numbers.

    What says a feature again is stored as that feature is, and scaled with it; of masks see `masks.encode`.
    """
    if target.again:
        return values
    if target.is_mask:
        return masks.encode(target, values)
    return as_type(values, IDS if target.kind == "category" else "float32")
