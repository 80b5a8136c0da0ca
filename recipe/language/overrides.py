"""`--set path=value`: one value from outside, as a document that is merged over the file."""

import re
from dataclasses import dataclass

from recipe.diagnostics.notation import (
    BadOverridePath,
    OverrideOfAnItem,
    OverrideWithoutEquals,
    OverrideWithoutValue,
)
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.text import TooDeep
from recipe.language.nodes import Document, MappingNode, Node, Pair
from recipe.language.reader import read_value
from recipe.language.trees import MAX_DEPTH

_SOURCE = "--set "
_NAME = re.compile(r"[^\W\d][\w-]*")
_POSITION = re.compile(r"\d+|.*\[.*\]?")


@dataclass(frozen=True, slots=True)
class _Part:
    """One name of a path."""

    name: str
    span: Span


def source_of(number: int) -> str:
    """The name of an override, counted from 1, as spans and messages use it."""
    return f"{_SOURCE}{number}"


def is_override(source: str) -> bool:
    """Whether the source of a span is an override."""
    return source.startswith(_SOURCE)


def parse_override(text: str, number: int, problems: list[Problem]) -> Document | None:
    """The document that an override spells, or None after a Problem.

    Args:
        text: `path=value`; the path is names joined by dots, the value is YAML.
        number: which override it is, from 1; spans point into the source `--set 1`.
        problems: collects R113, R180 to R183, and those of reading for the value.
    """
    source = source_of(number)
    path, equals, value = text.partition("=")
    if not equals:
        problems.append(OverrideWithoutEquals(_between(source, 0, max(1, len(text))), text))
        return None
    parts = _parts(path, source, problems)
    if not value.strip():
        problems.append(OverrideWithoutValue(_between(source, len(path), len(text)), path))
        return None
    node = read_value(" " * (len(path) + 1) + value, source, problems)  # blanks keep the columns
    if parts is None or node is None:
        return None
    return Document(source, text, _nested(parts, node))


def _between(source: str, start: int, end: int) -> Span:
    return Span(source, 1, start + 1, 1, end + 1)


def _parts(path: str, source: str, problems: list[Problem]) -> tuple[_Part, ...] | None:
    """The names of a path; None after a Problem with one of them."""
    if path.count(".") >= MAX_DEPTH:
        problems.append(TooDeep(_between(source, 0, len(path)), MAX_DEPTH))
        return None
    parts, start = [], 0
    for name in path.split("."):
        span = _between(source, start, start + max(1, len(name)))
        start += len(name) + 1
        if _NAME.fullmatch(name):
            parts.append(_Part(name, span))
            continue
        refused = OverrideOfAnItem if _POSITION.fullmatch(name) else BadOverridePath
        problems.append(refused(span, name))
        return None
    return tuple(parts)


def _nested(parts: tuple[_Part, ...], node: Node) -> MappingNode:
    """A mapping for each name, the innermost holding the value."""
    value = node
    for part in reversed(parts):
        value = MappingNode((Pair(part.name, part.span, value),), part.span.to(node.span))
    if not isinstance(value, MappingNode):
        raise TypeError("a path has at least one name")
    return value
