"""The page about data: what `recipe data` found, with pictures."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from recipe.diagnostics.problems import Problem
from recipe.report.pages import (
    Gallery,
    Grid,
    Heading,
    Lines,
    Notes,
    Numbers,
    Part,
    Section,
    Words,
    page,
)
from recipe.report.small_pictures import bars, image, length_bar
from recipe.report.tables import rounded

_MOST_COLUMNS = 300
_LONGEST = 160  # characters of a cell


def data_page(
    data: Mapping[str, Any], pictures: Sequence[tuple[str, Any]], findings: Sequence[Problem]
) -> str:
    """The text of the page.

    Args:
        data: what `recipe data --json` writes.
        pictures: label and pixels of images, bytes `(height, width)` or `(height, width, 3 or 4)`.
        findings: what may be wrong.
    """
    sections = [Section("Examples", tuple(_examples(data)))]
    sections.append(Section("Findings", (_findings(findings),)))
    sections += [Section(f"Target {one['name']}", tuple(_target(one))) for one in _of(data, "target")]
    if pictures:
        drawn = tuple(image(pixels, label or "an image", label) for label, pixels in pictures)
        sections.append(Section("Images", (Gallery(drawn, 74),)))
    sections.append(Section("Features", tuple(_features(data))))
    if data["samples"]:
        sections.append(Section("Samples", tuple(_samples(data["samples"]))))
    sources = ", ".join(dict.fromkeys(part["source"] for part in data["sources"]))
    lead = f"{sources}: {sum(part['examples'] for part in data['parts']):,} examples"
    return page(f"Data of {data['name']}", lead, sections, f"fingerprint {data['fingerprint']}")


def _of(data: Mapping[str, Any], role: str) -> list[Mapping[str, Any]]:
    return [column for column in data["columns"] if column["role"] == role]


def _examples(data: Mapping[str, Any]) -> Iterator[Part]:
    yield Numbers(tuple((part["name"], f"{part['examples']:,}") for part in data["parts"]))
    read = tuple((one["part"], one["source"], f"{one['rows']:,}") for one in data["sources"])
    yield Heading("Read")
    yield Grid(("part", "source", "rows"), read, (2,))
    again = [(part["name"], part["repeated"]) for part in data["parts"] if part["repeated"] is not None]
    if any(count for _, count in again):
        yield Heading("Repeated examples")
        said = {"train": "that the training split has a second time"}
        rows = tuple(
            (name, f"{count:,}", said.get(name, "that the training split has too")) for name, count in again
        )
        yield Grid(("part", "examples", ""), rows, (1,))
    elif again:
        yield Words("No example is there twice.")
    if data["ignored"]:
        yield Words(f"Columns that are no features: {', '.join(data['ignored'])}.")


def _findings(findings: Sequence[Problem]) -> Part:
    return Notes(tuple(findings)) if findings else Words("Nothing stands out.")


def _target(target: Mapping[str, Any]) -> Iterator[Part]:
    reason = f" ({target['reason']})" if target["reason"] else ""
    kind = "Labels" if target["kind"] == "labels" else f"A {target['kind']}"
    yield Words(f"{kind}{reason}.")
    counts = target["counts"]
    if counts:
        parts = tuple(counts)
        total, most = next(iter(target["totals"].values())) or 1, max(counts[parts[0]]) or 1
        rows = tuple((name, *_counted(name, found, total, most)) for name, found in class_counts(target))
        yield Grid(("class", *parts, "share", ""), rows, tuple(range(1, len(parts) + 2)))
        return
    yield Numbers(_spread(target))
    yield Grid(("distribution",), ((_distribution(target),),))


def class_counts(
    target: Mapping[str, Any], most: int | None = None
) -> Iterator[tuple[str, Mapping[str, int]]]:
    """Each class of a target with its examples by part; last those that have none of the labels.

    Args:
        target: a column of what `recipe data --json` writes.
        most: classes; None for all.
    """
    for index, name in enumerate(target["classes"][:most]):
        yield name, {part: counts[index] for part, counts in target["counts"].items()}
    if any(target["without"].values()):
        yield "(no label)", target["without"]


def _counted(name: str, found: Mapping[str, int], total: int, most: int) -> tuple[str, ...]:
    first = next(iter(found.values()))
    share = f"{first / total:.1%}"
    drawn = length_bar(min(1.0, first / most), f"{name}: {share}")
    return (*(f"{count:,}" for count in found.values()), share, drawn)


def _spread(column: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    names = ("smallest", "mean", "largest")
    return tuple((name, rounded(column[name])) for name in names if column[name] is not None)


def _features(data: Mapping[str, Any]) -> Iterator[Part]:
    features = _of(data, "feature")
    head = (
        "feature",
        "kind",
        "distribution",
        "missing",
        "distinct",
        "smallest",
        "mean",
        "largest",
        "why this kind",
    )
    rows = tuple(
        (
            feature["name"],
            feature["kind"],
            _distribution(feature),
            f"{feature['missing']:,}" if feature["missing"] else "",
            "" if feature["distinct"] is None else f"{feature['distinct']:,}",
            *(rounded(feature[name]) for name in ("smallest", "mean", "largest")),
            feature["reason"] or "written",
        )
        for feature in features[:_MOST_COLUMNS]
    )
    yield Grid(head, rows, (3, 4, 5, 6, 7))
    if len(features) > _MOST_COLUMNS:
        yield Words(f"And {len(features) - _MOST_COLUMNS:,} more: `recipe data --json` has all.")


def _distribution(column: Mapping[str, Any]) -> str:
    """Bars of numbers, names with their counts; nothing of free text."""
    found = column["distribution"]
    if found is None:
        return ""
    if found["edges"]:
        return bars(found["counts"], f"distribution of {column['name']}")
    shown = [f"{name} {count:,}" for name, count in zip(found["names"], found["counts"], strict=True)][:6]
    more = len(found["names"]) - len(shown)
    others = sum(found["counts"][6:]) + found["others"]
    return ", ".join(shown) + (f", {more} more names and others {others:,}" if others else "")


def _samples(samples: Sequence[Mapping[str, Any]]) -> Iterator[Part]:
    names = tuple(samples[0]["values"])
    longest = max(len(value) for sample in samples for value in sample["values"].values())
    if longest > _LONGEST and len(names) <= 3:
        for sample in samples:
            yield Heading(sample["place"])
            yield Lines("\n".join(f"{name}: {value}" for name, value in sample["values"].items()))
        return
    rows = tuple(
        (sample["place"], *(_clipped(value) for value in sample["values"].values())) for sample in samples
    )
    yield Grid(("example", *names), rows)


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
