"""The curves of a page, a picture each, in the colours of the page: it may be light or dark."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from recipe.report.colours import GAP, MUTED
from recipe.report.history import History
from recipe.report.overlays import Overlay, draw_overlay
from recipe.report.pages import Picture, drawing
from recipe.report.panels import Points, draw_curve, draw_metric, dress
from recipe.report.status import Best

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _HEIGHT = 3.9, 2.3  # inches
_LEFT, _BOTTOM, _TOP = 0.58, 0.45, 0.38
# Right of the plot: with `validation` at the ends of its curves, with names of runs, and without words.
_WORDS, _NAMES, _NO_WORDS = 1.16, 1.5, 0.2


def metric_chart(history: History, metric: str, best: Best | None) -> Picture:
    """Training and validation values of a metric over the epochs."""
    return _chart(lambda axes: draw_metric(axes, history, metric, best), f"{metric} by epoch", _WORDS)


def gap_chart(gaps: Points, metric: str, limit: float | None) -> Picture:
    """How much worse a metric is in validation than in training, over the epochs.

    Args:
        gaps: (epoch, gap), at least one.
        metric: its name.
        limit: that `monitor.overfitting` has; None where it has none.
    """

    def draw(axes: "Axes") -> None:
        dress(axes, f"gap of {metric}", [int(epoch) for epoch, _ in gaps])
        draw_curve(axes, gaps, GAP, floor=0.0)
        axes.axhline(0, linewidth=0.8, color=MUTED)
        # Before a network knows anything its gap is below 0, and far below says nothing.
        largest = max(0.05, limit or 0.0, *(gap for _, gap in gaps))
        axes.set_ylim(max(min(gap for _, gap in gaps), -largest) - 0.1 * largest, 1.15 * largest)
        if limit is not None:
            axes.axhline(limit, linewidth=0.9, linestyle=(0, (4, 3)), color=GAP)

    return _chart(draw, f"gap of {metric} by epoch")


def step_chart(points: Points, title: str, colour: str, *, floor: float | None = None) -> Picture:
    """A quantity over the steps of a run.

    Args:
        points: (step, value), at least one.
        title: of the quantity.
        colour: of the curve.
        floor: where the axis begins; where the values begin unless said, and then values that span orders of
            magnitude are drawn on a logarithmic axis.
    """

    def draw(axes: "Axes") -> None:
        dress(axes, title, (), unit="step")
        draw_curve(axes, points, colour, floor=floor)

    return _chart(draw, f"{title} by step")


def overlay_chart(groups: Sequence[Overlay], title: str) -> Picture:
    """The same quantity of several runs over the epochs."""
    return _chart(lambda axes: draw_overlay(axes, groups, title), f"{title} of each run by epoch", _NAMES)


def _chart(draw: Callable[["Axes"], None], name: str, right: float = _NO_WORDS) -> Picture:
    def figure() -> "Figure":
        from matplotlib.figure import Figure

        made = Figure(figsize=(_WIDTH, _HEIGHT))
        made.patch.set_alpha(0.0)
        width, height = 1 - (_LEFT + right) / _WIDTH, 1 - (_BOTTOM + _TOP) / _HEIGHT
        draw(made.add_axes((_LEFT / _WIDTH, _BOTTOM / _HEIGHT, width, height), facecolor="none"))
        return made

    return drawing(figure, name)
