"""The panels of the learning curves: one quantity over the epochs each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recipe.report.colours import INK, MUTED, PAPER, TRAIN, VALIDATION
from recipe.report.history import History
from recipe.report.status import Best

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOG_FROM = 30.0  # a loss that falls by more than this is drawn on a logarithmic axis
_STEPS = (1, 2, 5, 10)  # numbers at the axes are multiples of these


Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Line:
    """One curve.

    Args:
        label: said at its end.
        points: (epoch, value), at least one.
        colour: of line and label.
    """

    label: str
    points: Points
    colour: str


def draw_metric(axes: "Axes", history: History, metric: str, best: Best | None) -> None:
    """Training and validation values of one metric, named at their ends, with the best epoch marked."""
    candidates = (
        Line("train", history.points(metric), TRAIN),
        Line("validation", history.points(f"val_{metric}"), VALIDATION),
    )
    lines = [line for line in candidates if line.points]
    dress(axes, metric, history.epochs)
    if not lines:
        axes.text(0.5, 0.5, "no epoch is finished yet", color=MUTED, ha="center", transform=axes.transAxes)
        return
    fit_scale(axes, [value for line in lines for _, value in line.points])
    for line in lines:
        epochs, heights = zip(*line.points, strict=True)
        marker = "o" if len(epochs) == 1 else None
        axes.plot(epochs, heights, color=line.colour, marker=marker, markersize=4)
    if best:
        _mark_best(axes, lines[-1], best)
    label_ends(axes, lines)


def fit_scale(axes: "Axes", values: Sequence[float]) -> None:
    """A logarithmic axis where positive values span orders of magnitude."""
    from matplotlib.ticker import LogLocator, NullLocator

    if min(values) <= 0 or max(values) <= _LOG_FROM * min(values):
        return
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0), numticks=7))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(_short_number)


def _short_number(value: float, _position: float) -> str:
    return f"{value:g}"


def draw_learning_rate(axes: "Axes", rates: Sequence[tuple[int, float]]) -> None:
    """The learning rate at each epoch, in (epoch, rate)."""
    epochs, heights = zip(*rates, strict=True)
    dress(axes, "learning_rate", epochs, num_ticks=4)
    axes.yaxis.set_major_formatter(_short_number)
    axes.fill_between(epochs, heights, color=MUTED, alpha=0.12, linewidth=0)
    axes.plot(epochs, heights, color=MUTED, linewidth=1.4)
    axes.set_ylim(bottom=0)


def draw_curve(axes: "Axes", points: Points, colour: str, *, floor: float | None = None) -> None:
    """One curve with the area below it.

    Args:
        axes: dressed.
        points: (step, value), at least one.
        colour: of line and area.
        floor: where the axis begins; where the values begin unless said.
    """
    steps, heights = zip(*points, strict=True)
    if floor is None:
        fit_scale(axes, heights)
    marker = "o" if len(steps) == 1 else None
    axes.plot(steps, heights, color=colour, linewidth=1.5, marker=marker, markersize=4)
    bottom = axes.get_ylim()[0] if floor is None else floor
    axes.fill_between(steps, heights, bottom, color=colour, alpha=0.1, linewidth=0)
    axes.set_ylim(bottom=bottom)
    if max(heights) >= 10_000:
        axes.yaxis.set_major_formatter(lambda value, _position: f"{value:,.0f}")


def dress(
    axes: "Axes", quantity: str, epochs: Sequence[int], num_ticks: int = 6, *, unit: str = "epoch"
) -> None:
    """Title, ticks and grid of a plot.

    Args:
        axes: empty.
        quantity: that will be drawn.
        epochs: from the first to the last, for the ends of the axis; none where these are not known.
        num_ticks: at an axis, about.
        unit: of the horizontal axis.
    """
    from matplotlib.ticker import MaxNLocator

    axes.set_title(
        (quantity[0].upper() + quantity[1:]).replace("_", " "), loc="left", size=9.5, color=INK, pad=8
    )
    axes.set_xlabel(unit, size=8)
    axes.grid(visible=False, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(num_ticks, steps=_STEPS, integer=True, min_n_ticks=1))
    axes.yaxis.set_major_locator(MaxNLocator(num_ticks, steps=_STEPS))
    axes.ticklabel_format(axis="y", style="plain", useOffset=False)
    if len(epochs) > 1:
        axes.set_xlim(epochs[0] - 0.02 * (epochs[-1] - epochs[0]), epochs[-1])


def _mark_best(axes: "Axes", line: Line, best: Best) -> None:
    """A dot on the curve, and its words on the side where the curve has left room."""
    heights = dict(line.points)
    if best.epoch not in heights:
        return
    height = heights[best.epoch]
    rises = line.points[0][1] < height
    first, last = axes.get_xlim()
    on_the_left = best.epoch > (first + last) / 2
    axes.axvline(best.epoch, color=MUTED, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
    axes.plot(
        best.epoch,
        height,
        "o",
        markersize=7,
        color=line.colour,
        markeredgecolor=PAPER,
        clip_on=False,
        zorder=5,
    )
    axes.annotate(
        f"best epoch {best.epoch}: {height:.3g}",
        (best.epoch, 0.04 if rises else 0.96),
        xycoords=axes.get_xaxis_transform(),
        xytext=(-5 if on_the_left else 5, 0),
        textcoords="offset points",
        ha="right" if on_the_left else "left",
        va="bottom" if rises else "top",
        size=8,
        color=MUTED,
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.0},
    )


def label_ends(axes: "Axes", lines: Sequence[Line]) -> None:
    """The name and last value of each curve at its end, moved apart where they would overlap."""
    gap = 0.09
    to_axes = axes.transData + axes.transAxes.inverted()
    axes.get_ylim()
    places = [float(to_axes.transform(line.points[-1])[1]) for line in lines]
    for line, place in zip(lines, spread(places, gap), strict=True):
        axes.annotate(
            f"{line.label} {line.points[-1][1]:.3g}",
            (1, place),
            xycoords="axes fraction",
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            size=8.5,
            color=line.colour,
        )


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Places moved apart, in their order and about where they were, none below the axis or above it.

    Args:
        places: heights between 0 and 1.
        gap: that two must have at least.

    >>> spread([0.5, 0.52, 0.9], 0.1)
    [0.46, 0.56, 0.9]
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    blocks: list[list[float]] = []  # centre and number of places that touch
    for index in order:
        blocks.append([places[index], 1])
        while len(blocks) > 1 and blocks[-1][0] - blocks[-2][0] < gap * (blocks[-1][1] + blocks[-2][1]) / 2:
            (high, many), (low, few) = blocks.pop(), blocks.pop()
            blocks.append([(high * many + low * few) / (many + few), many + few])
            half = gap * blocks[-1][1] / 2
            blocks[-1][0] = max(min(blocks[-1][0], 1 - half), half)
    found = [
        centre + gap * (number - (count - 1) / 2) for centre, count in blocks for number in range(int(count))
    ]
    moved = [0.0] * len(places)
    for index, place in zip(order, found, strict=True):
        moved[index] = round(place, 6)
    return moved
