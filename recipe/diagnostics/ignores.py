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
      (?:^[ \t]*|(?<=[\[{,])[ \t]*|(?<=["']):|(?<=[:?-])[ \t]+|(?<=[ \t])[&!]\S*[ \t]+)
      (?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')
    | ^(?P<outer>[ ]*)[^\n\#"']*?[:-][ ]+[|>][-+0-9]*[ \t]*(?:\#[^\n]*)?$
      (?:\n[ \t]*$|\n(?P=outer)[ ]+[^\n]*)*
    | (?:^|(?<=[ \t]))(?P<comment>\#[^\n]*)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)


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

    def silences(self, problem: Problem) -> bool:
        """Whether a problem is one that this is about."""
        span = problem.span
        at = (span.source, span.line) if span else None
        return problem.code == self.code and at == (self.span.source, self.line)


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
    left, told = list(problems), []
    for source, text in texts.by_source.items():
        ignores, bare = _ignores_in(text, source)
        silent = {problem for problem in left for ignore in ignores if ignore.silences(problem)}
        left = [one for one in left if one not in silent or one.severity is Severity.ERROR]
        if source == judged:
            told += [IgnoreWithoutCodes(span) for span in bare]
            told += [found for one in ignores if (found := _vain(one, silent, is_settled))]
    return (*left, *told)


def _vain(ignore: Ignore, silent: set[Problem], is_settled: Callable[[str], bool]) -> Problem | None:
    """The problem with an ignore that silences nothing; None when it does, or may yet."""
    found = next((problem for problem in silent if ignore.silences(problem)), None)
    if found is not None:
        is_error = found.severity is Severity.ERROR and found.span is not None
        return ErrorIgnored(ignore.span, ignore.code, found.span) if is_error else None
    return UnneededIgnore(ignore.span, ignore.code, _other_codes(ignore)) if is_settled(ignore.code) else None


def _other_codes(ignore: Ignore) -> tuple[str, ...]:
    from recipe.diagnostics.codes import classes_by_code

    known = tuple(classes_by_code())
    return () if ignore.code in known else known


def _ignores_in(text: str, source: str) -> tuple[list[Ignore], list[Span]]:
    """The ignores in a text, and the places of those without a code."""
    ignores: list[Ignore] = []
    bare: list[Span] = []
    if _ASKED not in text:
        return ignores, bare
    lines = text.split("\n")
    for number, column, comment in _comments(text):
        asked = _COMMENT.match(comment)
        if asked is None:
            continue
        line = number if lines[number - 1][: column - 1].strip() else _line_below(lines, number)
        named = list(_CODE.finditer(comment, asked.start("codes"), asked.end("codes"))) if asked["codes"] else []
        ignores += [Ignore(code[0], _span(source, number, column, code), line) for code in named]
        bare += [] if named else [_span(source, number, column, asked)]
    return ignores, bare


def _comments(text: str) -> Iterator[tuple[int, int, str]]:
    """Line, column and words of each comment of a YAML text."""
    number, counted = 1, 0
    for piece in _PIECES.finditer(text):
        if piece["comment"] is None or _ASKED not in piece["comment"]:
            continue
        start = piece.start("comment")
        number, counted = number + text.count("\n", counted, start), start
        yield number, start - text.rfind("\n", 0, start), piece["comment"]


def _line_below(lines: Sequence[str], number: int) -> int:
    """The first line after a comment that is neither empty nor a comment."""
    below = (at for at, line in enumerate(lines[number:], number + 1) if line.strip()[:1] not in ("", "#"))
    return next(below, number)


def _span(source: str, line: int, column: int, found: re.Match[str]) -> Span:
    return Span(source, line, column + found.start(), line, column + found.end())
