"""What the operators and functions of expressions do with values, and what they refuse."""

import math
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NoReturn

from recipe.diagnostics.expressions import (
    BadOperands,
    DivisionByZero,
    IndexOutOfRange,
    NotReal,
    RefusedBySpec,
    ValueTooLarge,
)
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.language.expressions import Plain
from recipe.language.scalars import LARGEST_INTEGER, described

MAX_CHARACTERS = 4_000
MAX_ITEMS = 1_000

_INTEGERS = "integers go to 2^64"
_NUMBERS = "numbers go to 1.8e308"
_TEXTS = f"texts go to {MAX_CHARACTERS:,} characters"
_LISTS = f"lists go to {MAX_ITEMS:,} items, those inside counted too"


class FailedOperation(Exception):  # noqa: N818  # carries a Problem, and is none
    """An operation without a result.

    Args:
        problem: why; None when that was told before.
    """

    def __init__(self, problem: Problem | None):
        self.problem = problem
        super().__init__(problem.message if problem else "")


class _RefusedError(Exception):
    """What the spec itself says is wrong."""


def size_problem(value: Plain, at: Span) -> Problem | None:
    """R161 when a value is larger than a spec has use for."""
    if isinstance(value, str):
        return ValueTooLarge(at, _TEXTS) if len(value) > MAX_CHARACTERS else None
    if isinstance(value, tuple):
        return ValueTooLarge(at, _LISTS) if _has_more_items(value, MAX_ITEMS) else None
    if isinstance(value, int):
        return ValueTooLarge(at, _INTEGERS) if abs(value) > LARGEST_INTEGER else None
    return ValueTooLarge(at, _NUMBERS) if isinstance(value, float) and not math.isfinite(value) else None


def sized(value: Plain, at: Span) -> Plain:
    """The value itself.

    Raises:
        FailedOperation: R161, it is too large.
    """
    problem = size_problem(value, at)
    if problem:
        raise FailedOperation(problem)
    return value


def arithmetic(symbol: str, left: Plain, right: Plain, at: Span) -> Plain:
    """`left symbol right`.

    Raises:
        FailedOperation: R159 to R161 or R167.
    """
    function = _ARITHMETIC[symbol]
    if _is_number(left) and _is_number(right):
        if symbol == "**" and _is_huge_power(left, right):
            raise FailedOperation(ValueTooLarge(at, _INTEGERS))
        return _computed(symbol, at, function, left, right)
    if symbol == "+" and isinstance(left, str | tuple) and type(left) is type(right):
        return sized(function(left, right), at)
    if symbol == "*":
        return _repeated(left, right, at)
    expected = "two numbers, two texts or two lists" if symbol == "+" else "two numbers"
    raise refused(symbol, expected, at, left, right)


def signed(symbol: str, value: Plain, at: Span) -> Plain:
    """`-value` or `+value`.

    Raises:
        FailedOperation: R159.
    """
    if not _is_number(value):
        raise refused(symbol, "a number", at, value)
    return _computed(symbol, at, operator.neg if symbol == "-" else operator.pos, value)


def condition(operation: str, value: Plain, at: Span) -> bool:
    """A value that must be true or false.

    Raises:
        FailedOperation: R159.
    """
    if not isinstance(value, bool):
        raise refused(operation, "true or false", at, value)
    return value


def compared(symbol: str, left: Plain, right: Plain, at: Span) -> bool:
    """Whether `left symbol right`; true is not 1 here.

    Raises:
        FailedOperation: R159.
    """
    if symbol in {"==", "!="}:
        is_equal = isinstance(left, bool) is isinstance(right, bool) and left == right
        return is_equal is (symbol == "==")
    are_texts = isinstance(left, str) and isinstance(right, str)
    if not are_texts and not (_is_number(left) and _is_number(right)):
        raise refused(symbol, "two numbers or two texts", at, left, right)
    return bool(_ORDER[symbol](left, right))


def item(values: Plain, index: Plain, at: Span) -> Plain:
    """`values[index]`; a negative index counts from the end.

    Raises:
        FailedOperation: R159 or R162.
    """
    if not isinstance(values, tuple) or not isinstance(index, int) or isinstance(index, bool):
        raise refused("[]", "a list and an integer", at, values, index)
    if not -len(values) <= index < len(values):
        raise FailedOperation(IndexOutOfRange(at, index, len(values)))
    return values[index]


def called(name: str, values: tuple[Plain, ...], at: Span) -> Plain:
    """`name(*values)` for one of the functions of the grammar.

    Raises:
        FailedOperation: R159, R161, R167 or R168.
    """
    admits, expected, function = _FUNCTIONS[name]
    if not admits(values):
        raise refused(name, expected, at, *values)
    return _computed(name, at, function, *values)


def refused(operation: str, expected: str, at: Span, *received: Plain) -> FailedOperation:
    """R159, to be raised."""
    return FailedOperation(
        BadOperands(at, operation, expected, tuple(described(value) for value in received))
    )


def _computed(operation: str, at: Span, function: Callable[..., Any], *values: Plain) -> Plain:
    """What Python computes, its errors as Problems."""
    try:
        value = function(*values)
    except ZeroDivisionError:
        raise FailedOperation(DivisionByZero(at, operation)) from None
    except _RefusedError as told:
        raise FailedOperation(RefusedBySpec(at, str(told))) from None
    except (OverflowError, ValueError):  # of infinity and nan, too
        raise FailedOperation(ValueTooLarge(at, _NUMBERS)) from None
    if isinstance(value, complex):
        raise FailedOperation(NotReal(at, operation))
    return sized(value, at)


def _has_more_items(value: tuple[Plain, ...], most: int) -> bool:
    """Whether a list holds more than so many values; stops counting there."""
    count, lists = 0, [value]
    while lists and count <= most:
        items = lists.pop()
        count += len(items)
        if tuple in set(map(type, items)):
            lists += [item for item in items if isinstance(item, tuple)]
    return count > most


def _is_number(value: Plain) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_huge_power(base: Plain, exponent: Plain) -> bool:
    """Whether a power of integers is beyond 2^64 for sure, so that it need not be computed."""
    return isinstance(base, int) and isinstance(exponent, int) and abs(base) > 1 and exponent > 64


def _repeated(left: Plain, right: Plain, at: Span) -> Plain:
    """A text or list, several times."""
    series, times = (left, right) if isinstance(left, str | tuple) else (right, left)
    if not isinstance(series, str | tuple) or not isinstance(times, int) or isinstance(times, bool):
        raise refused("*", "two numbers, or a text or list and an integer", at, left, right)
    most, limit = (MAX_CHARACTERS, _TEXTS) if isinstance(series, str) else (MAX_ITEMS, _LISTS)
    if len(series) * times > most:
        raise FailedOperation(ValueTooLarge(at, limit))
    return sized(series * times, at)


def _are_numbers(values: tuple[Plain, ...]) -> bool:
    return bool(values) and all(_is_number(value) for value in values)


def _unpacked(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The items of a list that is the only argument."""
    return values[0] if len(values) == 1 and isinstance(values[0], tuple) else values


def _are_numbers_or_list(values: tuple[Plain, ...]) -> bool:
    return _are_numbers(_unpacked(values))


def _is_rounding(values: tuple[Plain, ...]) -> bool:
    """A number, and digits within what a number has: -10^9 of them would compute 10^10^9."""
    digits = values[1] if len(values) > 1 else 0
    return _are_numbers(values) and isinstance(digits, int) and abs(digits) <= 20


def _is_countable(values: tuple[Plain, ...]) -> bool:
    return isinstance(values[0], str | tuple)


def _is_text(values: tuple[Plain, ...]) -> bool:
    return isinstance(values[0], str)


def _refuse(text: str) -> NoReturn:
    raise _RefusedError(text)


def _smallest(*values: Any) -> Any:
    return min(_unpacked(values))


def _largest(*values: Any) -> Any:
    return max(_unpacked(values))


def _square_root(value: float) -> float | complex:
    return math.sqrt(value) if value >= 0 else complex(value) ** 0.5


_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "/": operator.truediv,
        "//": operator.floordiv,
        "%": operator.mod,
        "**": operator.pow,
    }
)
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
)
_FUNCTIONS: Mapping[str, tuple[Callable[[tuple[Plain, ...]], bool], str, Callable[..., Any]]] = (
    MappingProxyType(
        {
            "min": (_are_numbers_or_list, "numbers, or a list of them", _smallest),
            "max": (_are_numbers_or_list, "numbers, or a list of them", _largest),
            "round": (_is_rounding, "a number, and at most 20 digits", round),
            "int": (_are_numbers, "a number", int),
            "len": (_is_countable, "a list or a text", len),
            "sqrt": (_are_numbers, "a number", _square_root),
            "error": (_is_text, "a text that says what is wrong", _refuse),
        }
    )
)
