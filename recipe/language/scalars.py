"""What a word without quotes stands for: the YAML 1.2 core schema."""

import math
import re
from collections.abc import Mapping
from types import MappingProxyType

from recipe.language.nodes import Scalar

LARGEST_INTEGER = 2**64 - 1

_WORDS: Mapping[str, Scalar] = MappingProxyType(
    {
        **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
        **dict.fromkeys(("true", "True", "TRUE"), True),
        **dict.fromkeys(("false", "False", "FALSE"), False),
        **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
        **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
        **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    }
)
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BASES = ((8, re.compile(r"0o[0-7]+")), (16, re.compile(r"0x[0-9a-fA-F]+")))
_FIRST_OF_NUMBERS = frozenset("+-.0123456789")
_LONGEST_NUMBER = 400  # characters; a longer one may take long to convert, and says no more


def resolve(text: str) -> Scalar:
    """The value of a plain (unquoted) scalar by the YAML 1.2 core schema.

    Raises:
        OverflowError: it spells a number that would become infinity, zero, or an integer above 2^64.

    >>> resolve("1e-3"), resolve("010"), resolve("0o10"), resolve("no"), resolve("1_000")
    (0.001, 10, 8, 'no', '1_000')
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST_OF_NUMBERS:
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text, 10)
    if _FLOAT.fullmatch(text):
        return _float(text)
    for base, pattern in _BASES:
        if pattern.fullmatch(text):
            return _integer(text[2:], base)
    return text


def _integer(digits: str, base: int) -> int:
    if len(digits) > _LONGEST_NUMBER or abs(int(digits, base)) > LARGEST_INTEGER:
        raise OverflowError(digits)
    return int(digits, base)


def _float(text: str) -> float:
    if len(text) > _LONGEST_NUMBER:
        raise OverflowError(text)
    number = float(text)
    mantissa = text.lower().partition("e")[0]
    vanished = number == 0 and any(digit in mantissa for digit in "123456789")
    if math.isinf(number) or vanished:
        raise OverflowError(text)
    return number


def described(value: object) -> str:
    """A value with its type, for messages.

    >>> described("relu"), described(3), described(True), described(None)
    ('the string "relu"', 'the integer 3', 'true', 'null')
    """
    if isinstance(value, str):
        return f'the string "{value}"'
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"the integer {value}"
    if isinstance(value, float):
        return f"the number {value!r}"
    return "a list" if isinstance(value, tuple) else "a mapping"
