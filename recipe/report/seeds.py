"""One spec trained with several seeds: how far chance moves the result."""

import statistics
from collections.abc import Mapping, Sequence

from recipe.report.tables import number_text, table_lines


def seeds_table(rows: Sequence[tuple[int, Mapping[str, float]]]) -> str:
    """A row a seed, then mean and spread.

    Args:
        rows: seed and its metrics on the test split, the same metrics in every row.

    Returns:
        Lines ended by a newline: one a seed, the mean, and the sample standard deviation (from two seeds on);
        empty without rows.
    """
    if not rows:
        return ""
    names = tuple(rows[0][1])
    body = [(f"seed {seed}", *(number_text(metrics.get(name)) for name in names)) for seed, metrics in rows]
    measured = [[metrics[name] for _, metrics in rows if name in metrics] for name in names]
    if len(rows) > 1:
        body.append(("mean", *(number_text(statistics.fmean(values)) for values in measured)))
        body.append(("spread", *(_spread(values) for values in measured)))
    lines = table_lines([("", *names), *body])
    if len(rows) > 1:
        lines.append("spread: standard deviation of one seed, estimated from these")
    return "\n".join(lines) + "\n"


def _spread(values: Sequence[float]) -> str:
    return number_text(statistics.stdev(values)) if len(values) > 1 else "-"
