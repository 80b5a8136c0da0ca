"""Statements wrapped as formatters of Python wrap them."""

import re
from collections.abc import Iterator

WIDTH = 110
INDENT = "    "
_CALLED = re.compile(r"[\w)\]]\($")
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def wrapped(statement: str, indent: str = "") -> list[str]:
    """The lines of a statement.

    Args:
        statement: on one line.
        indent: before it.

    >>> wrapped("short = 1", INDENT)
    ['    short = 1']
    """
    if len(indent) + len(statement) <= WIDTH:
        return [indent + statement]
    for start, end in reversed(list(_brackets(statement))):
        head, body, tail = statement[: start + 1], statement[start + 1 : end], statement[end:]
        if body and len(indent) + len(head) <= WIDTH:
            # What closes the bracket begins the next line as a name would.
            rest = wrapped(f"_{tail[1:]}", indent)
            ending = [indent + tail[0] + rest[0][len(indent) + 1 :], *rest[1:]]
            is_literal = not _CALLED.search(head) and " for " not in body
            inside = _items if is_literal else _body
            return [indent + head, *inside(body, indent + INDENT), *ending]
    target, assigned, value = statement.partition(" = ")
    if assigned and not target.count("("):
        return [f"{indent}{target} = (", *wrapped(value, indent + INDENT), f"{indent})"]
    return [indent + statement]


def _body(body: str, indent: str) -> list[str]:
    """What stands in the brackets of a call, or one expression: on one line, or an item a line."""
    return [indent + body] if len(indent) + len(body) <= WIDTH else _items(body, indent)


def _items(body: str, indent: str) -> list[str]:
    """What stands in brackets, an item a line with a comma after each."""
    return [line for item in _parted(body) for line in wrapped(f"{item},", indent)]


def _brackets(statement: str) -> Iterator[tuple[int, int]]:
    """Where the outermost brackets open and close."""
    start = 0
    for position, depth, character in _outside_texts(statement):
        if depth == 1 and character in _CLOSING:
            start = position
        elif depth == 0 and character in _CLOSING.values():
            yield start, position


def _parted(body: str) -> Iterator[str]:
    """What the outermost commas part."""
    start = 0
    for position, depth, character in _outside_texts(body):
        if depth == 0 and character == ",":
            yield body[start:position].strip()
            start = position + 1
    if body[start:].strip():
        yield body[start:].strip()


def _outside_texts(source: str) -> Iterator[tuple[int, int, str]]:
    """Every character outside of texts, with its place and how many brackets are open after it."""
    depth, quote, escaped = 0, "", False
    for position, character in enumerate(source):
        if quote:
            escaped, ended = character == "\\" and not escaped, character == quote and not escaped
            quote = "" if ended else quote
        elif character in "\"'":
            quote = character
        else:
            depth += (character in _CLOSING) - (character in _CLOSING.values())
            yield position, depth, character
