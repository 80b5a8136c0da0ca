"""`recipe runs`: every run at a place, a line each."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from recipe import api
from recipe.cli.commands import command, json_option
from recipe.cli.output import Output
from recipe.report.tables import duration_text, number_text, table_lines

_LONGEST = 60  # characters of what differs
_HEAD = ("run", "state", "epochs", "best", "test", "time", "differs from the one before")


@command("runs", "recipe runs", "recipe runs runs/digits-mlp --json")
@click.argument("place", type=click.Path(path_type=Path), default=Path("runs"), metavar="[FOLDER]")
@json_option
def runs(output: Output, place: Path, as_json: bool) -> None:
    """List the runs of a folder.

    FOLDER is `runs` unless said. Each run has its state, its best epoch, its test, and what it trains in
    another way than the run of the same name before it.
    """
    found = api.runs(place)
    if as_json:
        output.result(json.dumps([_data(one) for one in found], indent=2, ensure_ascii=False))
        return
    output.result("\n".join(line.rstrip() for line in _lines(found)))
    output.say("\nnext: recipe compare RUN RUN, or recipe report RUN")


def _lines(found: Sequence[api.Listed]) -> list[str]:
    rows = [_row(one) for one in found]
    # The last column is a sentence, flush left behind numbers that are flush right.
    table = table_lines([_HEAD[:-1], *(row[:-1] for row in rows)])
    return [f"{line}  {row[-1]}" for line, row in zip(table, (_HEAD, *rows), strict=True)]


def _row(one: api.Listed) -> tuple[str, ...]:
    if one.record is None:
        return (str(one.path), one.state, "", "", "", "", "")
    status = one.record.status
    best = f"{status.best.metric} {number_text(status.best.value)}" if status.best else "-"
    test = ", ".join(f"{name} {number_text(value)}" for name, value in _main(one, status.test or {}))
    epochs = f"{status.epochs}/{status.epochs_planned}"
    return (
        str(one.path),
        one.state,
        epochs,
        best,
        test or "-",
        duration_text(status.seconds),
        _difference(one),
    )


def _main(one: api.Listed, test: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """The metric whose gap is looked at; of others there is no room."""
    metric = one.record.gap[0] if one.record else ""
    yield from ((name, value) for name, value in test.items() if name == metric)


def _difference(one: api.Listed) -> str:
    if one.differs is None:
        return ""
    if not one.differs:
        return "nothing"
    told = [f"{each.path}: {_text(each.before)} -> {_text(each.after)}" for each in one.differs]
    more = f" and {len(told) - 1} more" if len(told) > 1 else ""
    room = _LONGEST - len(more)
    return (told[0] if len(told[0]) <= room else f"{told[0][: room - 1]}…") + more


def _text(value: Any) -> str:
    return "-" if value is None else str(value.text)


def _data(one: api.Listed) -> Mapping[str, Any]:
    if one.record is None:
        return {"run": str(one.path), "state": one.state}
    status = one.record.status
    best = status.best
    return {
        "run": str(one.path),
        "name": status.name,
        "state": one.state,
        "stopped": status.stopped,
        "epochs": status.epochs,
        "epochs_planned": status.epochs_planned,
        "best": best and {"metric": best.metric, "epoch": best.epoch, "value": best.value},
        "test": status.test,
        "seconds": status.seconds,
        "differs": None
        if one.differs is None
        else [
            {
                "path": each.path,
                "before": each.before and each.before.text,
                "after": each.after and each.after.text,
            }
            for each in one.differs
        ],
    }
