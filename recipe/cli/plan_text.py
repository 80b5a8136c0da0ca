"""A plan as text: the layer table, then a fact a line."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from recipe.cli.plan_costs import cost_facts
from recipe.cli.plan_updates import update_facts
from recipe.report.tables import scaled_text

_KEY_WIDTH = 15
_MOST_FEATURES = 20
_MOST_CLASSES = 10
_EXTREME = {"max": "highest", "min": "lowest"}
_RIGHT = frozenset({3, 4, 5})  # numbers of the layer table stand flush right


def plan_text(data: Mapping[str, Any], width: int) -> str:
    """What a spec would do, for a person.

    Args:
        data: from `plan_data`.
        width: of the terminal, in characters.

    Returns:
        Lines ended by a newline.
    """
    parts = [
        data["name"],
        "\n".join(_layer_table(data)),
        "\n".join(_fact(key, text, width) for key, text in _facts(data) if text),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _layer_table(data: Mapping[str, Any]) -> list[str]:
    files = {layer["file"] for layer in data["layers"]}
    rows = [("layer", "class", "output", "parameters", "FLOPs", "line")]
    rows += [
        (
            layer["name"],
            layer["class"],
            layer["shape"],
            f"{layer['parameters']:,}",
            "?" if layer["flops"] is None else scaled_text(layer["flops"]).rstrip(),
            _line(layer, files),
        )
        for layer in data["layers"]
    ]
    total = scaled_text(data["flops"]["forward_per_example"]).rstrip()
    rows.append(("total", "", "", f"{data['parameters']:,}", total, ""))
    return aligned(rows, _RIGHT)


def weight_text(data: Mapping[str, Any]) -> str:
    """How every weight begins, and whether it learns and decays; a table that ends in a newline."""
    rows = [("weight", "shape", "begins as", "learns", "decays")]
    rows += [
        (
            row["path"],
            " x ".join(map(str, row["shape"])) or "1",
            row["begins"],
            "yes" if row["learns"] else "no",
            "yes" if row["decays"] else "no",
        )
        for row in data["weights"]
    ]
    return "\n".join(aligned(rows)) + "\n"


def _line(layer: Mapping[str, Any], files: set[str]) -> str:
    """The line of a layer's row; with its file where templates brought some of the layers."""
    if layer["line"] is None:
        return "-"
    return str(layer["line"]) if len(files) == 1 else f"{layer['file']}:{layer['line']}"


def aligned(rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset(), gap: str = "  ") -> list[str]:
    """Rows of equal length in columns.

    >>> aligned([("a", "1"), ("bc", "10")], right=frozenset({1}))
    ['a    1', 'bc  10']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        gap.join(
            cell.rjust(width) if index in right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _facts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if data["trainable"] != data["parameters"]:
        yield "trainable", f"{data['trainable']:,} of {data['parameters']:,} parameters"
    if data["data"] is not None:
        yield from _data_facts(data["data"])
    batch, training = data["batch"], data["training"]
    parts = "" if batch["parts"] == 1 else f", computed in {batch['parts']} parts"
    yield "batch", f"{batch['examples']:,} examples{parts}"
    for step in batch["steps"]:
        yield "", step["does"] + (", in training only" if step["when"] == "training" else "")
    yield (
        "length",
        f"{_counted(training['epochs'], 'epoch')} of {_counted(training['steps_per_epoch'], 'step')}: "
        f"{_counted(training['total_steps'], 'update')}",
    )
    yield "sampling", "" if training["sampling"] == "shuffled" else training["sampling"]
    every = training["validate_every"]
    yield "validation", "" if every == 1 else f"every {_counted(every, 'epoch')}, and the last"
    yield "stops", ", or ".join(_endings(training))
    yield from cost_facts(data)
    yield "learning rate", _rates(data["learning_rate"])
    yield "schedule", data["schedule"] or "constant"
    yield from data["settings"].items()
    yield "optimizer", data["optimizer"]
    yield "weight decay", _decay(data["weight_decay"])
    yield from update_facts(data)
    yield "loss", data["loss"]
    yield "metrics", ", ".join(f"{metric['name']} ({metric['class']})" for metric in data["metrics"])
    yield "best epoch", f"{_EXTREME[data['best']['direction']]} {data['best']['metric']}"
    yield "early stopping", _stopping(data["early_stopping"])
    yield "runtime", ", ".join(f"{name} {_lower(value)}" for name, value in data["runtime"].items())
    yield from (("auto" if index == 0 else "", text) for index, text in enumerate(_decisions(data["auto"])))


def _endings(training: Mapping[str, Any]) -> Iterator[str]:
    """What ends a run before its length is over."""
    goals = training["stop_at"].items()
    if goals:
        yield " and ".join(f"{metric} reaches {value:g}" for metric, value in goals)
    if training["minutes"] is not None:
        yield f"after {training['minutes']:g} minutes of training"


def _rates(marks: Sequence[Mapping[str, Any]]) -> str:
    values = {mark["value"] for mark in marks}
    if len(values) == 1:
        return f"{values.pop():.3g} at every step"
    last = max(mark["step"] for mark in marks)
    return ", ".join(
        f"{mark['value']:.3g} at step {mark['step']:,} ({mark['step'] / max(1, last):.0%})" for mark in marks
    )


def _data_facts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "examples", ", ".join(f"{count:,} {split}" for split, count in data["examples"].items())
    for name, fact in data["inputs"].items():
        shape = ", ".join(map(str, fact["shape"])) + ("," if len(fact["shape"]) == 1 else "")
        yield name, f"({shape}) {fact['dtype']}"
    if data["weights"]:
        weights = data["weights"]
        spread = f"{weights['least']:g} to {weights['most']:g}, {weights['mean']:.3g} on average"
        yield "weights", f"{weights['name']}: {spread}"
    features = data["features"]
    rows = [(column["name"], column["kind"], column["reason"]) for column in features[:_MOST_FEATURES]]
    lines = aligned(rows) if rows else []
    if len(features) > _MOST_FEATURES:
        lines.append(f"and {len(features) - _MOST_FEATURES} more; --json lists them all")
    yield from (("features" if index == 0 else "", line) for index, line in enumerate(lines))
    for target in data["targets"]:
        reason = f"; {target['reason']}" if target["kind"] == "mask" and target["reason"] else ""
        yield "target", f"{target['name']}: {target['kind']}{_classes(target['classes'])}{reason}"


def _classes(names: Sequence[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _MOST_CLASSES} more" if len(names) > _MOST_CLASSES else ""
    return f", {len(names)} classes ({', '.join(names[:_MOST_CLASSES])}{more})"


def _decay(decay: Mapping[str, Any] | None) -> str:
    if decay is None:
        return "none"
    way = "added to the gradient" if decay["coupled"] else "decoupled"
    return f"{decay['value']:g}, {way}; excluded: {', '.join(decay['excluded'])}"


def _stopping(stopping: Mapping[str, Any] | None) -> str:
    if stopping is None:
        return "none"
    watched = f"{_EXTREME[stopping['direction']]} {stopping['metric']}"
    return f"after {_counted(stopping['patience'], 'epoch')} without a new {watched}"


def _decisions(decided: Sequence[Mapping[str, str]]) -> list[str]:
    return [f"{entry['path']} = {entry['value']} ({entry['reason']})" for entry in decided]


def _counted(number: int, unit: str) -> str:
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


def _lower(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fact(key: str, text: str, width: int) -> str:
    lead = f"{key:<{_KEY_WIDTH}}"
    return textwrap.fill(
        text,
        max(width, 2 * _KEY_WIDTH),
        initial_indent=lead,
        subsequent_indent=" " * _KEY_WIDTH,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
