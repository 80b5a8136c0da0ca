"""The learning rate over the steps of a run that has not begun, as a picture."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recipe.report.colours import INK, MUTED
from recipe.report.pictures import draw_card, write_picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _HEIGHT = 5.6, 3.05  # inches


def draw_schedule(
    curve: Mapping[int, float], marks: Mapping[int, float], path: Path, *, title: str, steps_per_epoch: int
) -> None:
    """Draw the learning rate over the steps, with some of its values written at it.

    Args:
        curve: learning rate by step, at least one.
        marks: those to write, such as the peak and the quarters.
        path: its suffix chooses the format: `.svg`, `.png` or `.pdf`; written in one piece.
        title: above the picture.
        steps_per_epoch: for the second axis, in epochs.
    """
    write_picture(path, lambda: _figure(curve, marks, title, steps_per_epoch))


def _figure(
    curve: Mapping[int, float], marks: Mapping[int, float], title: str, steps_per_epoch: int
) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, _HEIGHT))
    figure.patch.set_alpha(0.0)
    draw_card(figure)
    height = 1 - 0.36 / _HEIGHT
    figure.text(0.3 / _WIDTH, height, title, size=12, weight="bold", va="center")
    figure.text(1 - 0.38 / _WIDTH, height, "Learning rate", size=9.5, va="center", ha="right")
    axes = figure.add_axes((0.72 / _WIDTH, 0.55 / _HEIGHT, 1 - 1.1 / _WIDTH, 1 - 1.5 / _HEIGHT))
    _draw(axes, curve, marks)

    def in_epochs(steps: Any) -> Any:
        return steps / steps_per_epoch

    def in_steps(epochs: Any) -> Any:
        return epochs * steps_per_epoch

    epochs = axes.secondary_xaxis("top", functions=(in_epochs, in_steps))
    epochs.set_xlabel("epoch", size=8)
    epochs.spines["top"].set_visible(False)
    return figure


def _draw(axes: "Axes", curve: Mapping[int, float], marks: Mapping[int, float]) -> None:
    steps, heights = list(curve), list(curve.values())
    axes.fill_between(steps, heights, color=MUTED, alpha=0.12, linewidth=0)
    axes.plot(steps, heights, color=MUTED, linewidth=1.6)
    axes.plot(list(marks), list(marks.values()), "o", color=INK, markersize=3, clip_on=False)
    last = max(steps)
    for step, height in marks.items():
        left = step > 0.8 * last
        axes.annotate(
            f"{height:.3g}",
            (step, height),
            xytext=(-4 if left else 4, 4),
            textcoords="offset points",
            ha="right" if left else "left",
            size=8,
        )
    axes.set_xlabel("step", size=8)
    axes.xaxis.set_major_formatter(lambda value, _position: f"{value:,.0f}")
    axes.yaxis.set_major_formatter(lambda value, _position: f"{value:g}")
    axes.grid(visible=False, axis="x")
    axes.set_ylim(bottom=0, top=1.15 * max(heights) or 1)
    if last:
        axes.set_xlim(0, last)
