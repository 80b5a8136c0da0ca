"""Calls as Python source."""

import builtins
import keyword
from collections.abc import Iterable, Mapping

from recipe.catalog.calls import Call, Value


def source_of(value: Value) -> str:
    """The Python expression of a settled value.

    >>> source_of(("relu", 2, None))
    '("relu", 2, None)'
    """
    if isinstance(value, Call):
        return call_source(value)
    if isinstance(value, tuple):
        items = ", ".join(source_of(item) for item in value)
        if any(isinstance(item, Call) for item in value):
            return f"[{items}]"
        return f"({items},)" if len(value) == 1 else f"({items})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{source_of(key)}: {source_of(item)}" for key, item in value.items()) + "}"
    return text_source(value) if isinstance(value, str) else repr(value)


def text_source(text: str) -> str:
    """A text in double quotes, where it has none itself.

    >>> print(text_source("same"), text_source('a "word"'))
    "same" 'a "word"'
    """
    plain = repr(text)
    return plain if plain[0] == '"' or '"' in plain else f'"{plain[1:-1]}"'


def call_source(call: Call, **further: Value) -> str:
    """The Python expression that constructs what a Call stands for.

    Args:
        call: of a class of Keras, or of a class whose source is copied.
        further: arguments that stand in no Call, such as a layer's name.
    """
    return called(name_source(call.target), {**argument_sources(call), **_sources(further)})


def argument_sources(call: Call) -> dict[str, str]:
    """The Python expression of each argument of a Call."""
    return _sources({name: argument.value for name, argument in call.arguments.items()})


def called(name: str, arguments: Mapping[str, str]) -> str:
    """A call with named arguments.

    >>> called("Dense", {"units": "2"})
    'Dense(units=2)'
    """
    return f"{name}({', '.join(f'{key}={expression}' for key, expression in arguments.items())})"


def _sources(values: Mapping[str, Value]) -> dict[str, str]:
    return {name: source_of(value) for name, value in values.items()}


def name_source(target: str) -> str:
    """How a script names a target: copied classes by their own name, the rest as Keras does.

    >>> name_source("keras.layers.Dense"), name_source("recipe.components.warmup_cosine.WarmupCosine")
    ('keras.layers.Dense', 'WarmupCosine')
    """
    return target.rpartition(".")[2] if target.startswith("recipe.") else target


def identifiers(names: Iterable[str], taken: Iterable[str] = ()) -> Mapping[str, str]:
    """The Python variable of each name; distinct names have distinct ones.

    Args:
        names: of layers.
        taken: what no variable may be called.

    >>> identifiers(["stem.conv2d", "stem_conv2d", "class", "keras"], ["keras"])
    {'stem.conv2d': 'stem_conv2d', 'stem_conv2d': 'stem_conv2d_', 'class': 'class_', 'keras': 'keras_'}
    """
    used, found = {*taken, *keyword.kwlist, *dir(builtins)}, dict[str, str]()
    for name in names:
        variable = name.replace(".", "_")
        while variable in used:
            variable += "_"
        used.add(variable)
        found[name] = variable
    return found
