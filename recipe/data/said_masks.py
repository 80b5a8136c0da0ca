"""Masks that a network says, as files: a PNG for each image, of its size."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recipe.catalog.calls import Call
from recipe.data.mask_pictures import png_of
from recipe.data.packing.pictures import laid_back, size_of
from recipe.data.sources.image_files import root_of
from recipe.data.tables import Table
from recipe.program.facts import IGNORED, Target
from recipe.program.writing import readable, write_result

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Origins:
    """The images for which masks are said.

    Args:
        names: of each, relative to `root`.
        files: of their masks, without suffix.
        root: their folder; None where they are no files.
        resize: what gave way when they got the size of the network.
    """

    names: tuple[str, ...]
    files: tuple[str, ...]
    root: Path | None = None
    resize: str = ""


def origins_of(rows: Table | Path, count: int, file: Path, like: Call | None) -> Origins:
    """Where the images come from.

    Args:
        rows: what was read of them, or the path of a table.
        count: of examples.
        file: that was named.
        like: the source that was trained on.
    """
    if isinstance(rows, Path) or like is None or like.name != "images":
        numbered = tuple(f"row-{number:06}" for number in range(count))
        return Origins(numbered, numbered)
    names = tuple(rows.images[row] for row in rows.rows)
    return Origins(names, _without_suffix(names), root_of(like, file), str(like["resize"]))


def write_masks(folder: Path, said: Bytes, target: Target, origins: Origins, rows: slice) -> tuple[str, ...]:
    """Write a mask for each image, called as it is; the paths of all, relative to the parent of the folder.

    The number of a pixel is the value that its class has in the masks of the training, with the colors of
    PASCAL VOC. What was cropped of an image, so that the network has not seen it, is ignored: 255, or the
    value that training ignores.

    Args:
        folder: that gets the files.
        said: index of the class at each pixel, `(images, height, width)`.
        target: with the values of its classes.
        origins: of all images.
        rows: which of them these are.

    Raises:
        MachineError: R665 when one cannot be written.
        OSError: when an image is there no more.
    """
    values = np.asarray(target.values, np.uint8)
    free = (*target.ignored, *({IGNORED} - {*target.values}), target.values[0])
    paths: list[str] = []
    for name, file, mask in zip(origins.names[rows], origins.files[rows], said, strict=True):
        held = values[mask]
        if origins.root is not None:
            size = size_of((origins.root / name).read_bytes())
            held = held if size == mask.shape else laid_back(held, origins.resize, size, free[0])
        path = folder / f"{file}.png"
        write_result(path, png_of(held))
        paths.append(readable(path.relative_to(folder.parent).as_posix()))
    return tuple(paths)


def _without_suffix(names: Sequence[str]) -> tuple[str, ...]:
    """Names without suffix, or with it where any two differ in nothing else: no mask replaces another."""
    stems = tuple(name.rpartition(".")[0] or name for name in names)
    return stems if len({*stems}) == len(stems) else tuple(names)
