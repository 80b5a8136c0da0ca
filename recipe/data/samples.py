"""Examples to look at: rows in words, and pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recipe.data import masks
from recipe.data.mask_pictures import beside
from recipe.data.tables import Table
from recipe.program.facts import Column, Target

_MOST_VALUES = 8  # of an array that is shown in words
_MOST_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class Sample:
    """One example to look at.

    Args:
        place: where it stands.
        values: by column, in words.
    """

    place: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Picture:
    """One image.

    Args:
        label: its target.
        pixels: bytes, `(height, width)` or `(height, width, 3 or 4)`; with a mask to its right, where that
            is the target.
    """

    label: str
    pixels: NDArray[np.uint8]


def samples_of(train: Table, names: Sequence[str], rows: NDArray[np.int64]) -> tuple[Sample, ...]:
    """Some rows of the training split, their columns in words."""
    arrays = {name: _words(train, name, rows) for name in names if name in train.arrays}
    return tuple(
        Sample(
            str(_place(train, row)),
            {
                name: arrays[name][position] if name in arrays else str(train.cells[name][row])
                for name in names
            },
        )
        for position, row in enumerate(rows.tolist())
    )


def _place(table: Table, row: int) -> str:
    (place,) = table.places(np.asarray([row]))
    return f"{place.file} {place.unit} {place.number}"


def _words(train: Table, name: str, rows: NDArray[np.int64]) -> list[str]:
    """Examples of an array in words: a text where ids have names, else its first values."""
    stored = train.arrays[name]
    return [_in_words(values, stored.names) for values in np.asarray(stored.values[rows])]


def _in_words(values: NDArray[np.generic], names: tuple[str, ...]) -> str:
    if names and values.ndim <= 1:
        gap = "" if max(map(len, names)) == 1 else " "
        text = gap.join(names[one] for one in values.reshape(-1)[:_MOST_CHARACTERS].tolist())
        return text + (" ..." if values.size > _MOST_CHARACTERS else "")
    if values.ndim > 1:
        return f"{' x '.join(map(str, values.shape))} values from {values.min():g} to {values.max():g}"
    shown = ", ".join(f"{one:g}" for one in values.reshape(-1)[:_MOST_VALUES].tolist())
    return shown + (" ..." if values.size > _MOST_VALUES else "")


def pictures_of(train: Table, column: Column, target: Target, rows: NDArray[np.int64]) -> tuple[Picture, ...]:
    """Some images of the training split, as they are drawn."""
    scale = column.statistics.get("scale", 1.0)
    factor = 255 * (scale if isinstance(scale, float) else 1.0)
    images = np.asarray(train.arrays[column.name].values[rows]).astype(np.float64) * factor
    pixels = np.clip(np.rint(images), 0, 255).astype(np.uint8)
    labels = train.cells.get(target.name)
    drawn = [_drawable(image) for image in pixels]
    if target.is_mask:
        answers = masks.encode(target, train.arrays[target.name].take(rows).values)
        drawn = [beside(image, codes) for image, codes in zip(drawn, np.asarray(answers), strict=True)]
    return tuple(
        Picture("" if labels is None else str(labels[row]), image)
        for row, image in zip(rows.tolist(), drawn, strict=True)
    )


def _drawable(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Gray, or red, green and blue; of other numbers of channels the first is shown."""
    if image.ndim == 2 or image.shape[-1] in (3, 4):
        return image
    return image[..., 0]
