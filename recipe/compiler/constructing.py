"""From a Call to the object it stands for: the only place that calls constructors."""

import contextlib
import importlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from recipe.catalog import lookup
from recipe.catalog.calls import Call, Value
from recipe.compiler.imports import registered_class
from recipe.diagnostics.problems import RecipeError
from recipe.diagnostics.shapes import ObjectRefused

_COLOUR = re.compile(r"\x1b\[\d*m")
_MET = "Exception encountered when calling"


def class_of(target: str) -> Any:
    """The class behind a target: of the catalog, such as `keras.layers.Dense`, or of an imported module."""
    if target in lookup.targets() and target.startswith(("keras.", "recipe.components.")):
        package, _, name = target.rpartition(".")
        return getattr(importlib.import_module(package), name)
    imported = registered_class(target)
    if imported is None:
        raise ValueError(f"a class of the catalog or of an imported module is expected. Received: {target}")
    return imported


def construct(call: Call, **further: Any) -> Any:
    """The object of a Call.

    Args:
        call: of a class of the catalog.
        further: arguments that the compiler adds, such as a layer's name and dtype policy.

    Raises:
        RecipeError: R402, with Keras's own words, at the place of the Call.
    """
    arguments = {name: plain(argument.value) for name, argument in call.arguments.items()}
    with fitting(call):
        return class_of(call.target)(**{**further, **arguments})


def plain(value: Value) -> Any:
    """A value as Keras takes it: Calls constructed, tuples as lists where they hold objects."""
    if isinstance(value, Call):
        return construct(value)
    if isinstance(value, tuple):
        items = [plain(item) for item in value]
        return items if any(isinstance(item, Call) for item in value) else tuple(items)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value


def first_sentence(error: BaseException) -> str:
    """What a foreign error says, without its traceback, colours, further lines, and where Keras met it."""
    lines = (_COLOUR.sub("", line).strip() for line in str(error).splitlines())
    telling = (line for line in lines if line and not line.startswith(_MET))
    return next(telling, type(error).__name__).rstrip(".")


@contextlib.contextmanager
def fitting(call: Call) -> Iterator[None]:
    """Whatever Keras raises of an object that it cannot make, or that fits no network, is told at its place.

    Args:
        call: of the object.

    Raises:
        RecipeError: R402.
    """
    try:
        yield
    except RecipeError:
        raise
    except Exception as refused:  # not of two kinds alone: Keras has bugs, too
        raise RecipeError([ObjectRefused(call.origin.span, call.name, first_sentence(refused))]) from refused
