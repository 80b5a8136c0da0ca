"""`recipe diff`: how two specs differ once everything in them is settled."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from recipe import api
from recipe.cli.commands import command, json_option, set_option
from recipe.cli.completion import complete_spec
from recipe.cli.output import Output
from recipe.cli.specs import load_spec
from recipe.diagnostics.spans import Span
from recipe.program.history import Entry
from recipe.program.identity import IdentityValue


@command("diff", "recipe diff first.yaml second.yaml", "recipe diff runs/digits-mlp/1 mine.yaml")
@click.argument("before", metavar="SPEC|RUN", shell_complete=complete_spec)
@click.argument("after", metavar="SPEC|RUN", shell_complete=complete_spec)
@json_option
@set_option
def diff(output: Output, before: str, after: str, as_json: bool, overrides: Sequence[str]) -> None:
    """Show how two specs differ once they are settled.

    Defaults, templates and expressions are worked out on both sides. A folder of a run stands for the spec
    that it was trained with; then the data of the other are read. What --set changes is the second spec.
    """
    found = api.diff(_given(before, ()), _given(after, overrides))
    output.result(_json(found) if as_json else _text(found))


def _given(name: str, overrides: Sequence[str]) -> api.Spec | Path:
    path = Path(name)
    return path if path.is_dir() else load_spec(name, overrides)


@dataclass(frozen=True, slots=True)
class _Side:
    """A value in one of the two specs, and where it is written."""

    value: str
    file: str | None
    line: int | None

    @classmethod
    def of(cls, value: str, span: Span | None) -> "_Side":
        return cls(value, span.source if span else None, span.line if span else None)


_Change = tuple[str, _Side | None, _Side | None]


def _trained(found: api.Diff) -> list[_Change]:
    def side(value: IdentityValue | None) -> _Side | None:
        return None if value is None else _Side.of(value.text, value.span)

    return [(one.path, side(one.before), side(one.after)) for one in found.trained]


def _neutral(found: api.Diff) -> list[_Change]:
    def side(entry: Entry | None) -> _Side | None:
        return None if entry is None else _Side.of(entry.value, entry.span)

    return [(one.path, side(one.before), side(one.after)) for one in found.neutral]


def _text(found: api.Diff) -> str:
    trained, neutral = _trained(found), _neutral(found)
    parts = ["\n".join(_lines(trained)) or "nothing differs that decides what is trained"]
    if neutral:
        parts.append("\n".join(["without an effect on what is trained:", *_lines(neutral)]))
    return "\n\n".join(parts)


def _lines(changes: Sequence[_Change]) -> Iterator[str]:
    """Three lines a value, of which one is left out where a spec has no such value."""
    for path, before, after in changes:
        yield path
        for sign, side in (("-", before), ("+", after)):
            if side is not None:
                yield f"{sign} {side.value}" + (f"  ({side.file}:{side.line})" if side.file else "")


def _json(found: api.Diff) -> str:
    data = {name: [_data(*one) for one in part] for name, part in _parts(found)}
    return json.dumps(data, indent=2, ensure_ascii=False)


def _parts(found: api.Diff) -> Iterator[tuple[str, list[_Change]]]:
    yield "trained", _trained(found)
    yield "neutral", _neutral(found)


def _data(path: str, before: _Side | None, after: _Side | None) -> Mapping[str, Any]:
    return {"path": path, "before": before and asdict(before), "after": after and asdict(after)}
