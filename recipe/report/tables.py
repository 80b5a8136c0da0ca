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


def scaled_text(value: float) -> str:
    """A large number with three digits and its prefix; a unit can follow.

    >>> scaled_text(7.75e9), scaled_text(231_000), scaled_text(12), scaled_text(3.14e23)
    ('7.75 G', '231 k', '12 ', '314,000 E')
    """
    prefix = ""
    for larger in "kMGTPE":
        if value < 999.5:
            break
        value, prefix = value / 1000, larger
    return f"{value:,.0f} {prefix}" if value >= 99.95 or not prefix else f"{value:.3g} {prefix}"


def bytes_text(size: float) -> str:
    """A size in memory.

    >>> bytes_text(512), bytes_text(3_200_000), bytes_text(161_000_000_000)
    ('512 B', '3.1 MiB', '150 GiB')
    """
    units = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
    exponent = min(len(units) - 1, int(math.log2(size) / 10)) if size >= 1 else 0
    scaled = size / 1024**exponent
    return f"{scaled:,.{int(scaled < 10 and exponent > 0)}f} {units[exponent]}"


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


def rounded(value: float | None) -> str:
    """A number of any size with four digits, whole ones with all of theirs; nothing of None.

    >>> rounded(44.06157), rounded(20640.0), rounded(0.000123456), rounded(None)
    ('44.06', '20,640', '0.0001235', '')
    """
    if value is None:
        return ""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.1f}" if 1e3 <= abs(value) < 1e9 else f"{value:.4g}"
