"""Columns of Arrow, as Parquet files and Hugging Face data sets have them, to cells and arrays."""

import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recipe.data.sources.contents import content_digest
from recipe.data.tables import MOST_PLACES, Stored, Table, Texts
from recipe.diagnostics.data_sources import UnevenLists, UnusableColumn
from recipe.diagnostics.places import Place
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

_IMAGE_FIELDS = {"bytes", "path"}  # of the struct that an image is on the Hub


@dataclass(frozen=True, slots=True)
class Columns:
    """Where columns come from, for messages.

    Args:
        source: name of the source.
        files: names of the files, and how many rows each has.
        span: where the source was written.
        problems: R562 and R563 are appended.
    """

    source: str
    files: Sequence[tuple[str, int]]
    span: Span | None
    problems: list[Problem]

    def places(self, rows: NDArray[np.int64]) -> tuple[Place, ...]:
        """Where the first few of some rows stand."""
        ends = np.cumsum([count for _, count in self.files])
        starts = np.concatenate([[0], ends[:-1]])
        found = np.searchsorted(ends, rows[:MOST_PLACES], side="right")
        return tuple(
            Place(self.files[file][0], int(row - starts[file]), "row")
            for file, row in zip(found.tolist(), rows.tolist(), strict=False)
        )


def table_of(
    columns: Mapping[str, Any], names: Mapping[str, tuple[str, ...]], wanted: Columns, targets: Sequence[str]
) -> Table | None:
    """The table of columns.

    Args:
        columns: a `pyarrow.ChunkedArray` by name, all equally long.
        names: what the whole numbers of a column stand for, where the source knows it.
        wanted: where they come from.
        targets: that the source declares.

    Returns:
        None after a Problem.
    """
    before = len(wanted.problems)
    cells: dict[str, Texts] = {}
    arrays: dict[str, Stored] = {}
    for name, column in columns.items():
        if is_array(column.type):
            values = _images(name, column, wanted) if _is_image(column.type) else _lists(name, column, wanted)
            if values is not None:
                arrays[name] = Stored(values, names=names.get(name, ()))
        elif (spell := speller(column.type)) is not None:
            spell = _named(spell, names.get(name, ()))
            try:
                pieces = [cells_of(chunk, spell) for chunk in column.chunks]
            except UNSPELLABLE as error:
                wanted.problems.append(unspellable(wanted.span, wanted.source, name, column.type, error))
                continue
            cells[name] = np.concatenate(pieces) if pieces else np.empty(0, dtype=np.object_)
        else:
            wanted.problems.append(UnusableColumn(wanted.span, wanted.source, name, str(column.type)))
    if len(wanted.problems) > before:
        return None
    counts = [count for _, count in wanted.files]
    return Table(
        name=wanted.source,
        cells=cells,
        arrays=arrays,
        targets=tuple(targets),
        digest=content_digest(cells, arrays),
        files=tuple(file for file, _ in wanted.files),
        file_of=np.repeat(np.arange(len(counts), dtype=np.int64), counts),
        numbers=np.concatenate([np.arange(count, dtype=np.int64) for count in counts]),
        unit="row",
        rows=np.arange(sum(counts), dtype=np.int64),
    )


# -- cells -----------------------------------------------------------------------------------------


UNSPELLABLE = (ValueError, OverflowError)
"""What a value that is none raises: bytes that are no UTF-8, a time beyond the year 9999, an unknown zone."""


def unspellable(span: Span | None, source: str, name: str, kind: Any, error: BaseException) -> UnusableColumn:
    """The problem of a column with a value that no text says."""
    received = f"{plain_type(kind)} with a value that cannot be read: {error}"
    return UnusableColumn(span, source, name, received)


def plain_type(kind: Any) -> Any:
    """The type of the values of a type, however they are stored: as codes, or with long offsets."""
    from pyarrow import string, types

    if types.is_dictionary(kind):
        return plain_type(kind.value_type)
    return string() if types.is_large_string(kind) else kind


def speller(kind: Any) -> Callable[[Any], str] | None:
    """How a value of a type is spelled as a cell; None for types that are no cells."""
    from pyarrow import types

    if types.is_dictionary(kind):
        return speller(kind.value_type)
    spellers: tuple[tuple[Callable[[Any], bool], Callable[[Any], str]], ...] = (
        (types.is_null, lambda _: ""),
        (types.is_boolean, lambda value: str(value).lower()),
        (types.is_integer, str),
        (types.is_floating, lambda value: "" if math.isnan(value) else repr(float(value))),
        (types.is_decimal, str),
        (types.is_string, str.strip),
        (types.is_large_string, str.strip),
        (types.is_date, lambda value: str(value.isoformat())),
        (types.is_timestamp, lambda value: str(value.isoformat())),
        (types.is_time, lambda value: str(value.isoformat())),
    )
    return next((spell for is_kind, spell in spellers if is_kind(kind)), None)


def _named(spell: Callable[[Any], str], names: tuple[str, ...]) -> Callable[[Any], str]:
    """The names of classes where there are any; -1 is a class that is not known."""
    if not names:
        return spell
    return lambda value: names[value] if 0 <= value < len(names) else ("" if value == -1 else spell(value))


def cells_of(values: Any, spell: Callable[[Any], str]) -> Texts:
    """One text for each value of a `pyarrow.Array`, `(rows,)`; equal values share one.

    Raises:
        UNSPELLABLE: where a value is none.
    """
    import pyarrow as pa

    if isinstance(values, pa.DictionaryArray) and len(values.dictionary) > len(values):
        values = values.dictionary_decode()  # a block has few of the names of a large file
    encoded = values if isinstance(values, pa.DictionaryArray) else values.dictionary_encode()
    known = ["" if value is None else spell(value) for value in encoded.dictionary.to_pylist()]
    texts = np.empty(len(known) + 1, dtype=np.object_)
    texts[:] = [*known, ""]  # the last is for what is missing
    codes = encoded.indices.cast(pa.int64()).fill_null(len(known)).to_numpy(zero_copy_only=False)
    found: Texts = texts[codes]
    return found


# -- arrays ----------------------------------------------------------------------------------------


def is_array(kind: Any) -> bool:
    """Whether a value of a type is an array: a list of numbers, or an image."""
    return _is_list(kind) or _is_image(kind)


def _is_list(kind: Any) -> bool:
    from pyarrow import types

    kind = getattr(kind, "storage_type", kind)
    is_list = types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)
    if not is_list:
        return False
    inner = kind.value_type
    return _is_list(inner) or types.is_integer(inner) or types.is_floating(inner) or types.is_boolean(inner)


def _lists(name: str, column: Any, wanted: Columns) -> NDArray[np.generic] | None:
    """Lists of numbers as one array, `(rows, ...)`; each as long as the first, and none missing."""
    import pyarrow as pa

    values = pa.concat_arrays([getattr(chunk, "storage", chunk) for chunk in column.chunks])
    shape = [len(values)]
    per_row = 1  # lists of this depth in a row
    while _is_list(values.type):
        lengths = values.value_lengths().fill_null(-1).to_numpy(zero_copy_only=False)
        wrong = np.flatnonzero(lengths != lengths[0]) if len(lengths) else lengths
        if len(wrong):
            facts = (_values(int(lengths[0])), _values(int(lengths[wrong[0]])))
            rows = np.unique(wrong // per_row).astype(np.int64)
            places = wanted.places(rows)
            wanted.problems.append(UnevenLists(wanted.span, wanted.source, name, *facts, len(rows), places))
            return None
        shape.append(int(lengths[0]) if len(lengths) else 0)
        per_row *= shape[-1]
        values = values.flatten()
    if values.null_count:
        rows = np.unique(np.flatnonzero(values.is_null().to_numpy(zero_copy_only=False)) // max(1, per_row))
        facts = (_values(per_row), "a value that is missing")
        places = wanted.places(rows.astype(np.int64))
        wanted.problems.append(UnevenLists(wanted.span, wanted.source, name, *facts, len(rows), places))
        return None
    return np.asarray(values.to_numpy(zero_copy_only=False)).reshape(shape)


def _values(count: int) -> str:
    return "nothing" if count < 0 else f"{count} value{'' if count == 1 else 's'}"


def _is_image(kind: Any) -> bool:
    from pyarrow import types

    return (
        types.is_struct(kind)
        and {kind.field(index).name for index in range(kind.num_fields)} == _IMAGE_FIELDS
    )


def _images(name: str, column: Any, wanted: Columns) -> NDArray[np.uint8] | None:
    """Encoded images, `(rows, height, width, 1 or 3)`, all of one size."""
    contents = [item["bytes"] if item else None for item in column.to_pylist()]
    images = [None if content is None else decoded(content) for content in contents]
    first = next((image for image in images if image is not None), None)
    expected = None if first is None else first.shape
    wrong = np.asarray([row for row, image in enumerate(images) if image is None or image.shape != expected])
    if len(wrong):
        other = images[wrong[0]]
        facts = (_pixels(expected), "no image that can be read" if other is None else _pixels(other.shape))
        places = wanted.places(wrong)
        wanted.problems.append(UnevenLists(wanted.span, wanted.source, name, *facts, len(wrong), places))
        return None
    return np.stack([image for image in images if image is not None])


def _pixels(shape: tuple[int, ...] | None) -> str:
    return "pixels" if shape is None else f"{' x '.join(map(str, shape))} pixels"


def decoded(content: bytes) -> NDArray[np.uint8] | None:
    """The pixels of an encoded image, `(height, width, 1)` of gray or `(height, width, 3)`; None of none."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as image:
            pixels = np.asarray(image.convert("L" if image.mode in ("1", "L", "I;16") else "RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    return pixels[..., np.newaxis] if pixels.ndim == 2 else pixels
