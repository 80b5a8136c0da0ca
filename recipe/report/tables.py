"""Numbers and small tables as plain text."""

import math
from collections.abc import Sequence


def number_text(value: float | None) -> str:
    """A measured value in at most eight characters: four decimals where these say enough.

    >>> number_text(0.93421), number_text(12.5), number_text(3.2e-05), number_text(None)
    ('0.9342', '12.5000', '3.2e-05', '-')
    """
    if value is None:
        return "-"
    if value == 0 or 0.001 <= abs(value) < 100:
        return f"{value:.4f}"
    return f"{value:.4g}"


def duration_text(seconds: float) -> str:
    """A stretch of time in its two largest units.

    >>> duration_text(4.21), duration_text(754), duration_text(11_530)
    ('4.2 s', '12 min 34 s', '3 h 12 min')
    """
    if not math.isfinite(seconds) or seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def table_lines(rows: Sequence[Sequence[str]], gap: str = "  ") -> list[str]:
    """Rows of equal length in columns: the first flush left, the others flush right.

    >>> table_lines([("", "train"), ("loss", "0.1")])
    ['      train', 'loss    0.1']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        gap.join(
            [
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in rows
    ]
