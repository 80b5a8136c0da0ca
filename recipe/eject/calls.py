"""Calls as Python source."""

from collections.abc import Mapping

from recipe.catalog.calls import Call, Value


def source_of(value: Value) -> str:
    """The Python expression of a settled value.

    >>> source_of(("relu", 2, None))
    "('relu', 2, None)"
    """
    if isinstance(value, Call):
        return call_source(value)
    if isinstance(value, tuple):
        items = ", ".join(source_of(item) for item in value)
        if any(isinstance(item, Call) for item in value):
            return f"[{items}]"
        return f"({items},)" if len(value) == 1 else f"({items})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {source_of(item)}" for key, item in value.items()) + "}"
    return repr(value)


def call_source(call: Call, **further: Value) -> str:
    """The Python expression that constructs what a Call stands for.

    Args:
        call: of a class of Keras.
        further: arguments that stand in no Call, such as a layer's name.
    """
    arguments = {name: argument.value for name, argument in call.arguments.items()} | further
    return f"{call.target}({', '.join(f'{name}={source_of(value)}' for name, value in arguments.items())})"
