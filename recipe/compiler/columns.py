"""Columns of a table encoded by stock Keras layers, to the same numbers as the data floor encodes them.

What Keras cannot express: a cell that the data floor refuses cannot be refused, it becomes NaN (and so does
the prediction); a category goes by its name, `3`, where the data floor also reads `3.0`; the text of a
date cannot be read, so that a date is given by its parts, as whole numbers; and a cell of labels cannot be
parted, so that they are given one by one. Text exists in TensorFlow only: a
model with categories is loaded with that backend, whichever it was trained with.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import keras
import numpy as np

from recipe.program.facts import TOKENIZER, Column, Statistic, preset_tokenizer

_BITS = ("0", "1")
_FIRST_AND_CYCLE: Mapping[str, tuple[int, int]] = MappingProxyType(
    # As Python's datetime counts: months and days from 1, days of the week from Monday, 0.
    {
        "month": (1, 12),
        "day": (1, 31),
        "day_of_week": (0, 7),
        "day_of_year": (1, 366),
        "hour": (0, 24),
        "minute": (0, 60),
    }
)


@dataclass(frozen=True, slots=True)
class Encoder:
    """How the raw cells of a kind become numbers.

    Args:
        dtype: of the raw cells; `float64` as in a CSV, since the standardized number is float32.
        encode: `(batch, width)`, ids `(batch,)` of an embedded category or `(batch, length)` of a text, from
            the facts, the raw cells `(batch, 1)` by the end of their input's name, and the beginning of layer
            names.
        suffixes: ends of the names of the inputs; one without an end unless said.
        length: of the raw cells of an example; None where it may differ.
    """

    dtype: str
    encode: Callable[[Column, Mapping[str, Any], str], Any]
    suffixes: Callable[[Column], tuple[str, ...]] = lambda _: ("",)
    length: int | None = 1


def encoder_of(column: Column) -> Encoder:
    """The encoder of a column; a flag that is 0 or 1, and a sequence of numbers, are taken as numbers.

    A text whose ids are those of a preset is taken as ids, since no stock class of Keras finds them.
    """
    if column.kind == "flag" and _words(column.statistics) == _BITS:
        return _BIT
    if column.kind == "sequence" and "vocabulary" not in column.statistics:
        return _NUMBERS
    if TOKENIZER in column.statistics:
        return _TOKEN_IDS
    return _ENCODERS[column.kind]


# -- numbers -------------------------------------------------------------------------------------


def _number(column: Column, raw: Mapping[str, Any], prefix: str) -> Any:
    numbers = _filled(raw[""], column)
    return _with_indicator(_scaled(column.statistics, numbers, prefix), raw[""], column)


def _scaled(statistics: Mapping[str, Statistic], numbers: Any, prefix: str) -> Any:
    """Numbers on their scale, see `recipe.data.scales`."""
    if statistics["scaling"] == "quantile":
        return _normal_scores(statistics, numbers, prefix)
    if statistics["scaling"] == "log":
        numbers = keras.ops.log1p(numbers)
    shift, divisor = _float(statistics, "shift"), _float(statistics, "divisor")
    # Keras rounds scale and offset to float32. A shift far from zero (a year) is therefore taken off in two
    # parts, of which the first is a float32 already and the second is small.
    rounded = float(np.float32(shift))
    centered = keras.layers.Rescaling(1.0, -rounded, dtype="float64", name=f"{prefix}.centered")(numbers)
    rescaling = keras.layers.Rescaling(
        1.0 / divisor, (rounded - shift) / divisor, dtype="float64", name=f"{prefix}.standardized"
    )
    return rescaling(centered)


def _normal_scores(statistics: Mapping[str, Statistic], numbers: Any, prefix: str) -> Any:
    """Ranks by straight lines between the knots, then the inverse of the normal distribution."""
    knots, ranks = _floats(statistics, "knots"), _floats(statistics, "ranks")
    if len(knots) == 1:
        knots, ranks = np.asarray([knots[0], knots[0] + 1.0]), np.repeat(ranks, 2)
    lines = np.stack([knots[:-1], ranks[:-1], np.diff(ranks) / np.diff(knots)], axis=1)
    clipped = keras.ops.clip(numbers, knots[0], knots[-1])
    passed = keras.ops.cast(keras.ops.greater_equal(clipped, knots[1:-1]), "int32")
    which = keras.ops.sum(passed, axis=-1, keepdims=True)
    lookup = keras.layers.Embedding(
        *lines.shape, weights=[lines], trainable=False, dtype="float64", name=f"{prefix}.line"
    )
    line = keras.layers.Flatten(dtype="float64", name=f"{prefix}.rank")(lookup(which))
    rank = line[:, 1:2] + (clipped - line[:, :1]) * line[:, 2:]
    edge = 1e-7
    return math.sqrt(2) * keras.ops.erfinv(2 * keras.ops.clip(rank, edge, 1 - edge) - 1)


def _bit(column: Column, raw: Mapping[str, Any], prefix: str) -> Any:
    return _with_indicator(_filled(raw[""], column), raw[""], column)


def _filled(numbers: Any, column: Column) -> Any:
    """NaN replaced, if training had a value for it."""
    fill = _float(column.statistics, "fill")
    return numbers if np.isnan(fill) else keras.ops.nan_to_num(numbers, nan=fill)


def _with_indicator(encoded: Any, raw: Any, column: Column) -> Any:
    """One more number where a missing cell is told."""
    if "indicator" not in column.statistics:
        return encoded
    return keras.ops.concatenate([encoded, keras.ops.cast(keras.ops.isnan(raw), encoded.dtype)], axis=1)


# -- names ---------------------------------------------------------------------------------------


def _category(column: Column, raw: Mapping[str, Any], prefix: str) -> Any:
    """One-hot; what training has not seen is all zeros. Of an embedded one the id; 0 was not seen."""
    words, bins = list(_words(column.statistics)), column.statistics.get("bins")
    is_embedded = "embedding" in column.statistics
    if isinstance(bins, int):
        mode = "int" if is_embedded else "one_hot"
        hashed = keras.layers.Hashing(bins, salt=0, output_mode=mode, name=f"{prefix}.bin")(raw[""])
        return _ids(hashed) if is_embedded else hashed
    index = keras.layers.StringLookup(vocabulary=words, name=f"{prefix}.index")(raw[""])
    if is_embedded:
        return _ids(index)
    # The lookup counts from 1, with 0 for what it does not know: one less, and that is no index any more.
    position = keras.layers.Rescaling(1, -1, dtype="int32", name=f"{prefix}.position")(index)
    return keras.layers.CategoryEncoding(len(words), "one_hot", name=f"{prefix}.one_hot")(position)


def _labels(column: Column, raw: Mapping[str, Any], prefix: str) -> Any:
    """A 1 for each label among the names of an example; empty ones fill up, and others are not known."""
    lookup = keras.layers.StringLookup(
        vocabulary=list(_words(column.statistics)),
        num_oov_indices=1,
        output_mode="multi_hot",
        name=f"{prefix}.labels",
    )
    return lookup(raw[""])[:, 1:]  # before them stands whether any was not known


def _ids(index: Any) -> Any:
    return keras.ops.cast(keras.ops.squeeze(index, axis=-1), "int32")


def _flag(column: Column, raw: Mapping[str, Any], prefix: str) -> Any:
    """0 or 1 in every spelling of the two words, the fill of an empty cell, NaN of anything else."""
    values = {"": _float(column.statistics, "fill")}
    for value, word in enumerate(_words(column.statistics)):
        values |= dict.fromkeys(_spellings(word), float(value))
    rows = [[np.nan, 0.0], *([value, float(word == "")] for word, value in values.items())]
    width = 2 if "indicator" in column.statistics else 1
    table = np.asarray(rows, dtype=np.float32)[:, :width]
    index = keras.layers.StringLookup(vocabulary=list(values), name=f"{prefix}.index")(raw[""])
    lookup = keras.layers.Embedding(*table.shape, weights=[table], trainable=False, name=f"{prefix}.value")
    return keras.layers.Flatten(name=f"{prefix}.flag")(lookup(index))


def _spellings(word: str) -> tuple[str, ...]:
    """What the data floor takes for a word of a flag: `1.0` for `1`, any case for a lower case word."""
    if word.isdigit():
        return (word, f"{word}.0")
    return (word, word.upper(), word.capitalize()) if word == word.lower() else (word,)


# -- texts ---------------------------------------------------------------------------------------


def _text(column: Column, raw: Mapping[str, Any], prefix: str) -> Any:
    """Ids of words, `(batch, length)`: 0 fills up, 1 is a word that training has not seen, or no word."""
    vectorization = keras.layers.TextVectorization(
        vocabulary=list(_words(column.statistics)),
        output_sequence_length=column.width,
        name=f"{prefix}.ids",
    )
    ids = keras.ops.cast(vectorization(raw[""]), "int32")
    return keras.ops.concatenate([keras.ops.maximum(ids[:, :1], 1), ids[:, 1:]], axis=1)


# -- sequences -----------------------------------------------------------------------------------


def _sequence(column: Column, raw: Mapping[str, Any], prefix: str) -> Any:
    """Ids `(batch, length)`, or numbers on their scale `(batch, length, 1)`; 0 behind the last step."""
    steps, length = raw[""], column.width
    if "vocabulary" in column.statistics:
        lookup = keras.layers.StringLookup(
            vocabulary=list(_words(column.statistics)), mask_token="", name=f"{prefix}.ids"
        )
        ids = _cut(keras.ops.cast(lookup(steps), "int32"), length)
        return keras.ops.concatenate([keras.ops.maximum(ids[:, :1], 1), ids[:, 1:]], axis=1)
    numbers = keras.ops.reshape(_cut(steps, length, math.nan), (-1, 1))
    scaled = keras.ops.nan_to_num(_scaled(column.statistics, numbers, prefix))
    return keras.ops.reshape(keras.ops.cast(scaled, "float32"), (-1, length, 1))


def _token_ids(column: Column, raw: Mapping[str, Any], prefix: str) -> Any:
    """Ids of a preset, cut or filled up with its own filling, `(batch, length)`."""
    tokenizer = preset_tokenizer(column.statistics) or {}
    return _cut(raw[""], column.width, int(str(tokenizer["padding"])))


def _cut(steps: Any, length: int, filling: float = 0) -> Any:
    """The first steps, filled up where there are fewer, `(batch, length)`."""
    filled = keras.ops.pad(steps, ((0, 0), (0, length)), constant_values=filling)
    return filled[:, :length]


# -- dates ---------------------------------------------------------------------------------------


def _date(column: Column, raw: Mapping[str, Any], prefix: str) -> Any:
    """The year on its scale, other parts as sine and cosine; zeros where a part is missing."""
    encoded = []
    for suffix, numbers in raw.items():
        part = suffix.removeprefix(".")
        if part == "year":
            encoded.append(_scaled(column.statistics, numbers, f"{prefix}.year"))
            continue
        first, cycle = _FIRST_AND_CYCLE[part]
        angle = (numbers - float(first)) * (2 * math.pi / cycle)
        encoded += [keras.ops.sin(angle), keras.ops.cos(angle)]
    together = keras.ops.concatenate(encoded, axis=1) if len(encoded) > 1 else encoded[0]
    return _with_indicator(_filled(together, column), next(iter(raw.values())), column)


def _date_parts(column: Column) -> tuple[str, ...]:
    parts = column.statistics["parts"]
    return tuple(f".{part}" for part in parts) if isinstance(parts, tuple) else ()


_BIT = Encoder("float64", _bit)
_TOKEN_IDS = Encoder("int32", _token_ids, length=None)
_NUMBERS = Encoder("float64", _sequence, length=None)
_ENCODERS: Mapping[str, Encoder] = MappingProxyType(
    {
        "number": Encoder("float64", _number),
        "category": Encoder("string", _category),
        "labels": Encoder("string", _labels, length=None),
        "flag": Encoder("string", _flag),
        "date": Encoder("float64", _date, _date_parts),
        "text": Encoder("string", _text),
        "sequence": Encoder("string", _sequence, length=None),
    }
)


def _words(statistics: Mapping[str, Statistic]) -> tuple[str, ...]:
    words = statistics.get("categories")
    return tuple(map(str, words)) if isinstance(words, tuple) else ()


def _float(statistics: Mapping[str, Statistic], name: str) -> float:
    value = statistics.get(name)
    return float(value) if isinstance(value, float | int) else float("nan")


def _floats(statistics: Mapping[str, Statistic], name: str) -> Any:
    return np.asarray(statistics[name], dtype=np.float64)
