"""The panels of the learning curves: one quantity over the epochs each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recipe.report.history import History
from recipe.report.status import Best

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#1f2933"
MUTED = "#6b7785"
_TRAIN = "#0072b2"  # blue and vermilion of Okabe and Ito: apart for every kind of colour vision
_VALIDATION = "#d55e00"
_LOG_FROM = 30.0  # a loss that falls by more than this is drawn on a logarithmic axis
_STEPS = (1, 2, 5, 10)  # numbers at the axes are multiples of these


@dataclass(frozen=True, slots=True)
class _Line:
    """One curve.

    Args:
        label: said at its end.
        points: (epoch, value), at least one.
        colour: of line and label.
    """

    label: str
    points: tuple[tuple[int, float], ...]
    colour: str


def draw_metric(axes: "Axes", history: History, metric: str, best: Best | None) -> None:
    """Training and validation values of one metric, named at their ends, with the best epoch marked."""
    candidates = (
        _Line("train", history.points(metric), _TRAIN),
        _Line("validation", history.points(f"val_{metric}"), _VALIDATION),
    )
    lines = [line for line in candidates if line.points]
    _dress(axes, metric, history.epochs)
    if not lines:
        axes.text(0.5, 0.5, "no epoch is finished yet", color=MUTED, ha="center", transform=axes.transAxes)
        return
    values = [value for line in lines for _, value in line.points]
    if min(values) > 0 and max(values) > _LOG_FROM * min(values):
        _make_logarithmic(axes)
    for line in lines:
        epochs, heights = zip(*line.points, strict=True)
        marker = "o" if len(epochs) == 1 else None
        axes.plot(epochs, heights, color=line.colour, marker=marker, markersize=4)
    if best:
        _mark_best(axes, lines[-1], best)
    _label_ends(axes, lines)


def _make_logarithmic(axes: "Axes") -> None:
    from matplotlib.ticker import LogLocator, NullLocator

    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0), numticks=7))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(_short_number)


def _short_number(value: float, _position: float) -> str:
    return f"{value:g}"


def draw_learning_rate(axes: "Axes", rates: Sequence[tuple[int, float]]) -> None:
    """The learning rate at each epoch, in (epoch, rate)."""
    epochs, heights = zip(*rates, strict=True)
    _dress(axes, "learning_rate", epochs, num_ticks=4)
    axes.yaxis.set_major_formatter(_short_number)
    axes.fill_between(epochs, heights, color=MUTED, alpha=0.12, linewidth=0)
    axes.plot(epochs, heights, color=MUTED, linewidth=1.4)
    axes.set_ylim(bottom=0)


def _dress(axes: "Axes", quantity: str, epochs: Sequence[int], num_ticks: int = 6) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_title(
        (quantity[0].upper() + quantity[1:]).replace("_", " "), loc="left", size=9.5, color=INK, pad=8
    )
    axes.set_xlabel("epoch", size=8)
    axes.grid(visible=False, axis="x")
    axes.xaxis.set_major_locator(MaxNLocator(num_ticks, steps=_STEPS, integer=True, min_n_ticks=1))
    axes.yaxis.set_major_locator(MaxNLocator(num_ticks, steps=_STEPS))
    axes.ticklabel_format(axis="y", style="plain", useOffset=False)
    if len(epochs) > 1:
        axes.set_xlim(epochs[0] - 0.02 * (epochs[-1] - epochs[0]), epochs[-1])


def _mark_best(axes: "Axes", line: _Line, best: Best) -> None:
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
        markeredgecolor="white",
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
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
    )


def _label_ends(axes: "Axes", lines: Sequence[_Line]) -> None:
    """The name and last value of each curve at its end, moved apart where they would overlap."""
    gap = 0.09
    to_axes = axes.transData + axes.transAxes.inverted()
    axes.get_ylim()
    places = [float(to_axes.transform(line.points[-1])[1]) for line in lines]
    if len(places) == 2 and abs(places[0] - places[1]) < gap:
        middle = min(max(sum(places) / 2, gap / 2), 1 - gap / 2)
        half = gap / 2 if places[0] >= places[1] else -gap / 2
        places = [middle + half, middle - half]
    for line, place in zip(lines, places, strict=True):
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
