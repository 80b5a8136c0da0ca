"""The same quantity of several runs in one plot; of several seeds, their mean and how far they lie apart."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recipe.report.panels import Line, Points, dress, fit_scale, label_ends

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LONGEST = 15  # characters of a name at the end of a curve


@dataclass(frozen=True, slots=True)
class Overlay:
    """The curves of runs that belong together.

    Args:
        label: said at the end of their mean.
        curves: (epoch, value) of each run, at least one point each.
        colour: of all of them.
    """

    label: str
    curves: tuple[Points, ...]
    colour: str


def draw_overlay(axes: "Axes", groups: Sequence[Overlay], quantity: str) -> None:
    """The mean of every group, and where there are several runs in it the range between the extremes.

    Args:
        axes: empty.
        groups: at least one.
        quantity: that is drawn.
    """
    epochs = sorted({int(epoch) for group in groups for curve in group.curves for epoch, _ in curve})
    dress(axes, quantity, epochs)
    fit_scale(axes, [value for group in groups for curve in group.curves for _, value in curve])
    lines = []
    for group in groups:
        middle = [(epoch, statistics.fmean(values)) for epoch, values in _by_epoch(group)]
        at, heights = zip(*middle, strict=True)
        marker = "o" if len(at) == 1 else None
        axes.plot(at, heights, color=group.colour, marker=marker, markersize=4)
        if len(group.curves) > 1:
            lowest = [min(values) for _, values in _by_epoch(group)]
            highest = [max(values) for _, values in _by_epoch(group)]
            axes.fill_between(at, lowest, highest, color=group.colour, alpha=0.18, linewidth=0)
        lines.append(Line(_short(group.label), middle, group.colour))
    label_ends(axes, lines)


def _by_epoch(group: Overlay) -> list[tuple[float, list[float]]]:
    """The values of a group by epoch, as far as all of its runs went: a mean of fewer would jump."""
    found: dict[float, list[float]] = {}
    for curve in group.curves:
        for epoch, value in curve:
            found.setdefault(epoch, []).append(value)
    most = max(map(len, found.values()))
    return sorted((epoch, values) for epoch, values in found.items() if len(values) == most)


def _short(label: str) -> str:
    """The end of a long name: what tells runs of one spec apart stands there."""
    return label if len(label) <= _LONGEST else f"…{label[1 - _LONGEST :]}"
