"""What may stand in a configuration of a preset: it is data, and what it names is built."""

from collections.abc import Mapping
from typing import Any

import keras

from recipe.catalog import lookup
from recipe.catalog.keras_classes import load
from recipe.catalog.layer_words import MAX_LAYERS
from recipe.catalog.overlay import LARGEST
from recipe.program.presets import FILES

COUNTS = ("layers", "blocks", "depth", "repeats")  # parts of names of arguments that count layers
POLICY, FUNCTION = ("keras", "DTypePolicy"), ("builtins", "function")


def refusal(value: Any) -> str:
    """What a configuration says that no preset of KerasHub does, in words; empty when there is nothing.

    Args:
        value: as JSON holds it; KerasHub is imported, so that its classes are registered.
    """
    if isinstance(value, dict):
        if "class_name" in value and not _is_known(value):
            name = f"{value.get('module')}.{value['class_name']}"
            return f"names `{name}`, which is no class of Keras or KerasHub without code"
        path = next((name for name in FILES if isinstance(value.get(name), str)), "")
        if path:
            return f"names a file for `{path}`"
        return next(filter(None, map(refusal, value.values())), "") or _count(value)
    return next(filter(None, map(refusal, value)), "") if isinstance(value, list) else ""


def _is_known(value: Mapping[str, Any]) -> bool:
    """Whether a class belongs to KerasHub, or to Keras and to our catalog, which has none with code."""
    module, name, registered = (value.get(key) for key in ("module", "class_name", "registered_name"))
    if str(registered).startswith(("keras_hub>", "keras_nlp>")):
        found = keras.saving.get_registered_object(registered)
        return found is not None and found.__module__.startswith("keras_hub.")
    if (module, name) == FUNCTION:
        return value.get("config") in load().activations
    return (module, name) == POLICY or f"{module}.{name}" in lookup.targets()


def _count(value: Mapping[str, Any]) -> str:
    """A number of layers, or any other, that would take all memory; in words, empty when there is none."""
    for name, one in value.items():
        most = MAX_LAYERS if any(word in name for word in COUNTS) else LARGEST
        numbers = one if isinstance(one, list) else [one]
        if any(isinstance(number, int) and number > most for number in numbers):
            return f"asks for `{name}: {one}`"
    return ""
