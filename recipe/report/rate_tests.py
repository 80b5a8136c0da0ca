"""The loss over the learning rates of a range test, as a picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from recipe.report.colours import INK, MUTED
from recipe.report.pictures import draw_card, write_picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WIDTH, _HEIGHT = 5.6, 3.05  # inches


def draw_rate_test(
    rates: Sequence[float],
    losses: Sequence[float],
    smoothed: Sequence[float],
    suggestion: float | None,
    path: Path,
    *,
    title: str,
) -> None:
    """Draw the loss over the learning rate, which has a logarithmic axis.

    Args:
        rates: of the steps.
        losses: of the same steps; those that are no numbers are left out.
        smoothed: of the first of them.
        suggestion: marked, if there is one.
        path: its suffix chooses the format: `.svg`, `.png` or `.pdf`; written in one piece.
        title: above the picture.
    """
    write_picture(path, lambda: _figure(rates, losses, smoothed, suggestion, title))


def _figure(
    rates: Sequence[float],
    losses: Sequence[float],
    smoothed: Sequence[float],
    suggestion: float | None,
    title: str,
) -> "Figure":
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullLocator

    figure = Figure(figsize=(_WIDTH, _HEIGHT))
    figure.patch.set_alpha(0.0)
    draw_card(figure)
    height = 1 - 0.36 / _HEIGHT
    figure.text(0.3 / _WIDTH, height, title, size=12, weight="bold", va="center")
    figure.text(1 - 0.38 / _WIDTH, height, "Loss by learning rate", size=9.5, va="center", ha="right")
    axes = figure.add_axes((0.72 / _WIDTH, 0.55 / _HEIGHT, 1 - 1.1 / _WIDTH, 1 - 1.3 / _HEIGHT))
    axes.set_xscale("log")
    axes.plot(rates, losses, color=MUTED, linewidth=0.8, alpha=0.5)
    axes.plot(rates[: len(smoothed)], smoothed, color=MUTED, linewidth=1.8)
    if suggestion is not None:
        at = smoothed[list(rates).index(suggestion)]
        axes.axvline(suggestion, color=INK, linewidth=0.8)
        axes.plot([suggestion], [at], "o", color=INK, markersize=4)
        axes.annotate(
            f"{suggestion:.2g}", (suggestion, at), xytext=(5, 6), textcoords="offset points", size=8
        )
    if smoothed:
        low, high = min(losses), smoothed[0]
        room = 0.15 * (high - low) or 1.0
        axes.set_ylim(low - room, high + 3 * room)
    axes.xaxis.set_major_formatter(lambda value, _position: f"{value:g}")
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("learning rate", size=8)
    axes.yaxis.set_major_formatter(lambda value, _position: f"{value:g}")
    axes.grid(visible=False, axis="x")
    return figure
