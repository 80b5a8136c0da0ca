"""Columns of a table encoded by stock Keras layers, to the same numbers as the data floor encodes them.

What Keras cannot express: a cell that the data floor refuses cannot be refused, it becomes NaN (and so does
the prediction); and a category goes by its name, `3`, where the data floor also reads `3.0`. Text exists in
TensorFlow only: a model with categories is loaded with that backend, whichever it was trained with.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import keras
import numpy as np

from recipe.program.facts import Column, Statistic

_BITS = ("0", "1")


@dataclass(frozen=True, slots=True)
class Encoder:
    """How the raw cells of a kind become numbers.

    Args:
        dtype: of the raw cells; `float64` as in a CSV, since the standardized number is float32.
        encode: `(batch, width)` from the facts, the raw cells `(batch, 1)` and the beginning of layer names.
    """

    dtype: str
    encode: Callable[[Column, Any, str], Any]


def encoder_of(column: Column) -> Encoder:
    """The encoder of a column; a flag that is 0 or 1 is taken as a number."""
    is_bit = column.kind == "flag" and _words(column.statistics) == _BITS
    return _BIT if is_bit else _ENCODERS[column.kind]


def _number(column: Column, raw: Any, prefix: str) -> Any:
    mean, std = _float(column.statistics, "mean"), _float(column.statistics, "std")
    # Keras rounds scale and offset to float32. A mean far from zero (a year) is therefore taken off in two
    # parts, of which the first is a float32 already and the second is small.
    rounded = float(np.float32(mean))
    centered = keras.layers.Rescaling(1.0, -rounded, dtype="float64", name=f"{prefix}.centered")(raw)
    rescaling = keras.layers.Rescaling(
        1.0 / std, (rounded - mean) / std, dtype="float64", name=f"{prefix}.standardized"
    )
    fill = (_float(column.statistics, "fill") - mean) / std
    return _filled(rescaling(centered), fill)


def _bit(column: Column, raw: Any, prefix: str) -> Any:
    return _filled(raw, _float(column.statistics, "fill"))


def _filled(numbers: Any, fill: float) -> Any:
    """NaN replaced, if training had a value for it."""
    return numbers if np.isnan(fill) else keras.ops.nan_to_num(numbers, nan=fill)


def _category(column: Column, raw: Any, prefix: str) -> Any:
    """One-hot; what training has not seen is all zeros."""
    words = list(_words(column.statistics))
    index = keras.layers.StringLookup(vocabulary=words, name=f"{prefix}.index")(raw)
    # The lookup counts from 1, with 0 for what it does not know: one less, and that is no index any more.
    position = keras.layers.Rescaling(1, -1, dtype="int32", name=f"{prefix}.position")(index)
    return keras.layers.CategoryEncoding(len(words), "one_hot", name=f"{prefix}.one_hot")(position)


def _flag(column: Column, raw: Any, prefix: str) -> Any:
    """0 or 1 in every spelling of the two words, the fill of an empty cell, NaN of anything else."""
    values = {"": _float(column.statistics, "fill")}
    for value, word in enumerate(_words(column.statistics)):
        values |= dict.fromkeys(_spellings(word), float(value))
    table = np.asarray([[np.nan], *([value] for value in values.values())], dtype=np.float32)
    index = keras.layers.StringLookup(vocabulary=list(values), name=f"{prefix}.index")(raw)
    lookup = keras.layers.Embedding(*table.shape, weights=[table], trainable=False, name=f"{prefix}.value")
    return keras.layers.Flatten(name=f"{prefix}.flag")(lookup(index))


def _spellings(word: str) -> tuple[str, ...]:
    """What the data floor takes for a word of a flag: `1.0` for `1`, any case for a lower case word."""
    if word.isdigit():
        return (word, f"{word}.0")
    return (word, word.upper(), word.capitalize()) if word == word.lower() else (word,)


_BIT = Encoder("float64", _bit)
_ENCODERS: Mapping[str, Encoder] = MappingProxyType(
    {
        "number": Encoder("float64", _number),
        "category": Encoder("string", _category),
        "flag": Encoder("string", _flag),
    }
)


def _words(statistics: Mapping[str, Statistic]) -> tuple[str, ...]:
    words = statistics.get("categories")
    return words if isinstance(words, tuple) else ()


def _float(statistics: Mapping[str, Statistic], name: str) -> float:
    value = statistics.get(name)
    return float(value) if isinstance(value, float | int) else float("nan")
