"""One spec trained with several seeds, or on several folds: how far chance moves the result."""

import statistics
from collections.abc import Mapping, Sequence

from recipe.report.tables import number_text, table_lines


def seeds_table(rows: Sequence[tuple[int, Mapping[str, float]]], what: str = "seed") -> str:
    """A row a seed or fold, then mean and spread.

    Args:
        rows: number of the seed or fold and its metrics on the test split, the same metrics in every row.
        what: is numbered, `seed` or `fold`.

    Returns:
        Lines ended by a newline: one a row, the mean, and the sample standard deviation (from two seeds on);
        empty without rows.
    """
    if not rows:
        return ""
    names = tuple(rows[0][1])
    body = [(f"{what} {seed}", *(number_text(metrics.get(name)) for name in names)) for seed, metrics in rows]
    measured = [[metrics[name] for _, metrics in rows if name in metrics] for name in names]
    if len(rows) > 1:
        body.append(("mean", *(number_text(statistics.fmean(values)) for values in measured)))
        body.append(("spread", *(_spread(values) for values in measured)))
    lines = table_lines([("", *names), *body])
    if len(rows) > 1:
        lines.append(f"spread: standard deviation of one {what}, estimated from these")
    return "\n".join(lines) + "\n"


def _spread(values: Sequence[float]) -> str:
    return number_text(statistics.stdev(values)) if len(values) > 1 else "-"
