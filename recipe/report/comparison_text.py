"""A comparison of runs as text, and for machines."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from recipe.report.comparing import Comparison, Group, Row, Sample
from recipe.report.tables import duration_text, number_text, table_lines

MOST_DIFFERENCES = 20
_LONGEST = 36  # characters of a value


def comparison_text(comparison: Comparison) -> str:
    """Tables: what differs in the specs beside what differs in the results.

    Returns:
        Lines ended by a newline.
    """
    labels = [group.label for group in comparison.groups]
    parts = ["\n".join(_who(comparison.groups))]
    if len(labels) > 1:
        parts.append("\n".join(_differences(comparison, labels)))
    parts.append("\n".join(_results(comparison, labels)))
    return "\n\n".join(parts) + "\n"


def _who(groups: Sequence[Group]) -> Iterator[str]:
    for group in groups:
        seeds = f", {len(group.records)} seeds" if len(group.records) > 1 else ""
        state = {record.status.state for record in group.records} - {"finished"}
        yield f"{group.label}{seeds}" + (f" ({', '.join(sorted(state))})" if state else "")


def _differences(comparison: Comparison, labels: Sequence[str]) -> list[str]:
    found = list(comparison.differs.items())
    if not found:
        return ["what differs: nothing that decides what is trained"]
    rows = [(path, *(_shortened(value) for value in values)) for path, values in found[:MOST_DIFFERENCES]]
    lines = table_lines([("what differs", *labels), *rows])
    return [*lines, f"and {len(found) - len(rows)} more"] if len(found) > len(rows) else lines


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _results(comparison: Comparison, labels: Sequence[str]) -> list[str]:
    several = any(len(group.records) > 1 for group in comparison.groups)
    title = "what came of it, mean ± spread" if several else "what came of it"
    changes = ("change",) if len(labels) == 2 else ()
    rows = [
        (
            row_name(row),
            *(sample_text(row, sample) for sample in row.samples),
            *([change_text(row)] if changes else []),
        )
        for row in comparison.rows
    ]
    lines = table_lines([(title, *labels, *changes), *rows])
    return [*lines, "spread: standard deviation of one run"] if several else lines


def row_name(row: Row) -> str:
    """`accuracy, gap`."""
    return f"{row.metric}, {row.part}" if row.part else row.metric


def sample_text(row: Row, sample: Sample) -> str:
    """Mean and spread, or the one value."""
    if sample.mean is None:
        return "-"
    if row.metric == "seconds" and not row.part:
        return duration_text(sample.mean)
    if row.metric == "epoch" and not row.part:
        return f"{sample.mean:g}" if sample.spread is None else f"{sample.mean:.1f} ± {sample.spread:.1f}"
    spread = "" if sample.spread is None else f" ± {number_text(sample.spread)}"
    return number_text(sample.mean) + spread


def change_text(row: Row) -> str:
    """How much the second of two groups differs from the first."""
    return "" if row.change is None else f"{row.change:+.0%}"


def comparison_data(comparison: Comparison) -> Mapping[str, Any]:
    """A comparison for machines."""
    groups = [
        {
            "label": group.label,
            "runs": [str(record.path) for record in group.records],
            "states": [record.status.state for record in group.records],
        }
        for group in comparison.groups
    ]
    results = [
        {
            "metric": row.metric,
            "part": row.part or None,
            "groups": [
                {"mean": sample.mean, "spread": sample.spread, "values": list(sample.values)}
                for sample in row.samples
            ],
        }
        for row in comparison.rows
    ]
    differs = [{"path": path, "values": list(values)} for path, values in comparison.differs.items()]
    return {"groups": groups, "differs": differs, "results": results}
