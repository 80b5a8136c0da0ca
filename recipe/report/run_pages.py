"""The page of a run: what came of it, how it went, and what it was."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.gaps import gap_of
from recipe.program.history import Entry, entries
from recipe.report.charts import gap_chart, metric_chart, step_chart
from recipe.report.colours import NORM, RATE, SPEED
from recipe.report.mistakes import mistake_parts
from recipe.report.pages import (
    Folded,
    Gallery,
    Grid,
    Lines,
    Link,
    Notes,
    Numbers,
    Part,
    Picture,
    Section,
    Source,
    Words,
    page,
)
from recipe.report.records import Record, read_json, read_record, read_text
from recipe.report.speeds import speed_facts
from recipe.report.steps import read_steps
from recipe.report.summary import headline
from recipe.report.tables import duration_text, number_text, scaled_text

FILE = "report.html"
_MOST_METRICS = 8
_LONG_TABLE = 40
# Columns of `steps.csv`, where a run has them: title, colour, and where the axis begins.
_OF_STEPS: Mapping[str, tuple[str, str, float | None]] = {
    "learning_rate": ("learning rate", RATE, 0.0),
    "gradient_norm": ("gradient norm", NORM, None),
    "update_ratio": ("update / weight", NORM, None),
    "examples_per_second": ("examples / s", SPEED, 0.0),
}
_TRAINING_NOTE = (
    "The training curves are measured while the network learns: a mean over the epoch, with dropout and "
    "augmentation on. So they begin late, and the gap is rather too small than too large."
)


def run_page(run: Path, notes: Sequence[Problem] = ()) -> str:
    """The page of a run as text; it reads the folder of the run and nothing else.

    Args:
        run: the run folder.
        notes: what the numbers of the run show.

    Raises:
        RunFolderError: R601 when this is no run folder, R602 when a file of it is damaged.
    """
    record = read_record(run)
    sections = (
        Section("Result", tuple(_result(record, notes))),
        Section("Curves", tuple(_curves(record))),
        Section("Steps", tuple(_steps(record))),
        *(Section(title, parts) for title, parts in mistake_parts(run)),
        Section("Spec", tuple(_spec(record))),
        Section("Layers", tuple(_layers(record))),
        Section("Environment", tuple(_environment(record))),
        Section("Log", tuple(_log(record))),
    )
    lead = headline(record.status).partition(": ")[2]
    told = tuple(section for section in sections if section.parts)
    return page(record.label, lead, told, f"written by recipe from {run}")


# -- result --------------------------------------------------------------------------------------


def _result(record: Record, notes: Sequence[Problem]) -> Iterator[Part]:
    yield Numbers(tuple(_headlines(record)))
    for name, text in speed_facts(record.status.speed) if record.status.speed else ():
        yield Words(f"{name[:1].upper()}{name[1:]}: {text}.")
    if record.history.epochs:
        yield _measured(record)
    if notes:
        yield Notes(tuple(notes))


def _headlines(record: Record) -> Iterator[tuple[str, str]]:
    status = record.status
    for name, value in (status.test or {}).items():
        yield f"test {name}", number_text(value)
    if status.best:
        yield f"best {status.best.metric}", f"{number_text(status.best.value)} in epoch {status.best.epoch}"
    metric, gap = record.gap
    if math.isfinite(gap):
        yield f"gap of {metric}", number_text(gap)
    yield "epochs", f"{status.epochs} of {status.epochs_planned}"
    yield "time", duration_text(status.seconds)
    yield "parameters", f"{status.parameters:,}"


def _measured(record: Record) -> Grid:
    """Every metric in the epoch that stands for the run, by split."""
    values, status = record.values, record.status
    rows = [
        (
            name,
            number_text(values.get(name)),
            number_text(values.get(f"val_{name}")),
            _gap_text(record, values, name),
            number_text((status.test or {}).get(name)),
        )
        for name in record.history.metrics
    ]
    test = "test" if status.weights_epoch in (None, record.epoch) else f"test of epoch {status.weights_epoch}"
    return Grid((f"epoch {record.epoch}", "train", "validation", "gap", test), tuple(rows), (1, 2, 3, 4))


def _gap_text(record: Record, values: Mapping[str, float], metric: str) -> str:
    gap = gap_of(values, metric, record.direction_of(metric) or "")
    return number_text(gap if math.isfinite(gap) and record.direction_of(metric) else None)


# -- curves --------------------------------------------------------------------------------------


def _curves(record: Record) -> Iterator[Part]:
    if not record.history.epochs:
        yield Words("No epoch is finished yet.")
        return
    names = record.history.metrics
    pictures = [metric_chart(record.history, name, record.status.best) for name in names[:_MOST_METRICS]]
    yield Gallery((*pictures, *_gap(record)))
    if any(name.startswith("val_") for name in record.history.columns):
        yield Words(_TRAINING_NOTE)
    if len(names) > _MOST_METRICS:
        yield Words(f"{len(names) - _MOST_METRICS} more in metrics.csv.")


def _gap(record: Record) -> Iterator[Picture]:
    metric, _ = record.gap
    direction = record.direction_of(metric) or "min"
    every = ((epoch, gap_of(record.history.at(epoch), metric, direction)) for epoch in record.history.epochs)
    gaps = [(epoch, gap) for epoch, gap in every if math.isfinite(gap)]
    if gaps:
        watched = record.program.overfitting if record.program else None
        yield gap_chart(gaps, metric, watched.gap if watched and watched.metric == metric else None)


def _steps(record: Record) -> Iterator[Part]:
    steps = read_steps(record.path)
    pictures = []
    for column, (title, colour, floor) in _OF_STEPS.items():
        points = steps.points(column)
        if points:
            pictures.append(step_chart(points, title, colour, floor=floor))
    if pictures:
        yield Gallery(tuple(pictures))


# -- what it was ---------------------------------------------------------------------------------


def _spec(record: Record) -> Iterator[Part]:
    text = read_text(record.path, "spec.yaml")
    if text:
        yield Source(text)
    yield from _further_texts(record)
    program = record.program
    if program is None:
        return
    found, main = entries(program), _main_source(record)
    layers = {layer.name for layer in program.graph.layers}
    of_layers = [entry for entry in found if _layer_of(entry, layers)]
    others = [entry for entry in found if not _layer_of(entry, layers)]
    yield Folded(f"{len(others)} settled values, and where each came from", (_values(others, main),))
    if of_layers:
        title = f"{len(of_layers)} values of layers, and where each came from"
        yield Folded(title, (_values(of_layers, main),))


def _further_texts(record: Record) -> Iterator[Part]:
    """What the spec extends, and each `--set`."""
    for path in sorted((record.path / "sources").glob("*"))[1:]:
        name, text = path.name.partition("-")[2], read_text(path.parent, path.name)
        yield Words(f"{name}: {text}") if name.startswith("--set") else Folded(name, (Lines(text),))


def _layer_of(entry: Entry, layers: set[str]) -> bool:
    return entry.path.rpartition(".")[0] in layers or any(
        entry.path.startswith(f"{name}.") for name in layers
    )


def _main_source(record: Record) -> str:
    """The name of the spec's own text: where its version is written."""
    program = record.program
    span = program.spec.span_of("recipe") if program else None
    return span.source if span else ""


def _values(found: Sequence[Entry], main: str) -> Grid:
    rows = tuple((entry.path, entry.value, _place(entry.span, main), entry.reason) for entry in found)
    return Grid(("key", "value", "written", "because"), rows)


def _place(span: Span | None, main: str) -> str | Link:
    if span is None:
        return ""
    text = f"{Path(span.source).name}:{span.line}"
    return Link(text, f"line-{span.line}") if span.source == main else text


def _layers(record: Record) -> Iterator[Part]:
    rows = read_json(record.path, "layers.json")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return
    main, total = _main_source(record), sum(int(row.get("parameters") or 0) for row in rows)
    grid = Grid(
        ("layer", "class", "output", "parameters", "share", "FLOPs an example", "written"),
        tuple(_layer_row(row, total, main) for row in rows),
        (3, 4, 5),
    )
    yield Folded(f"{len(rows)} layers", (grid,)) if len(rows) > _LONG_TABLE else grid


def _layer_row(row: Mapping[str, Any], total: int, main: str) -> tuple[str | Link, ...]:
    parameters, flops, line = int(row.get("parameters") or 0), row.get("flops"), row.get("line")
    source = str(row.get("source"))
    place = "" if line is None else f"{Path(source).name}:{line}"
    return (
        str(row.get("name")),
        str(row.get("kind")),
        str(row.get("shape")),
        f"{parameters:,}" if parameters else "",
        f"{parameters / total:.1%}" if parameters and total else "",
        scaled_text(float(flops)).strip() if flops else "",
        Link(place, f"line-{line}") if place and source == main else place,
    )


def _environment(record: Record) -> Iterator[Part]:
    written = read_json(record.path, "environment.json")
    if isinstance(written, dict) and written:
        yield Numbers(tuple(_flat(written)))


def _flat(written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in written.items():
        title = name.replace("_", " ")
        if isinstance(value, Mapping):
            yield from ((key, str(one)) for key, one in value.items())
        elif isinstance(value, list):
            if value:
                yield title, ", ".join(map(str, value))
        elif value is not None:
            yield title, str(value)[:16] if name in ("fingerprint", "program_hash") else str(value)


def _log(record: Record) -> Iterator[Part]:
    lines = read_text(record.path, "log.txt").splitlines()
    told = [line for line in lines if " epoch " not in line[:40]]
    if told:
        yield Lines("\n".join(told))
