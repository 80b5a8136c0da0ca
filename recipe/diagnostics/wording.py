"""Words that messages are made of."""

import re

_LOGIN = re.compile(r"(?<=://)[^/\s]+(?=@)")
_SECRET = re.compile(r"(?i)([?&][\w-]*(?:password|token|key|secret|signature)=)[^&\s'\")]+")


def without_secrets(text: str) -> str:
    """A text of a library, with the logins and keys of its addresses left out.

    >>> without_secrets("no answer from https://me:pw@host/data?api_key=abc&page=2")
    'no answer from https://***@host/data?api_key=***&page=2'
    """
    return _SECRET.sub(r"\1***", _LOGIN.sub("***", text))


def with_article(noun: str) -> str:
    """A noun with `a` or `an`.

    >>> with_article("optimizer"), with_article("layer")
    ('an optimizer', 'a layer')
    """
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def listing(known: tuple[str, ...], most: int = 12) -> str:
    """Names for a message, the first of them when there are many.

    >>> listing(("a", "b", "c"), most=2)
    'a, b, and 1 more'
    """
    shown = ", ".join(known[:most])
    return f"{shown}, and {len(known) - most} more" if len(known) > most else shown


def clipped(text: str, most: int = 60) -> str:
    """A text on one line, cut after `most` characters.

    >>> clipped("learning_rate", 8)
    'learning...'
    """
    line = " ".join(text[:most].split())
    return f"{line}..." if len(text) > most else line


def in_quotes(text: str) -> str:
    """A text as YAML writes it in quotes.

    >>> in_quotes("*/bias")
    '"*/bias"'
    """
    shown = clipped(text)
    return f"'{shown}'" if '"' in shown or "\\" in shown else f'"{shown}"'
