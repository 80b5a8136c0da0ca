"""Problems as people and machines read them: text with code frames, concise lines, JSON, GitHub, SARIF."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from recipe.diagnostics.frames import Mark, Screen, frame, note, safe
from recipe.diagnostics.problems import Problem, Severity, Texts, in_order
from recipe.diagnostics.sarif import render_sarif, way_out

_MOST_SHOWN = 50

_ANSI = {
    Severity.ERROR: "1;31",
    Severity.WARNING: "1;33",
    Severity.PERF: "1;35",
    Severity.INFO: "1;36",
    "frame": "1;34",
    "strong": "1",
}

_COUNTED = {
    Severity.ERROR: ("error", "errors"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.PERF: ("performance hint", "performance hints"),
    Severity.INFO: ("note", "notes"),
}

_GITHUB_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def render_text(
    problems: Sequence[Problem], texts: Texts, *, colour: bool, width: int, ascii_only: bool = False
) -> str:
    """Problems for a person at a terminal, in line order, each with its lines of the spec, and a count.

    Args:
        problems: in any order; of equal ones the first is shown, of more than 50 the errors first.
        texts: what the spans point into; where a text is missing the place is named only.
        colour: whether to write ANSI colours.
        width: of the terminal, in cells; long lines are cut around the span, never below 20 cells.
        ascii_only: whether to escape every character outside ASCII.

    Returns:
        Lines ended by a newline; empty when there are no problems.
    """
    if not problems:
        return ""
    screen = Screen(width, ascii_only, _painted if colour else _plain)
    ordered = in_order(problems)
    kept = in_order(sorted(ordered, key=lambda problem: problem.severity is not Severity.ERROR)[:_MOST_SHOWN])
    blocks = []
    explained: set[str] = set()
    for problem in kept:
        blocks.append("\n".join(_block(problem, texts, screen, explained)))
        explained.add(problem.code)
    more = f"and {len(ordered) - len(kept)} more\n" if len(ordered) > len(kept) else ""
    return "\n\n".join(blocks) + "\n\n" + more + safe(summary_line(ordered), screen) + "\n"


def summary_line(problems: Sequence[Problem]) -> str:
    """How many problems of which kind, and where: `2 errors in mine.yaml (1 fixable with --fix)`."""
    numbers = Counter(problem.severity for problem in problems)
    counts = ", ".join(
        f"{numbers[severity]} {plural if numbers[severity] > 1 else singular}"
        for severity, (singular, plural) in _COUNTED.items()
        if numbers[severity]
    )
    in_files = (problem for problem in problems if problem.span and not problem.span.source.startswith("--"))
    fixable = sum(problem.fix is not None for problem in in_files)
    way_out = f" ({fixable} fixable with --fix)" if fixable else ""
    sources = list(dict.fromkeys(problem.span.source for problem in problems if problem.span))
    if not sources:
        return counts + way_out
    named = " and ".join(sources) if len(sources) < 3 else f"{sources[0]} and {len(sources) - 1} more"
    return f"{counts} in {named}{way_out}"


def _painted(role: str, text: str) -> str:
    return f"\x1b[{_ANSI[role]}m{text}\x1b[0m" if text else ""


def _plain(_role: str, text: str) -> str:
    return text


def _block(problem: Problem, texts: Texts, screen: Screen, explained: set[str]) -> Iterator[str]:
    """One problem; `why` is said only where its code was not explained before."""
    head = screen.paint(problem.severity, f"{problem.severity}[{problem.code}]")
    yield head + screen.paint("strong", f": {safe(problem.message, screen)}")
    marks = _marks(problem)
    gutter = max((len(str(mark.span.line)) for mark in marks), default=1)
    for number, marks_of_source in enumerate(_by_source(marks)):
        yield from frame(marks_of_source, ":::" if number else "-->", gutter, texts, screen)
    notes = (
        ("", problem.label if problem.span is None else ""),
        ("why", "" if problem.code in explained else problem.why),
        ("help", problem.help),
        ("", f"recipe explain {problem.code}"),
    )
    yield from (note(title, text, gutter, screen) for title, text in notes if text)


def _marks(problem: Problem) -> tuple[Mark, ...]:
    further = tuple(Mark(label.span, "-", "frame", label.text) for label in problem.other_places)
    if problem.span is None:
        return further
    return (Mark(problem.span, "^", problem.severity, problem.label), *further)


def _by_source(marks: Sequence[Mark]) -> Iterator[tuple[Mark, ...]]:
    for source in dict.fromkeys(mark.span.source for mark in marks):
        yield tuple(mark for mark in marks if mark.span.source == source)


def render_concise(problems: Sequence[Problem], _texts: Texts) -> str:
    """A line each, `file:line:column: CODE message`, as editors and grep read it."""
    return "".join(
        f"{_place(problem)}: {problem.code} {_in_one_line(problem.message)}\n"
        for problem in in_order(problems)
    )


def _place(problem: Problem) -> str:
    span = problem.span
    return f"{span.source}:{span.line}:{span.column}" if span else "recipe"


def _in_one_line(text: str) -> str:
    return safe(" ".join(text.split()), Screen(width=0, ascii_only=False, paint=_plain))


def render_json(problems: Sequence[Problem], _texts: Texts) -> str:
    """A JSON list of objects; `path` and the numbers are null where no text is to blame.

    `help` holds the suggestion beside the caret, then the help, a line each; it may be empty.
    """
    return (
        json.dumps([_as_object(problem) for problem in in_order(problems)], indent=2, ensure_ascii=False)
        + "\n"
    )


def _as_object(problem: Problem) -> dict[str, str | int | None]:
    span = problem.span
    return {
        "code": problem.code,
        "severity": str(problem.severity),
        "message": problem.message,
        "path": span.source if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
        "help": way_out(problem),
    }


def render_github(problems: Sequence[Problem], _texts: Texts) -> str:
    """Workflow commands that GitHub shows beside the lines of a pull request.

    Errors come first: GitHub shows ten of each kind a step and hides the rest.
    """
    ordered = sorted(in_order(problems), key=lambda problem: list(Severity).index(problem.severity))
    return "".join(_workflow_command(problem) for problem in ordered)


def _workflow_command(problem: Problem) -> str:
    span = problem.span
    facts: dict[str, str | int] = {"title": problem.code}
    if span:
        facts = {
            "file": span.source,
            "line": span.line,
            "endLine": span.end_line,
            "col": span.column,
            **facts,
        }
    properties = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in facts.items())
    text = _escaped("\n".join(filter(None, (problem.message, way_out(problem)))))
    return f"::{_GITHUB_LEVEL.get(problem.severity, 'notice')} {properties}::{text}\n"


def _escaped(text: str, further: str = "") -> str:
    for character in "%\r\n" + further:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


FORMATS: Mapping[str, Callable[[Sequence[Problem], Texts], str]] = MappingProxyType(
    {
        "concise": render_concise,
        "json": render_json,
        "github": render_github,
        "sarif": render_sarif,
    }
)
"""The formats for machines, by the name of `--format`; `text` is `render_text`."""
