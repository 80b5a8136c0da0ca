"""`recipe explain`: where a value of a spec came from, or what the code of a message means."""

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from recipe import api
from recipe.cli.commands import command, json_option, set_option
from recipe.cli.completion import complete_key, complete_subject
from recipe.cli.output import Output
from recipe.cli.specs import load_spec
from recipe.diagnostics.codes import classes_by_code
from recipe.diagnostics.commands import NoSuchCode, NoSuchKey
from recipe.diagnostics.lint import Lint
from recipe.diagnostics.problems import Problem, RecipeError
from recipe.diagnostics.spans import Span
from recipe.program.history import Entry, entries


@command("explain", "recipe explain mine.yaml learning_rate", "recipe explain R203")
@click.argument("subject", metavar="SPEC", shell_complete=complete_subject)
@click.argument("key", metavar="KEY", required=False, shell_complete=complete_key)
@json_option
@set_option
def explain(output: Output, subject: str, key: str | None, as_json: bool, overrides: Sequence[str]) -> None:
    """Say where a value of a spec came from.

    KEY is a dotted path or the end of one; shown are its value, where it was written, what it overrode, or
    why it is what it is. With the code of a message instead of SPEC and KEY, say what the
    message means.
    """
    if key is None:
        output.result(_code_text(subject, as_json))
        return
    spec = load_spec(subject, overrides)
    found = api.explain(spec, key)
    if not found:
        raise RecipeError([NoSuchKey(None, key, spec.source, _findable(spec))])
    output.result(_as_json([_entry_data(entry) for entry in found]) if as_json else _entries_text(found))


def _findable(spec: api.Spec) -> tuple[str, ...]:
    """Every path of a spec, and every end of one."""
    paths = [entry.path.split(".") for entry in entries(spec.program)]
    return tuple(dict.fromkeys(".".join(path[start:]) for path in paths for start in range(len(path))))


# -- a value -------------------------------------------------------------------------------------


def _entries_text(found: Sequence[Entry]) -> str:
    return "\n\n".join("\n".join(_entry_lines(entry)) for entry in found) + "\n"


def _entry_lines(entry: Entry) -> Iterator[str]:
    yield f"{entry.path} = {entry.value}"
    if entry.span is not None:
        yield f"  written at {_place(entry.span)}"
    for span in entry.overrode:
        yield f"  in place of the value at {_place(span)}"
    if entry.reason:
        yield f"  because: {entry.reason}"


def _place(span: Span) -> str:
    return f"{span.source}:{span.line}:{span.column}"


def _entry_data(entry: Entry) -> Mapping[str, Any]:
    return {
        "path": entry.path,
        "value": entry.value,
        "written": entry.span and _span_data(entry.span),
        "reason": entry.reason,
        "overrode": [_span_data(span) for span in entry.overrode],
    }


def _span_data(span: Span) -> Mapping[str, str | int]:
    return {"file": span.source, "line": span.line, "column": span.column}


def _as_json(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False)


# -- a code --------------------------------------------------------------------------------------


def _code_text(code: str, as_json: bool) -> str:
    kinds = classes_by_code()
    kind = kinds.get(code.upper())
    if kind is None:
        raise RecipeError([NoSuchCode(None, code, tuple(kinds))])
    data = {
        "code": kind.code,
        "severity": str(kind.severity),
        "what": " ".join((kind.__doc__ or "").partition("\n\n")[0].split()),
        "why": kind.why,
        "bad": kind.bad,
        "good": kind.good,
        "source": _source(kind),
    }
    return _as_json(data) if as_json else _page(kind, data["what"])


def _page(kind: type[Problem], what: str) -> str:
    parts = [f"{kind.severity}[{kind.code}]: {what}"]
    parts += [f"why: {kind.why}"] if kind.why else []
    parts += [f"{title}:\n{textwrap.indent(text, '  ')}" for title, text in _examples(kind) if text]
    parts += [f"source: {_source(kind)}"] if _source(kind) else []
    return "\n\n".join(parts) + "\n"


def _source(kind: type[Problem]) -> str:
    """Who says that it is a mistake; empty where the language says so."""
    return kind.source if issubclass(kind, Lint) else ""


def _examples(kind: type[Problem]) -> tuple[tuple[str, str], ...]:
    return ("wrong", kind.bad), ("right", kind.good)
