"""Small sets of images with masks on a disk, as people have them."""

from pathlib import Path

import numpy as np
from PIL import Image

from recipe.data.mask_pictures import palette


def write_masks(
    folder: Path, values: tuple[int, ...] = (0, 1, 2), edge: int | None = 255, count: int = 24, size: int = 16
) -> np.ndarray:
    """Write `images/NAME.jpg` and `masks/NAME.png`: squares on a ground; what the masks hold comes back.

    Args:
        folder: that gets both.
        values: of the ground, and of the squares by turns.
        edge: value of a line above each square, as the border of PASCAL VOC; None for no line.
        count: how many.
        size: height and width.
    """
    generator = np.random.default_rng(3)
    held = np.full((count, size, size), values[0], np.uint8)
    for number in range(count):
        top, left = generator.integers(2, size // 2, 2)
        inside = np.s_[top : top + size // 3, left : left + size // 3]
        which = 1 + number % (len(values) - 1)
        held[number][inside] = values[which]
        pixels = generator.normal(90, 10, (size, size, 3))
        pixels[inside] += (60, -40, 0) if which == 1 else (0, 60, -40)
        if edge is not None:
            held[number, top - 1, inside[1]] = edge
        write(folder / "images" / f"{number:03}.jpg", Image.fromarray(pixels.clip(0, 255).astype(np.uint8)))
        write(folder / "masks" / f"{number:03}.png", with_palette(held[number]))
    return held


def with_palette(values: np.ndarray) -> Image.Image:
    """A mask whose values are the numbers of a palette, as PASCAL VOC has them."""
    image = Image.fromarray(values, "P")
    image.putpalette(palette().tobytes())
    return image


def write(path: Path, image: Image.Image) -> None:
    """Write an image into a folder that may not be there yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **({"quality": 95} if path.suffix == ".jpg" else {}))
