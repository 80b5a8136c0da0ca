"""Lines of an architecture as YAML."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from recipe.catalog import lookup
from recipe.compiler.from_keras.items import Item, Items
from recipe.language.objects import is_camel_case

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_NOT_TEXT = frozenset({"true", "false", "null", "off", "auto"})


def printed(items: Items, indent: int) -> Iterator[str]:
    """The lines of a list of layers.

    Args:
        items: to print.
        indent: spaces before each dash.
    """
    for item in items:
        yield from _item(item, indent)


def _item(item: Item, indent: int) -> Iterator[str]:
    start, below = " " * indent + "- ", " " * (indent + 2)
    if item.bodies:
        yield f"{start}{item.word}:"
        yield from _WITH_BODIES[item.word](item, indent + 4)
    else:
        yield f"{start}{_object(item)}"
    for word, value in item.beside.items():
        yield f"{below}{word}: {flow(value)}"


def _object(item: Item) -> str:
    if not item.arguments:
        return f"{item.word}:" if item.beside else item.word
    row = lookup.find("layer", item.word) or lookup.find("layer_word", item.word)
    first = row.parameters[0].name if row and row.parameters else ""
    is_lone = tuple(item.arguments) == (first,) and _stands_alone(item.arguments[first])
    return f"{item.word}: {flow(item.arguments[first] if is_lone else item.arguments)}"


def _stands_alone(value: Any) -> bool:
    """Whether a value may be given to the first argument without its name: an object may, a mapping not."""
    if not isinstance(value, Mapping):
        return True
    return len(value) == 1 and (
        is_camel_case(next(iter(value))) or lookup.find("op", next(iter(value))) is not None
    )


def _residual(item: Item, indent: int) -> Iterator[str]:
    body, shortcut = item.bodies
    if not shortcut and not item.arguments:
        yield from printed(body, indent)
        return
    space = " " * indent
    yield f"{space}body:"
    yield from printed(body, indent + 2)
    if shortcut:
        yield f"{space}shortcut:"
        yield from printed(shortcut, indent + 2)
    yield from _arguments(item, indent)


def _parallel(item: Item, indent: int) -> Iterator[str]:
    space = " " * indent
    yield f"{space}branches:"
    for branch in item.bodies:
        if not branch:
            yield f"{space}  - []"
            continue
        first, *others = printed(branch, indent + 4)
        yield f"{space}  - {first.strip()}"
        yield from others
    yield from _arguments(item, indent)


def _repeat(item: Item, indent: int) -> Iterator[str]:
    yield from _arguments(item, indent)
    yield f"{' ' * indent}layers:"
    yield from printed(item.bodies[0], indent + 2)


def _arguments(item: Item, indent: int) -> Iterator[str]:
    for name, value in item.arguments.items():
        yield f"{' ' * indent}{name}: {flow(value)}"


_WITH_BODIES = {"residual": _residual, "parallel": _parallel, "repeat": _repeat}


def flow(value: Any) -> str:
    """A value on one line.

    >>> flow({"filters": 64, "activation": "relu", "strides": [1, 2], "scale": None})
    '{filters: 64, activation: relu, strides: [1, 2], scale: null}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and (not _PLAIN.fullmatch(value) or value.lower() in _NOT_TEXT):
        return "'" + value.replace("'", "''") + "'"
    return str(value)
