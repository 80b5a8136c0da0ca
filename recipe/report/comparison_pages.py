"""A comparison of runs as a page, and its curves as a picture."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from recipe.program.gaps import gap_of
from recipe.report.charts import overlay_chart
from recipe.report.colours import SERIES
from recipe.report.comparing import Comparison, Group
from recipe.report.comparison_text import change_text, row_name, sample_text
from recipe.report.overlays import Overlay, draw_overlay
from recipe.report.pages import Folded, Gallery, Grid, Part, Section, Words, page
from recipe.report.panels import Points
from recipe.report.pictures import draw_card, write_picture
from recipe.report.records import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_METRICS = 4
_MANY = 20  # differences that are shown unasked
_PANEL, _LEFT, _RIGHT, _HEIGHT = 2.4, 0.62, 1.5, 3.05  # inches


def comparison_page(comparison: Comparison) -> str:
    """The page of a comparison as text."""
    sections = (
        Section("What differs", tuple(_differences(comparison))),
        Section("What came of it", tuple(_results(comparison))),
        Section("Curves", tuple(_curves(comparison))),
        Section("Runs", (_runs(comparison),)),
    )
    title = " and ".join(group.label for group in comparison.groups)
    count = sum(len(group.records) for group in comparison.groups)
    told = tuple(section for section in sections if section.parts)
    return page(title, f"{count} runs in {len(comparison.groups)} groups", told, "written by recipe")


def _differences(comparison: Comparison) -> Iterator[Part]:
    labels = tuple(group.label for group in comparison.groups)
    rows = tuple((path, *values) for path, values in comparison.differs.items())
    if not rows:
        yield Words("Nothing that decides what is trained.")
        return
    yield Grid(("value", *labels), rows[:_MANY])
    if len(rows) > _MANY:
        yield Folded(f"{len(rows) - _MANY} more", (Grid(("value", *labels), rows[_MANY:]),))


def _results(comparison: Comparison) -> Iterator[Part]:
    labels = tuple(group.label for group in comparison.groups)
    two = len(labels) == 2
    rows = tuple(
        (
            row_name(row),
            *(sample_text(row, one) for one in row.samples),
            *((change_text(row),) if two else ()),
        )
        for row in comparison.rows
    )
    head = ("", *labels, *(("change",) if two else ()))
    yield Grid(head, rows, tuple(range(1, len(head))))
    if any(len(group.records) > 1 for group in comparison.groups):
        yield Words("Mean ± standard deviation of one run. A gap is how much worse the validation is.")


def _curves(comparison: Comparison) -> Iterator[Part]:
    pictures = [overlay_chart(overlays, title) for title, overlays in _panels(comparison)]
    if pictures:
        yield Gallery(tuple(pictures))
        yield Words(
            "The gap of an epoch is measured while the network learns, with dropout on; that in the table is "
            "of the final weights, without it."
        )
    if any(len(group.records) > 1 for group in comparison.groups):
        yield Words(
            "A line is the mean of a group; the area around it reaches from its lowest to its highest run."
        )


def _runs(comparison: Comparison) -> Grid:
    rows = tuple(
        (
            group.label,
            str(record.path),
            record.status.state,
            f"{record.status.epochs} of {record.status.epochs_planned}",
        )
        for group in comparison.groups
        for record in group.records
    )
    return Grid(("group", "folder", "state", "epochs"), rows)


# -- curves --------------------------------------------------------------------------------------


def _panels(comparison: Comparison) -> Iterator[tuple[str, tuple[Overlay, ...]]]:
    """By title, the curves of every group: metrics in validation, else in training, then the first gap."""
    records = [record for group in comparison.groups for record in group.records]
    names = list(dict.fromkeys(name for record in records for name in record.history.metrics))[:_MOST_METRICS]
    for name in names:
        column = f"val_{name}" if any(record.history.points(f"val_{name}") for record in records) else name
        yield from _panel(comparison.groups, column, partial(_values, column=column))
    yield from _panel(comparison.groups, f"gap of {records[0].gap[0]}", _gaps)


def _values(record: Record, column: str) -> Points:
    return record.history.points(column)


def _gaps(record: Record) -> Points:
    metric, _ = record.gap
    direction = record.direction_of(metric) or "min"
    found = ((epoch, gap_of(record.history.at(epoch), metric, direction)) for epoch in record.history.epochs)
    return tuple(point for point in found if math.isfinite(point[1]))


def _panel(
    groups: Sequence[Group], title: str, points: Callable[[Record], Points]
) -> Iterator[tuple[str, tuple[Overlay, ...]]]:
    overlays = []
    for index, group in enumerate(groups):
        curves = tuple(curve for curve in map(points, group.records) if curve)
        if curves:
            overlays.append(Overlay(group.label, curves, SERIES[index % len(SERIES)]))
    if overlays:
        yield title, tuple(overlays)


def draw_comparison(comparison: Comparison, path: Path) -> None:
    """Draw the curves of all groups side by side.

    Args:
        comparison: of runs.
        path: its suffix chooses the format: `.svg`, `.png` or `.pdf`; written in one piece.
    """
    write_picture(path, lambda: _figure(tuple(_panels(comparison))))


def _figure(panels: Sequence[tuple[str, tuple[Overlay, ...]]]) -> "Figure":
    from matplotlib.figure import Figure

    each = _LEFT + _PANEL + _RIGHT
    width = each * max(1, len(panels)) + 0.1
    figure = Figure(figsize=(width, _HEIGHT))
    figure.patch.set_alpha(0.0)
    draw_card(figure)
    for index, (title, overlays) in enumerate(panels):
        left = _LEFT + index * each
        axes = figure.add_axes((left / width, 0.55 / _HEIGHT, _PANEL / width, 1 - 1.05 / _HEIGHT))
        draw_overlay(axes, overlays, title)
    return figure
