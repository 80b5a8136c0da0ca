"""Stored arrays as inputs: images keep their bytes, ids stay integers, other arrays become float32."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from recipe.data.datasets import Array
from recipe.data.packing.mapped import Mapped
from recipe.data.tables import Stored, Table
from recipe.data.windows import Windows, as_type, each_once
from recipe.diagnostics.data import KindDoesNotFit
from recipe.diagnostics.data_arrays import IdOutOfRange, NotFinite
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.facts import IDS, Column, InputFact, Scaling, Statistic

_BYTE_SCALE = 1 / 255


@dataclass(frozen=True, slots=True)
class Layout:
    """How a stored array is fed.

    Args:
        kind: `image`, `category` of integer ids, or `number` of any other array.
        fact: of the input.
        reason: why this kind was chosen; empty when it was written.
        vocabulary: how many ids there are; 0 of other kinds.
        names: of the ids, where they have any.
        statistics: what else its source knows of it.
        scaling: of the columns of a series.
    """

    kind: str
    fact: InputFact
    reason: str
    vocabulary: int = 0
    names: tuple[str, ...] = ()
    statistics: Mapping[str, Statistic] = field(default_factory=lambda: MappingProxyType({}))
    scaling: Scaling | None = None

    def column(self, name: str) -> Column:
        """The array as the one column of its input."""
        statistics = dict(self.statistics)
        if self.kind == "image":
            statistics["scale"] = self.fact.scale
        if self.kind == "category":
            statistics["vocabulary"] = self.vocabulary
        if self.names:
            statistics["categories"] = self.names
        width = int(np.prod(self.fact.shape))
        return Column(name, self.kind, width, statistics, self.reason, self.scaling)

    def encode(self, values: Array) -> Array:
        """The stored values in the shape and type of the input; a view where nothing changes."""
        if isinstance(values, Windows):
            return as_type(values, self.fact.dtype)
        if isinstance(values, Mapped):
            return values.as_shape(self.fact.shape).as_type(self.fact.dtype)
        if values.shape[1:] != self.fact.shape:
            values = values.reshape(len(values), *self.fact.shape)
        return as_type(values, self.fact.dtype)


def settle_layout(
    name: str, stored: Stored, written: str | None, span: Span | None, problems: list[Problem]
) -> Layout | None:
    """How a stored array is fed; None when the kind that was written does not fit.

    Arrays of rank 4, and arrays of bytes of rank 3 (which get a channel axis), are images. Images of bytes
    stay bytes, with a factor that brings them to [0, 1]. Masks, whole numbers whose names the source knows,
    and those that are written as a `category`, are ids. Everything else becomes float32 as it is.

    Args:
        name: of the array.
        stored: all rows of the training source, `(rows, ...)`.
        written: kind that the spec gives, or None.
        span: where to blame.
        problems: R528 is appended.
    """
    values = stored.values
    found = f"examples of shape {values.shape[1:]} and type {values.dtype}"
    accepted = ("number", "image") if values.ndim in (3, 4) else ("number",)
    accepted = (*accepted, "category") if values.dtype.kind in "iu" and values.ndim > 1 else accepted
    if written is not None and written not in accepted:
        problems.append(KindDoesNotFit(span, name, written, found, accepted))
        return None
    is_bytes = values.dtype == np.uint8
    looks_like_images = values.ndim == 4 or (values.ndim == 3 and is_bytes)
    inferred = "category" if stored.names or stored.found else "image" if looks_like_images else "number"
    kind, reason = (inferred, found) if written is None else (written, "")
    if kind == "category":
        vocabulary = len(stored.names) or int(each_once(values).max()) + 1
        fact = InputFact(values.shape[1:], IDS)
        return Layout(kind, fact, reason, vocabulary, stored.names, stored.statistics)
    if kind != "image":
        fact = InputFact(values.shape[1:] or (1,), "float32")
        return Layout(kind, fact, reason, statistics=stored.statistics, scaling=stored.scaling)
    shape = (*values.shape[1:], 1) if values.ndim == 3 else values.shape[1:]
    scale = stored.scale or (_BYTE_SCALE if is_bytes else 1.0)
    return Layout(kind, InputFact(shape, "uint8" if is_bytes else "float32", scale), reason)


def check_ids(
    name: str, table: Table, part: str, vocabulary: int, span: Span | None, problems: list[Problem]
) -> bool:
    """Whether an array holds nothing but ids from 0 to below the vocabulary; else R544."""
    values = table.arrays[name].values
    if isinstance(values, Windows):  # its source has looked at every position
        return True
    if isinstance(values, Mapped):  # the extremes of every example lie beside it
        values = np.stack([values.lows, values.highs], axis=1)
    flat: NDArray[np.number] = np.asarray(values).reshape(len(values), -1)
    outside = (flat < 0) | (flat >= vocabulary)
    if values.dtype.kind == "f":
        outside |= flat != np.floor(flat)
    rows = np.flatnonzero(outside.any(axis=1))
    if len(rows):
        first = float(flat[outside][0])
        problems.append(IdOutOfRange(span, name, part, first, vocabulary, len(rows), table.places(rows)))
    return not len(rows)


def check_finite(name: str, table: Table, part: str, span: Span | None, problems: list[Problem]) -> bool:
    """Whether an array holds neither NaN nor infinity; else R537."""
    values = table.arrays[name].values
    if values.dtype.kind != "f" or isinstance(values, Windows):  # of these the source has looked at each
        return True
    if isinstance(values, Mapped):  # the extremes of an example with NaN are NaN
        values = np.stack([values.lows, values.highs], axis=1)
    finite = np.isfinite(values.reshape(len(values), -1)).all(axis=1)
    rows = np.flatnonzero(~finite)
    if len(rows):
        problems.append(NotFinite(span, name, part, len(rows), table.places(rows)))
    return not len(rows)
