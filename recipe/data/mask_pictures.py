"""Masks as people see them: a color for each value, the one that PASCAL VOC gives it."""

import io

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

_GAP = 1  # white columns between an image and its mask


def palette() -> Bytes:
    """Red, green and blue of each value, `(256, 3)`.

    The colors of the development kit of PASCAL VOC (Everingham et al. 2010, IJCV 88): bit k of a color is a
    bit of the value, so that small values differ most. 0 is black.

    >>> palette()[[0, 1, 2, 255]].tolist()
    [[0, 0, 0], [128, 0, 0], [0, 128, 0], [224, 224, 192]]
    """
    values = np.arange(256)
    colors = np.zeros((256, 3), np.int64)
    for bit in range(8):
        for channel in range(3):
            colors[:, channel] |= (values >> (3 * bit + channel) & 1) << (7 - bit)
    return colors.astype(np.uint8)


def beside(image: Bytes, mask: Bytes) -> Bytes:
    """An image and to its right its mask in colors, `(height, 2 width + 1, 3)`.

    Args:
        image: `(height, width)` or `(height, width, 1, 3 or 4)`; transparency is not shown.
        mask: a value at each pixel, `(height, any width)` or with a last axis of length 1.
    """
    height, width = image.shape[:2]
    shown = np.broadcast_to(image.reshape(height, width, -1)[..., :3], (height, width, 3))
    gap = np.full((height, _GAP, 3), 255, np.uint8)
    return np.concatenate([shown, gap, palette()[mask.reshape(height, -1)]], axis=1)


def png_of(mask: Bytes) -> bytes:
    """A PNG with a palette whose numbers are the values of a mask, `(height, width)`, as in PASCAL VOC."""
    from PIL import Image

    image = Image.fromarray(mask, "P")
    image.putpalette(palette().tobytes())
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()
