"""What came of a run, on one screen."""

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

from recipe.report.history import History, read_history
from recipe.report.speeds import speed_facts
from recipe.report.status import Best, Status, read_status
from recipe.report.tables import duration_text, number_text, table_lines

_MOST_METRICS = 12
_LARGE_RATIO = 1.5  # of validation loss to training loss
_LARGE_GAP = 0.1  # of a metric that should be high, such as the accuracy
_INDENT = "  "
_KEY_WIDTH = 12
_NARROWEST = 40

_HEADLINES = {
    "running": "{name}: running, {epochs} of {planned} {unit} done",
    "finished": "{name}: trained for {planned} {unit}",
    "stopped": "{name}: stopped after {epochs} of {planned} {unit}",
    "failed": "{name}: failed after {epochs} of {planned} {unit}",
}

_EXTREME = {"max": "highest", "min": "lowest"}
_FILES = (
    "model.keras",
    "report.html",
    "curves.svg",
    "metrics.csv",
    "layers.json",
    "confusion.csv",
    "log.txt",
)


def summarize(run: Path, *, width: int) -> str:
    """The end of a run in plain text: result, gap, test, time and files.

    Args:
        run: the run folder.
        width: of the terminal, in characters; sentences are wrapped to it.

    Returns:
        Lines ended by a newline.

    Raises:
        RunFolderError: R601 when this is no run folder, R602 when a file of it is missing or damaged.
    """
    status, history = read_status(run), read_history(run)
    width = max(width, _NARROWEST)
    paragraphs = [
        textwrap.fill(headline(status), width),
        *_results(status, history, width),
        "\n".join(_facts(run, status, width)),
    ]
    return "\n\n".join(paragraphs) + "\n"


def headline(status: Status) -> str:
    """How far a run is, or how it ended."""
    early = status.state == "finished" and status.epochs < status.epochs_planned
    template = _HEADLINES["stopped" if early else status.state]
    unit = "epoch" if status.epochs_planned == 1 else "epochs"
    words = template.format(name=status.name, epochs=status.epochs, planned=status.epochs_planned, unit=unit)
    return f"{words}: {status.stopped}" if status.stopped else words


def _results(status: Status, history: History, width: int) -> Iterator[str]:
    """The table of metrics, and a sentence about the gap when it is large."""
    if not history.epochs:
        return
    best = status.best
    epoch = best.epoch if best and best.epoch in history.epochs else history.epochs[-1]
    values = history.at(epoch)
    if status.train is not None and status.weights_epoch == epoch:
        values = {**values, **status.train}  # of the same weights as the validation, without dropout
    names = history.metrics
    columns: dict[str, Mapping[str, float | None]] = {
        "train": {name: values.get(name) for name in names},
        "validation": {name: values.get(f"val_{name}") for name in names},
        _test_title(status, epoch): {**(status.test or {})},
    }
    present = {
        title: column for title, column in columns.items() if any(v is not None for v in column.values())
    }
    rows = [(name, *(number_text(column.get(name)) for column in present.values())) for name in names]
    lines = table_lines([(f"epoch {epoch}", *present), *rows[:_MOST_METRICS]])
    if len(rows) > _MOST_METRICS:
        lines.append(f"and {len(rows) - _MOST_METRICS} more in metrics.csv")
    yield textwrap.indent("\n".join(lines), _INDENT)
    sentence = _gap(values, best)
    if sentence:
        yield textwrap.fill(sentence, width, initial_indent=_INDENT, subsequent_indent=_INDENT)


def _test_title(status: Status, epoch: int) -> str:
    """The test is of the final weights, which need not be those of the epoch beside it."""
    return "test" if status.weights_epoch in (None, epoch) else f"test of epoch {status.weights_epoch}"


def _gap(values: Mapping[str, float], best: Best | None) -> str:
    """One sentence when the validation is far behind the training; else empty."""
    if best and best.direction == "max":
        name = best.metric.removeprefix("val_")
        train, validation = values.get(name), values.get(f"val_{name}")
        if train is None or validation is None or train - validation < _LARGE_GAP:
            return ""
        behind = f"{name} is {train - validation:.2f} lower on the validation data than in training"
    else:
        train, validation = values.get("loss"), values.get("val_loss")
        if train is None or validation is None or train <= 0 or validation < _LARGE_RATIO * train:
            return ""
        behind = f"loss is {validation / train:.1f} times as high on the validation data as in training"
    return f"Overfitting: {behind}; more data, augmentation or regularization may help."


def _facts(run: Path, status: Status, width: int) -> Iterator[str]:
    best = status.best
    chosen = (
        best
        and f"{best.epoch}, where {best.metric} was {_EXTREME[best.direction]} ({number_text(best.value)})"
    )
    told = status.examples_per_second > 0 and status.speed is None
    rate = f", {status.examples_per_second:,.0f} examples/s" if told else ""
    files = [name for name in _FILES if (run / name).exists()]
    facts = (
        ("best epoch", chosen or ""),
        ("time", duration_text(status.seconds) + rate),
        *(speed_facts(status.speed) if status.speed else ()),
        ("parameters", f"{status.parameters:,}"),
        ("folder", str(run)),
        ("files", ", ".join(files)),
    )
    for key, text in facts:
        if text:
            yield _fact(key, text, width)


def _fact(key: str, text: str, width: int) -> str:
    lead = f"{_INDENT}{key:<{_KEY_WIDTH}}"
    return textwrap.fill(
        text,
        width,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )
