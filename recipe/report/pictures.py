"""How every picture of recipe looks, and how it is written."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recipe.program.writing import write_result
from recipe.report.colours import EDGE, GRID, INK, MUTED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FONTS = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif"

_STYLE = {
    "svg.hashsalt": "recipe",
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": EDGE,
    "axes.labelcolor": MUTED,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "lines.solid_joinstyle": "round",
}

_METADATA: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def write_picture(path: Path, draw: Callable[[], "Figure"]) -> None:
    """Draw a figure in our style, whatever the user has set, and write it; equal figures give equal bytes.

    Args:
        path: its suffix chooses the format: `.svg`, `.png` or `.pdf`; written in one piece.
        draw: makes the figure.
    """
    write_result(path, picture_bytes(path.suffix.removeprefix(".").lower() or "svg", draw))


def picture_bytes(form: str, draw: Callable[[], "Figure"]) -> bytes:
    """A figure drawn in our style, as the bytes of a file.

    Args:
        form: `svg`, `png` or `pdf`.
        draw: makes the figure.
    """
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        picture = draw()
        buffer = io.BytesIO()
        picture.savefig(buffer, format=form, dpi=200, metadata=_METADATA.get(form))
    content = buffer.getvalue()
    if form == "svg":
        content = content.replace(b"'DejaVu Sans'", _FONTS.encode())
    return content


def draw_card(figure: "Figure") -> None:
    """A white sheet with round corners, so that the picture reads on dark pages too."""
    from matplotlib.patches import FancyBboxPatch

    margin = 0.03
    sheet = FancyBboxPatch(
        (margin, margin),
        figure.get_figwidth() - 2 * margin,
        figure.get_figheight() - 2 * margin,
        boxstyle="round,pad=0,rounding_size=0.14",
        transform=figure.dpi_scale_trans,
        facecolor="white",
        edgecolor=EDGE,
        linewidth=0.8,
        zorder=-10,
    )
    figure.add_artist(sheet)
