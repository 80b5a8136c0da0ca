"""The learning curves of a run as one picture."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recipe.report.history import History
from recipe.report.panels import draw_learning_rate, draw_metric
from recipe.report.pictures import draw_card, write_picture
from recipe.report.status import Best

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEIGHT = 3.05  # inches
_LEFT = 0.58  # inches left of each plot, for the numbers


@dataclass(frozen=True, slots=True)
class _Panel:
    """One plot of the picture.

    Args:
        width: of the plot, in inches.
        right: what it needs to the right of it, in inches.
        draw: fills the axes.
    """

    width: float
    right: float
    draw: Callable[["Axes"], None]


def draw_curves(history: History, path: Path, *, title: str, best: Best | None = None) -> None:
    """Draw loss, main metric and learning rate side by side, training and validation in each.

    The same history gives the same bytes.

    Args:
        history: with at least one epoch; else the picture says that there is none yet.
        path: its suffix chooses the format: `.svg`, `.png` or `.pdf`; written in one piece.
        title: above the panels.
        best: the epoch to mark, and the metric to show beside the loss; without it the epoch of the lowest
            (validation) loss and the first metric.
    """
    write_picture(path, lambda: _figure(history, title, best or _lowest_loss(history)))


def main_metric(history: History, best: Best | None) -> str | None:
    """The metric to show beside the loss: the one that chose the best epoch, else the first."""
    watched = best.metric.removeprefix("val_") if best else "loss"
    others = [name for name in history.metrics if name != "loss"]
    return watched if watched in others else next(iter(others), None)


def _lowest_loss(history: History) -> Best | None:
    name = "val_loss" if history.points("val_loss") else "loss"
    points = history.points(name)
    if len(points) < 2:
        return None
    epoch, value = min(points, key=lambda point: point[1])
    return Best(name, "min", epoch, value)


def _figure(history: History, title: str, best: Best | None) -> "Figure":
    from matplotlib.figure import Figure

    metric = main_metric(history, best)
    rates = history.points("learning_rate")
    varies = len({rate for _, rate in rates}) > 1
    panels = [_Panel(2.25, 1.15, lambda axes: draw_metric(axes, history, "loss", best))]
    if metric:
        panels.append(_Panel(2.25, 1.15, lambda axes: draw_metric(axes, history, metric, best)))
    if varies:
        panels.append(_Panel(1.2, 0.28, lambda axes: draw_learning_rate(axes, rates)))
    width = sum(_LEFT + panel.width + panel.right for panel in panels) + 0.1
    figure = Figure(figsize=(width, _HEIGHT))
    figure.patch.set_alpha(0.0)
    draw_card(figure)
    figure.text(0.3 / width, 1 - 0.36 / _HEIGHT, title, size=12, weight="bold", va="center")
    left = _LEFT
    for panel in panels:
        panel.draw(figure.add_axes((left / width, 0.55 / _HEIGHT, panel.width / width, 1 - 1.46 / _HEIGHT)))
        left += panel.width + panel.right + _LEFT
    return figure
