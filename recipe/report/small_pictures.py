"""Pictures so small that many stand on a page: images of data, and bars in the cells of a table."""

import io
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from recipe.report.pages import Picture, bitmap

if TYPE_CHECKING:
    from markupsafe import Markup


def image(pixels: Any, name: str, caption: str = "") -> Picture:
    """An image of bytes as a picture of a page, without loss.

    Args:
        pixels: bytes, `(height, width)` or `(height, width, 3 or 4)`.
        name: what it shows, for readers who cannot see it.
        caption: below it.
    """
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return bitmap(buffer.getvalue(), name, caption)


def bars(counts: Sequence[int], name: str) -> "Markup":
    """Counts as a row of bars, small enough for a cell of a table.

    Args:
        counts: from left to right.
        name: what they count, for readers who cannot see it.
    """
    from markupsafe import Markup

    most, width = max((1, *counts)), 6
    drawn = "".join(
        f'<rect x="{position * width}" y="{24 - height:g}" width="{width - 1}" height="{height:g}"/>'
        for position, count in enumerate(counts)
        if (height := round(24 * count / most, 2) if count else 0)
    )
    size = f'width="{len(counts) * width}" height="24"'
    return Markup(f'<svg class="bars" role="img" aria-label="{escape(name)}" {size}>{drawn}</svg>')


def length_bar(share: float, name: str) -> "Markup":
    """One bar that lies, small enough for a cell of a table.

    Args:
        share: of the longest, from 0 to 1.
        name: what it shows, for readers who cannot see it.
    """
    from markupsafe import Markup

    drawn = f'<rect width="{60 * share:.4g}" y="4" height="12"/>'
    return Markup(
        f'<svg class="bars" role="img" aria-label="{escape(name)}" width="60" height="20">{drawn}</svg>'
    )
