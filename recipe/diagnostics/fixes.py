"""The fixes of problems, written into the text that they are about."""

import re
from collections.abc import Iterable

from recipe.diagnostics.problems import Edit, Problem
from recipe.diagnostics.spans import Span

_LINE = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # where a line of YAML ends


def with_fixes(text: str, source: str, problems: Iterable[Problem]) -> tuple[str, int]:
    """A text with what its problems can fix, everything else as it was.

    Args:
        text: of a spec.
        source: its name; fixes in other texts are left out.
        problems: found in it. Of fixes that overlap the first is used.

    Returns:
        The text, and how many fixes were used.
    """
    starts = [0, *(found.end() for found in _LINE.finditer(text))]
    used: dict[tuple[int, int], str] = {}
    number = 0
    for problem in problems:
        edits = problem.fix.edits if problem.fix else ()
        places = [_place(edit, source, text, starts) for edit in edits]
        if not edits or any(place is None or _overlaps(place, used) for place in places):
            continue
        used |= {place: edit.replacement for place, edit in zip(places, edits, strict=True) if place}
        number += 1
    for (start, end), replacement in sorted(used.items(), reverse=True):
        text = text[:start] + replacement + text[end:]
    return text, number


def _place(edit: Edit, source: str, text: str, starts: list[int]) -> tuple[int, int] | None:
    """Where an edit begins and ends; None when it is about another text, or something else stands there."""
    span: Span = edit.span
    if span.source != source or max(span.line, span.end_line) > len(starts):
        return None
    start, end = starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1
    return (start, end) if text[start:end] in edit.written else None


def _overlaps(place: tuple[int, int], used: Iterable[tuple[int, int]]) -> bool:
    return any(place[0] < end and start < place[1] for start, end in used)
