"""The receipt: what Keras's `get_config()` says an object has is what the Program asked."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from recipe.catalog.calls import Call, Value
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.shapes import CannotBeSaved, ReceiptDiffers


def compare(call: Call, built: Any, problems: list[Problem]) -> None:
    """Report every argument of a Call that the built object does not have.

    Arguments that Keras does not report in its config cannot be compared; the constructor took them.
    """
    try:
        config = built.get_config()
    except NotImplementedError:
        problems.append(CannotBeSaved(call.origin.span, call.name))
        return
    for name, argument in call.arguments.items():
        if name in config and not _same(argument.value, config[name]):
            difference = ReceiptDiffers(
                call.span_of(name), call.name, name, _words(argument.value), _words(config[name])
            )
            problems.append(difference)


def _same(asked: Value, has: Any) -> bool:
    if isinstance(asked, Call):
        return _same_object(asked, has)
    if isinstance(has, Mapping) and isinstance(asked, str):  # a dtype policy or function, serialized
        inner = has.get("config", {})
        return asked in (inner.get("name") if isinstance(inner, Mapping) else inner, has.get("class_name"))
    if isinstance(asked, Mapping):
        return isinstance(has, Mapping) and all(
            key in has and _same(item, has[key]) for key, item in asked.items()
        )
    if isinstance(asked, tuple):
        return _sequence(has) and len(asked) == len(has) and all(map(_same, asked, has))
    if _sequence(has):  # `kernel_size: 3` is (3, 3)
        return all(_same(asked, item) for item in has) or _is_range_to(asked, has)
    if isinstance(asked, float) and isinstance(has, float):  # a config may have been rounded to float32
        return math.isclose(asked, has, rel_tol=1e-6)
    return bool(asked == has)


def _is_range_to(asked: Value, has: Sequence[Any]) -> bool:
    """Whether a layer that draws took one number for the range that ends with it: `factor: 0.1`."""
    if isinstance(asked, bool) or not isinstance(asked, int | float):
        return False
    return any(_same((least, asked), has) for least in (-asked, 0, 1))


def _same_object(asked: Call, has: Any) -> bool:
    if not isinstance(has, Mapping):
        return False
    config = has.get("config", {})
    same_class = str(has.get("class_name", "")).rpartition(">")[2] == asked.target.rpartition(".")[2]
    # A wrapper renames what it wraps (`forward_lstm`), so names of inner layers are left out.
    compared = {name: argument.value for name, argument in asked.arguments.items() if name in config}
    return same_class and all(
        _same(value, config[name]) for name, value in compared.items() if name != "name"
    )


def _sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _words(value: Any) -> str:
    if isinstance(value, Call):
        return value.name
    if isinstance(value, Mapping):
        return str(value.get("class_name", dict(value)))
    if _sequence(value):
        return f"({', '.join(map(_words, value))})"
    return str(value)
