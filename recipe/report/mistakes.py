"""What a classifier takes for what, and the examples that it is most wrong about."""

import csv
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from recipe.report.pages import Gallery, Grid, Matrix, Part, Words
from recipe.report.small_pictures import image
from recipe.report.tables import number_text

_MOST_CLASSES = 50
_MOST_PICTURES = 24
_MOST_ROWS = 12


def mistake_parts(run: Path) -> Iterator[tuple[str, tuple[Part, ...]]]:
    """Titles and parts of the sections about mistakes; none where a run has neither file."""
    confusion = tuple(_confusion(run / "confusion.csv"))
    if confusion:
        yield "Confusion", confusion
    worst = tuple(_worst(run / "examples.npz"))
    if worst:
        yield "Worst examples", worst


def _confusion(path: Path) -> Iterator[Part]:
    """The first column and the first row of the file name the classes."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            (_, *labels), *rows = csv.reader(file)
        counts = tuple(tuple(int(cell) for cell in row[1:]) for row in rows)
    except (OSError, ValueError, csv.Error):
        return
    if len(counts) != len(labels) or any(len(row) != len(labels) for row in counts):
        return
    if len(labels) > _MOST_CLASSES:
        yield Words(f"{len(labels)} classes; the table is in confusion.csv.")
        return
    yield Words("A row for each class that was right, a column for each that was said.")
    yield Matrix(tuple(labels), counts)


def _worst(path: Path) -> Iterator[Part]:
    """Pictures where an example is one image, else which rows they are."""
    import numpy as np

    try:
        with np.load(path) as file:
            found = {name: file[name] for name in file.files}
        answers = [_told(found, index) for index in range(len(found["row"]))]
        rows, split = found["row"].tolist(), str(found["split"])
        pictures = _pictures(found)[:_MOST_PICTURES]
    except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile):
        return
    yield Words(f"Of the {split} data, the worst first; rows are counted from 0 in the order of the source.")
    if pictures:
        told = zip(pictures, answers, rows, strict=False)
        drawn = [
            image(pixels, f"row {row}", f"{right}, said {said}; row {row}")
            for pixels, (right, said), row in told
        ]
        yield Gallery(tuple(drawn), 330 if "pictures" in found else 110)
        return
    shown = zip(rows, answers, found["badness"].tolist(), strict=False)
    grid = tuple((f"{row:,}", right, said, number_text(badness)) for row, (right, said), badness in shown)
    measure = "- log p(right)" if len(found["classes"]) else "squared error"
    yield Grid(("row", "right", "said", measure), grid[:_MOST_ROWS], (0, 3))


def _told(found: Mapping[str, Any], index: int) -> tuple[str, str]:
    """What was right and what was said; of masks, which stand in the picture, how far these differ."""
    if "pictures" in found:
        return "image, mask", f"({found['badness'][index]:.1%} of the pixels wrong)"
    return _answers(found, index)


def _answers(found: Mapping[str, Any], index: int) -> tuple[str, str]:
    """What was right and what was said, as the target has it."""
    right, said, classes = found["right"][index], found["said"][index], found["classes"]
    if len(classes):
        return str(classes[right]), str(classes[said])
    return number_text(float(right)), number_text(float(said))


def _pictures(found: Mapping[str, Any]) -> list[Any]:
    """Bytes of every example, `(height, width)` or `(height, width, 3 or 4)`; none of what is no image."""
    import numpy as np

    if "pictures" in found:
        return list(found["pictures"])
    inputs = [name.removeprefix("input/") for name in found if name.startswith("input/")]
    if len(inputs) != 1 or f"scale/{inputs[0]}" not in found:
        return []
    values = found[f"input/{inputs[0]}"]
    if values.ndim != 4 or values.shape[-1] not in (1, 3, 4) or values.dtype != np.uint8:
        return []
    scaled = np.rint(255 * float(found[f"scale/{inputs[0]}"]) * values)
    pixels = np.clip(scaled, 0, 255).astype(np.uint8)
    return list(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
