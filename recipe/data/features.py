"""Columns of cells to numbers: statistics from the training split, then one vector or one id for each row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from recipe.data import dates, preset_texts, scales, steps, words
from recipe.data.cells import (
    codes_of,
    counts_of,
    distinct,
    each,
    flags_of,
    in_natural_order,
    name_of,
    numbers_of,
)
from recipe.data.hashing import bin_of
from recipe.data.labels import EMPTY, LABELS, counts_of_labels, indicators_of, unknown_labels
from recipe.data.meanings import Kind
from recipe.data.tables import Cells, missing_in
from recipe.diagnostics.data_cells import UnseenCategories
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.facts import IDS, TOKENIZER, Column, Statistic, preset_tokenizer
from recipe.program.presets import FOUND

Vector = NDArray[np.float32]
Ids = NDArray[np.int32]
Numbers = NDArray[np.float64]
Statistics = Mapping[str, Statistic]

FILLS: Mapping[str, Callable[[Numbers], np.floating]] = MappingProxyType(
    {"mean": np.mean, "median": np.median, "indicator": np.median}
)
NUMBER = "number"
SEQUENTIAL = ("text", steps.SEQUENCE)
"""Kinds whose examples have steps, so that they share no input of the network with others."""

_MOST_VALUES = 5  # unseen values that a message names


@dataclass(frozen=True, slots=True)
class Encoder:
    """How the cells of one kind become numbers.

    Args:
        fit: statistics from the cells of the training split, given the kind with its policy for missing ones.
        width: how many numbers a cell becomes, from the statistics, without the indicator of missing cells.
        encode: `(rows, width)` from the statistics and any cells; ids of a text, and ids or numbers
            `(rows, width, 1)` of a sequence.
    """

    fit: Callable[[Cells, Kind], dict[str, Statistic]]
    width: Callable[[Statistics], int]
    encode: Callable[[Statistics, Cells], NDArray[np.number]]


# -- numbers and flags ---------------------------------------------------------------------------


def _fit_number(cells: Cells, kind: Kind) -> dict[str, Statistic]:
    """Mean and standard deviation (of the population; 1 when all are equal), and what the scale needs."""
    present = numbers_of(cells[~missing_in(cells)])
    return {**_fit_scale(present, str(kind.options["scale"])), **_fill(present, cells, kind)}


def _fit_scale(present: Numbers, scale: str) -> dict[str, Statistic]:
    measures = {"mean": float(np.mean(present)), "std": float(np.std(present)) or 1.0}
    return {**measures, **scales.fit("standard" if scale == "auto" else scale, present)}


def _fill(present: Numbers, cells: Cells, kind: Kind) -> dict[str, Statistic]:
    """What stands for missing cells, in the unit of the column."""
    if kind.missing not in FILLS:
        return {}
    return {"fill": float(FILLS[kind.missing](present)), **_indicator(cells, kind)}


def _indicator(cells: Cells, kind: Kind) -> dict[str, Statistic]:
    """A further number only where it tells something: where the training split lacks cells."""
    return {"indicator": 1} if kind.missing == "indicator" and missing_in(cells).any() else {}


def _encode_number(statistics: Statistics, cells: Cells) -> Numbers:
    return scales.apply(statistics, _filled(numbers_of(cells), statistics))[:, np.newaxis]


def _fit_flag(cells: Cells, kind: Kind) -> dict[str, Statistic]:
    """The two values, the negative one first."""
    present = flags_of(cells[~missing_in(cells)], kind.pair)
    return {"categories": kind.pair, **_fill(present, cells, kind)}


def _encode_flag(statistics: Statistics, cells: Cells) -> Numbers:
    negative, positive = categories_of(statistics)
    return _filled(flags_of(cells, (negative, positive)), statistics)[:, np.newaxis]


def _filled(numbers: Numbers, statistics: Statistics) -> Numbers:
    fill = statistics.get("fill")
    return np.where(np.isnan(numbers), fill, numbers) if isinstance(fill, float | int) else numbers


# -- categories ----------------------------------------------------------------------------------


def _fit_category(cells: Cells, kind: Kind) -> dict[str, Statistic]:
    """The names that occur often enough, or the bins; and the units of an embedding.

    The empty name is that of missing cells when the policy makes them a category.
    """
    fill: dict[str, Statistic] = {"fill": ""} if kind.missing == "category" else {}
    bins, units = kind.options["hashing"], kind.options["embedding"]
    if isinstance(bins, int):
        size: dict[str, Statistic] = {"bins": bins}
        num_ids = bins
    else:
        categories = _frequent(cells, int(str(kind.options["minimum_count"])), with_missing=bool(fill))
        size = {"categories": categories}
        num_ids = len(categories) + 1
    if isinstance(units, int):
        size |= {"embedding": units, "vocabulary": num_ids}
    if kind.options["minimum_count"] != 1:
        size["rare"] = 1
    return {**size, **fill}


def _frequent(cells: Cells, minimum: int, *, with_missing: bool) -> tuple[str, ...]:
    counts = counts_of(cells)
    categories = in_natural_order(name for name, count in counts.items() if name and count >= minimum)
    return ("", *categories) if with_missing and counts[""] >= minimum else categories


def _encode_category(statistics: Statistics, cells: Cells) -> Vector:
    """One-hot; what training has not seen is all zeros."""
    codes, width = _codes(statistics, cells), _num_names(statistics)
    return np.asarray(codes[:, np.newaxis] == np.arange(width), dtype=np.float32)


def _codes(statistics: Statistics, cells: Cells) -> NDArray[np.int64]:
    """The index among the names, or the bin, of every cell; -1 of one that is none of the names."""
    bins = statistics.get("bins")
    if not isinstance(bins, int):
        return codes_of(cells, categories_of(statistics))
    return each(cells, lambda text: bin_of(name_of(text), bins), np.int64)


def _num_names(statistics: Statistics) -> int:
    bins = statistics.get("bins")
    return bins if isinstance(bins, int) else len(categories_of(statistics))


def _category_width(statistics: Statistics) -> int:
    units = statistics.get("embedding")
    return units if isinstance(units, int) else _num_names(statistics)


# -- labels --------------------------------------------------------------------------------------


def _fit_labels(cells: Cells, kind: Kind) -> dict[str, Statistic]:
    """The labels that occur."""
    separator = str(kind.options["separator"])
    fill: dict[str, Statistic] = {"fill": ""} if kind.missing == EMPTY else {}
    labels = in_natural_order(counts_of_labels(cells, separator))
    return {"categories": labels, "separator": separator, **fill}


def _encode_labels(statistics: Statistics, cells: Cells) -> Vector:
    """A 1 for each label; what training has not seen has none."""
    return indicators_of(cells, str(statistics["separator"]), categories_of(statistics))


# -- dates ---------------------------------------------------------------------------------------


def _fit_date(cells: Cells, kind: Kind) -> dict[str, Statistic]:
    """The format and the parts; of the year also its scale."""
    format, wished = str(kind.options["format"]), kind.options["parts"]
    present = cells[~missing_in(cells)]
    parts = tuple(map(str, wished)) if isinstance(wished, tuple) else _differing(present, format)
    statistics: dict[str, Statistic] = {"format": format, "parts": parts, **_indicator(cells, kind)}
    if kind.missing == "indicator":
        statistics["fill"] = 0.0
    if "year" in parts:
        statistics |= scales.fit("standard", dates.numbers_of(present, format, "year"))
    return statistics


def _differing(present: Cells, format: str) -> tuple[str, ...]:
    """The usual parts that are not the same in all cells; the year where nothing differs."""
    numbers = {part: dates.numbers_of(present, format, part) for part in dates.USUAL}
    return tuple(part for part, found in numbers.items() if np.ptp(found) > 0) or ("year",)


def _encode_date(statistics: Statistics, cells: Cells) -> Numbers:
    """Zeros where a cell is missing."""
    format = str(statistics["format"])
    columns = []
    for part in parts_of(statistics):
        numbers, cycle = dates.numbers_of(cells, format, part), dates.PARTS[part].cycle
        if cycle:
            angles = 2 * np.pi * numbers / cycle
            columns += [np.sin(angles), np.cos(angles)]
        else:
            columns.append(scales.apply(statistics, numbers))
    return _filled(np.stack(columns, axis=1), statistics)


def _date_width(statistics: Statistics) -> int:
    return sum(2 if dates.PARTS[part].cycle else 1 for part in parts_of(statistics))


def parts_of(statistics: Statistics) -> tuple[str, ...]:
    """The parts of a date that are features."""
    parts = statistics.get("parts")
    return tuple(map(str, parts)) if isinstance(parts, tuple | list) else ()


# -- texts ---------------------------------------------------------------------------------------


def _fit_text(cells: Cells, kind: Kind) -> dict[str, Statistic]:
    """The words of the vocabulary, or a preset's tokenizer, and how many ids there are."""
    fill: dict[str, Statistic] = {"fill": ""} if kind.missing == "category" else {}
    length, held = int(str(kind.options["length"])), kind.options.get(FOUND)
    if isinstance(held, Mapping):
        size = int(str(held["vocabulary"]))
        return {TOKENIZER: held, "vocabulary": size, "length": length, **fill}
    found = words.vocabulary_of(cells, int(str(kind.options["vocabulary"])))
    size = len(found) + words.FIRST_WORD
    return {"categories": found, "vocabulary": size, "length": length, **fill}


def _length(statistics: Statistics) -> int:
    return int(str(statistics["length"]))


def _encode_text(statistics: Statistics, cells: Cells) -> Ids:
    if tokenizer := preset_tokenizer(statistics):
        return preset_texts.ids_of(cells, tokenizer, _length(statistics))
    return words.ids_of(cells, categories_of(statistics), _length(statistics))


# -- sequences -----------------------------------------------------------------------------------


def _fit_sequence(cells: Cells, kind: Kind) -> dict[str, Statistic]:
    """The names of the vocabulary, or the scale of all numbers; the length, and what parts two steps."""
    options, separator = kind.options, str(kind.options["separator"])
    size: dict[str, Statistic] = {"length": int(str(options["length"])), "separator": separator}
    if options["of"] == NUMBER:
        numbers = steps.numbers_of_steps(cells, separator, int(str(options["length"])))
        return {**size, **_fit_scale(numbers[~np.isnan(numbers)], str(options["scale"]))}
    found = steps.counts_of_steps(cells, separator)
    names = words.most_frequent(found, int(str(options["vocabulary"])))
    fill: dict[str, Statistic] = {"fill": ""} if kind.missing == "category" else {}
    rare: dict[str, Statistic] = {"rare": 1} if len(names) < len(found) else {}
    return {**size, "categories": names, "vocabulary": len(names) + words.FIRST_WORD, **rare, **fill}


def _encode_sequence(statistics: Statistics, cells: Cells) -> NDArray[np.number]:
    """Ids `(rows, length)`, or numbers on their scale `(rows, length, 1)`, 0 behind the last."""
    separator, length = str(statistics["separator"]), _length(statistics)
    if "vocabulary" in statistics:
        return steps.ids_of_steps(cells, separator, categories_of(statistics), length)
    scaled = scales.apply(statistics, steps.numbers_of_steps(cells, separator, length).reshape(-1))
    return np.nan_to_num(scaled).reshape(-1, length, 1).astype(np.float32)


ENCODERS: Mapping[str, Encoder] = MappingProxyType(
    {
        "number": Encoder(_fit_number, lambda _: 1, _encode_number),
        "category": Encoder(_fit_category, _category_width, _encode_category),
        "labels": Encoder(_fit_labels, _num_names, _encode_labels),
        "flag": Encoder(_fit_flag, lambda _: 1, _encode_flag),
        "date": Encoder(_fit_date, _date_width, _encode_date),
        "text": Encoder(_fit_text, _length, _encode_text),
        "sequence": Encoder(_fit_sequence, _length, _encode_sequence),
    }
)


def fit(name: str, kind: Kind, cells: Cells, dropped: int) -> Column:
    """The facts of one feature.

    Args:
        name: of the column.
        kind: of the column.
        cells: of the training split, one of them present at least.
        dropped: rows that were left out because of this column.
    """
    encoder = ENCODERS[kind.name]
    statistics = encoder.fit(cells, kind)
    statistics["missing"] = int(np.count_nonzero(missing_in(cells)))
    if dropped:
        statistics["dropped"] = dropped
    width = encoder.width(statistics) + ("indicator" in statistics)
    return Column(name, kind.name, width, MappingProxyType(statistics), kind.reason)


def encode(columns: Sequence[Column], cells: Mapping[str, Cells]) -> Vector:
    """The encoded vector of every row.

    Args:
        columns: facts of the features, none of them embedded.
        cells: by name of the feature; missing ones only where the facts hold a `fill`.

    Returns:
        `(rows, sum of the widths)`.
    """
    blocks = [block for column in columns for block in _blocks(column, cells[column.name])]
    return np.concatenate(blocks, axis=1, dtype=np.float32)


def _blocks(column: Column, cells: Cells) -> list[NDArray[np.generic]]:
    encoded = ENCODERS[column.kind].encode(column.statistics, cells).astype(np.float32, copy=False)
    return [encoded, missing_in(cells)[:, np.newaxis]] if "indicator" in column.statistics else [encoded]


def encode_ids(column: Column, cells: Cells) -> Ids:
    """The id of every cell of an embedded category, `(rows,)`: 0 for a name that training has not seen.

    Args:
        column: facts of the feature.
        cells: of the column.
    """
    codes = _codes(column.statistics, cells)
    return (codes if "bins" in column.statistics else codes + 1).astype(IDS)


def warn_of_unseen(
    columns: Sequence[Column],
    cells: Mapping[str, Cells],
    part: str,
    span: Span | None,
    problems: list[Problem],
) -> None:
    """Count the cells of categories that the training split does not have; one warning a column (R536)."""
    for column in columns:
        # Rare names were made unseen ones on purpose, and bins take any name.
        if column.kind not in _UNSEEN or {"rare", "bins"} & set(column.statistics):
            continue
        values, count = _UNSEEN[column.kind](column.statistics, cells[column.name])
        if count:
            problems.append(UnseenCategories(span, column.name, part, values[:_MOST_VALUES], count))


def _unseen_names(statistics: Statistics, cells: Cells) -> tuple[tuple[str, ...], int]:
    unseen = cells[codes_of(cells, categories_of(statistics)) < 0]
    return distinct(unseen), len(unseen)


def _unseen_labels(statistics: Statistics, cells: Cells) -> tuple[tuple[str, ...], int]:
    found = unknown_labels(cells, str(statistics["separator"]), categories_of(statistics))
    rows = {row for rows in found.values() for row in rows.tolist()}
    return tuple(found), len(rows)


def _unseen_steps(statistics: Statistics, cells: Cells) -> tuple[tuple[str, ...], int]:
    if "vocabulary" not in statistics:
        return (), 0
    return steps.unknown_steps(cells, str(statistics["separator"]), categories_of(statistics))


_UNSEEN: Mapping[str, Callable[[Statistics, Cells], tuple[tuple[str, ...], int]]] = MappingProxyType(
    {"category": _unseen_names, LABELS: _unseen_labels, steps.SEQUENCE: _unseen_steps}
)
"""By kind, what training has not seen: its names, and how many cells hold some."""


def categories_of(statistics: Statistics) -> tuple[str, ...]:
    """The names in the statistics of a category or a flag; none of a number."""
    categories = statistics.get("categories")
    # Facts that were saved as JSON come back with lists.
    return tuple(map(str, categories)) if isinstance(categories, tuple | list) else ()
