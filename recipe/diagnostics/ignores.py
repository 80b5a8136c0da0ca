"""`# recipe: ignore[L301] reason`: comments that silence what is told about their line.

The comment stands at the end of the line, or alone above it; several codes are `ignore[L301, L302]`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from recipe.diagnostics.ignored import ErrorIgnored, IgnoreWithoutCodes, UnneededIgnore
from recipe.diagnostics.problems import Problem, Severity, Texts
from recipe.diagnostics.spans import Span

_ASKED = "recipe: ignore"
_COMMENT = re.compile(r"#\s*recipe: ignore(?:\[(?P<codes>[^\]\n]*)\])?")
_CODE = re.compile(r"[^\s,]+")
# What can hold a `#`, one alternative each: quoted text, text below `|` or `>`, a comment.
_PIECES = re.compile(
    r"""
      (?:^[ \t]*+|(?<=[\[{,])[ \t]*+|(?<=["']):|(?<=[:?-])[ \t]++|(?<=[ \t])[&!]\S*+[ \t]++)
      (?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')
    | ^(?P<outer>[ ]*+)[^\n\#"']*?[:-][ ]++[|>][-+0-9]*[ \t\r]*+(?:\#[^\n]*+)?$
      (?:\n[ \t\r]*+$|\n(?P=outer)[ ]++[^\n]*+)*+
    | (?:^|(?<=[ \t]))(?P<comment>\#[^\n]*)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)


_MOST_TOLD = 100  # ignores of one text that silence nothing; more say nothing new


@dataclass(frozen=True, slots=True)
class Ignore:
    """One code that a comment names.

    Args:
        code: of the problems to be silent about.
        span: where it is named.
        line: that is silenced.
    """

    code: str
    span: Span
    line: int

    @property
    def place(self) -> tuple[str, str, int]:
        """What the problems have in common that this is about."""
        return self.code, self.span.source, self.line


def without_ignored(
    problems: Sequence[Problem], texts: Texts, judged: str, is_settled: Callable[[str], bool]
) -> tuple[Problem, ...]:
    """What is left of problems after the comments in the texts that they are about.

    Args:
        problems: all that were found.
        texts: that were read.
        judged: name of the text whose own comments are looked at: what silences nothing is told there. A
            comment in a spec below it may be needed when that one is used alone.
        is_settled: whether a problem of this code would have been found by now.
    """
    found = {_place(problem): problem for problem in problems if problem.span}
    silent, told = set(), list[Problem]()
    for source, text in texts.by_source.items():
        ignores, bare = _ignores_in(text, source)
        silent |= {ignore.place for ignore in ignores}
        if source == judged:
            told += [IgnoreWithoutCodes(span) for span in bare]
            told += [vain for one in ignores if (vain := _vain(one, found.get(one.place), is_settled))]
    left = (one for one in problems if one.severity is Severity.ERROR or _place(one) not in silent)
    return (*left, *told[:_MOST_TOLD])


def _place(problem: Problem) -> tuple[str, str, int] | None:
    return (problem.code, problem.span.source, problem.span.line) if problem.span else None


def _vain(ignore: Ignore, found: Problem | None, is_settled: Callable[[str], bool]) -> Problem | None:
    """The problem with an ignore that silences nothing; None when it does, or may yet."""
    if found is None:
        return (
            UnneededIgnore(ignore.span, ignore.code, _all_codes_without(ignore.code))
            if is_settled(ignore.code)
            else None
        )
    if found.severity is not Severity.ERROR or found.span is None:
        return None
    return ErrorIgnored(ignore.span, ignore.code, found.span)


def _all_codes_without(code: str) -> tuple[str, ...]:
    """Every code, when this is none of them; else nothing."""
    from recipe.diagnostics.codes import classes_by_code

    known = classes_by_code()
    return () if code in known else tuple(known)


def _ignores_in(text: str, source: str) -> tuple[list[Ignore], list[Span]]:
    """The ignores in a text, and the places of those without a code."""
    ignores: list[Ignore] = []
    bare: list[Span] = []
    if _ASKED not in text:
        return ignores, bare
    meant = _meant_lines(text)
    for number, column, comment in _comments(text):
        asked = _COMMENT.match(comment)
        if asked is None:
            continue
        named = list(_CODE.finditer(asked["codes"] or ""))
        first = column + max(asked.start("codes"), 0)
        ignores += [Ignore(code[0], _span(source, number, first, code), meant[number - 1]) for code in named]
        bare += [] if named else [_span(source, number, column, asked)]
    return ignores, bare


def _meant_lines(text: str) -> list[int]:
    """For each line the one that a comment there is about: itself, or the next that has more than that."""
    lines = text.split("\n")
    meant = list(range(1, len(lines) + 1))
    for at in range(len(lines) - 2, -1, -1):
        if lines[at].strip()[:1] in ("", "#"):
            meant[at] = meant[at + 1]
    return meant


def _comments(text: str) -> Iterator[tuple[int, int, str]]:
    """Line, column and words of each comment of a YAML text."""
    number, counted = 1, 0
    for piece in _PIECES.finditer(text):
        if piece["comment"] is None or _ASKED not in piece["comment"]:
            continue
        start = piece.start("comment")
        number, counted = number + text.count("\n", counted, start), start
        yield number, start - text.rfind("\n", 0, start), piece["comment"]


def _span(source: str, line: int, column: int, found: re.Match[str]) -> Span:
    return Span(source, line, column + found.start(), line, column + found.end())
