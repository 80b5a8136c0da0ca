"""Keras's docstrings, as far as the generated catalog needs them."""

import re
import textwrap
from collections.abc import Container

_SECTION = re.compile(r"^(\s*)(?:Args|Arguments):\s*$")
_ENTRY = re.compile(r"^(\s*)\*{0,2}(\w+)(?: \([^)]*\))?: ?(.*)$")

_BORDER = re.compile(r"(?<=[^.\s]{2}\.)\s+(?=[A-Z`\"'(-])|\s+- ")


def summary(docstring: str | None) -> str:
    r"""The first paragraph of a docstring in one line, without the full stop.

    >>> summary("Just your regular\nlayer.\n\nMore.")
    'Just your regular layer'
    """
    first = (docstring or "").strip().split("\n\n")[0]
    return _shorten(" ".join(first.split()))


def first_sentence(text: str) -> str:
    """The first sentence of an entry that says something, at most 120 characters, without the full stop.

    >>> first_sentence("Boolean. Whether to return the last state. Default: `False`.")
    'Boolean. Whether to return the last state'
    """
    sentences = _BORDER.split(text.strip())
    few_words = len(sentences[0].split()) <= 4
    return _shorten(" ".join(sentences[: 2 if few_words else 1]))


def argument_texts(docstring: str | None, names: Container[str] = ()) -> dict[str, str]:
    """What the `Args:` section says of each argument, in one line each.

    Works on the raw docstring: Keras pastes texts of another indentation into some, so that a common one
    cannot be taken off; and Python 3.13 takes off that of the rest.

    Args:
        docstring: of a class or function.
        names: of its arguments, which begin an entry at any indentation.
    """
    texts: dict[str, list[str]] = {}
    section: int | None = None
    entry: int | None = None
    name = ""
    for line in (docstring or "").splitlines():
        indent = len(line) - len(line.lstrip())
        if section is None:
            found = _SECTION.match(line)
            section = len(found[1]) if found else None
        elif line.strip() and indent <= section:
            break
        elif line.strip():
            found = _ENTRY.match(line)
            if found and (entry is None or indent == entry or found[2] in names):
                entry, name = indent if entry is None else entry, found[2]
                texts[name] = [found[3]]
            elif name:
                texts[name].append(line)
    return {name: " ".join(" ".join(lines).split()) for name, lines in texts.items()}


def _shorten(text: str, limit: int = 120) -> str:
    return textwrap.shorten(text, limit, placeholder=" ...").rstrip(".:, ").replace(" ..", " ...").strip()
