"""A look at data as plain data, and as text for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from recipe import api
from recipe.diagnostics.problems import Problem
from recipe.report.data_pages import class_counts
from recipe.report.tables import rounded, table_lines

_BLOCKS, _ASCII_BLOCKS = " ▁▂▃▄▅▆▇█", " .:-=+*#@"
_MOST_COLUMNS = 60
_MOST_CLASSES = 40
_MOST_SAMPLES = 5
_BARS = 28  # characters of a distribution
_LONGEST = 60  # characters of a sample's cell


def health_data(look: api.Look) -> Mapping[str, Any]:
    """What was found.

    Returns:
        Only mappings, lists, texts, numbers and None. `missing` counts cells of all sources before rows were
        left out; `distinct`, `smallest`, `mean`, `largest` and `distribution` are of the training split.
    """
    health = look.health
    return {
        "name": look.spec.program.name,
        "parts": [
            {"name": part, "examples": count, "repeated": health.repeated.get(part)}
            for part, count in health.examples.items()
        ],
        "sources": [
            {"part": part, "source": name, "rows": rows} for part, (name, rows) in health.sources.items()
        ],
        "ignored": list(health.ignored),
        "columns": [_column(column) for column in health.columns],
        "samples": [{"place": sample.place, "values": dict(sample.values)} for sample in health.samples],
        "findings": [_finding(problem) for problem in look.findings],
        "fingerprint": health.fingerprint,
    }


def _column(column: Any) -> Mapping[str, Any]:
    spread = asdict(column.spread) if column.spread else dict.fromkeys(("smallest", "mean", "largest"))
    named = ("name", "role", "kind", "reason", "missing", "distinct")
    return {
        **{name: getattr(column, name) for name in named},
        "shape": None if column.shape is None else list(column.shape),
        **spread,
        "says_target": column.says_target,
        "distribution": None
        if column.distribution is None
        else {name: _plain(value) for name, value in asdict(column.distribution).items()},
        "classes": list(column.classes),
        "counts": {part: list(counts) for part, counts in column.counts.items()},
        "totals": dict(column.totals),
        "without": dict(column.without),
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _finding(problem: Problem) -> Mapping[str, str]:
    return {
        "code": problem.code,
        "severity": str(problem.severity),
        "message": problem.message,
        "help": problem.help,
    }


# -- text ------------------------------------------------------------------------------------------


def data_text(data: Mapping[str, Any], width: int, ascii_only: bool) -> str:
    """What was found, for a terminal.

    Args:
        data: from `health_data`.
        width: of the terminal, in characters.
        ascii_only: whether it shows nothing else.
    """
    blocks = _ASCII_BLOCKS if ascii_only else _BLOCKS
    targets = [column for column in data["columns"] if column["role"] == "target"]
    features = [column for column in data["columns"] if column["role"] == "feature"]
    paragraphs = [_parts(data), *(_target(target, blocks) for target in targets)]
    paragraphs += [_features(features, blocks, width), _samples(data["samples"], width)]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


def _parts(data: Mapping[str, Any]) -> str:
    rows = [("part", "examples", "repeated")]
    rows += [
        (part["name"], f"{part['examples']:,}", "" if part["repeated"] is None else f"{part['repeated']:,}")
        for part in data["parts"]
    ]
    read = ", ".join(f"{one['source']} ({one['rows']:,} rows)" for one in data["sources"])
    ignored = [f"ignored: {', '.join(data['ignored'])}"] if data["ignored"] else []
    return "\n".join([f"data of {data['name']}: {read}", *table_lines(rows), *ignored])


def _target(target: Mapping[str, Any], blocks: str) -> str:
    reason = f" ({target['reason']})" if target["reason"] else ""
    title = f"target {target['name']}: {target['kind']}{reason}"
    counts = target["counts"]
    if not counts:
        ends = ", ".join(
            f"{name} {rounded(target[name])}"
            for name in ("smallest", "mean", "largest")
            if target[name] is not None
        )
        return "\n".join(line for line in (title, ends, _distribution(target, blocks, 40)) if line)
    total, first = next(iter(target["totals"].values())) or 1, next(iter(counts))
    rows = [("class", *counts, "share")]
    for name, found in class_counts(target, _MOST_CLASSES):
        rows.append((name, *(f"{found[part]:,}" for part in counts), f"{found[first] / total:.1%}"))
    return "\n".join([title, *table_lines(rows), *_more(len(target["classes"]), _MOST_CLASSES)])


def _more(count: int, shown: int) -> list[str]:
    return [f"and {count - shown:,} more"] if count > shown else []


def _features(features: Sequence[Mapping[str, Any]], blocks: str, width: int) -> str:
    shown = features[:_MOST_COLUMNS]
    rows = [("feature", "kind", "missing", "distinct", "smallest", "mean", "largest")]
    for feature in shown:
        counts = (f"{count:,}" if count else "" for count in (feature["missing"], feature["distinct"]))
        ends = (rounded(feature[name]) for name in ("smallest", "mean", "largest"))
        rows.append((feature["name"], feature["kind"], *counts, *ends))
    longest = max(len(feature["name"]) for feature in shown)
    looks = [
        f"{feature['name']:<{longest}}  {_distribution(feature, blocks, _BARS):<{_BARS}}  {feature['reason']}"
        for feature in shown
    ]
    told = [line.rstrip()[:width].rstrip() for line in looks]
    return "\n".join([*table_lines(rows), *_more(len(features), _MOST_COLUMNS), "", *told])


def _distribution(column: Mapping[str, Any], blocks: str, room: int) -> str:
    """Bars of numbers, names of what has names, in so many characters."""
    found = column["distribution"]
    if found is None:
        return ""
    if not found["edges"]:
        names = ", ".join(map(str, found["names"]))
        return names if len(names) <= room else f"{names[: max(0, room - 3)]}..."
    wide = -(-len(found["counts"]) // max(1, room))  # bins in a character
    counts = [sum(found["counts"][start : start + wide]) for start in range(0, len(found["counts"]), wide)]
    most, last = max(counts) or 1, len(blocks) - 1
    return "".join(blocks[-(-count * last // most)] for count in counts)


def _samples(samples: Sequence[Mapping[str, Any]], width: int) -> str:
    return "\n\n".join("\n".join(_sample(sample, width)) for sample in samples[:_MOST_SAMPLES])


def _sample(sample: Mapping[str, Any], width: int) -> Iterator[str]:
    yield f"example {sample['place']}"
    values = [f"{name}={_clipped(value)}" for name, value in sample["values"].items()]
    line = " "
    for value in values:
        if len(line) + len(value) + 2 > width and line.strip():
            yield line
            line = " "
        line += f" {value}"
    yield line


def _clipped(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."
