"""What is found in presets of KerasHub: kept in the spec itself, so that a run needs them no more."""

from collections.abc import Callable, Mapping

from recipe.catalog.calls import Call, Origin, Value, calls_in, changed
from recipe.program.calling import BACKBONE

FOUND = "found"
"""The argument that holds what was found in a preset: it is never written, and stays in the Program."""

TEXT = "recipe:text"
FILES = ("vocabulary", "merges", "proto")
"""Arguments of tokenizers that may be paths: the files of the preset stand for them."""


def names_preset(call: Call) -> bool:
    """Whether a Call names a preset: a backbone, or a text with a tokenizer."""
    return call.target == BACKBONE or (call.target == TEXT and call.get("tokenizer") is not None)


def has_presets(spec: Call) -> bool:
    """Whether a spec names a preset."""
    return any(map(names_preset, (*calls_in(spec.get("architecture")), *calls_in(spec.get("data")))))


def has_tokenizers(spec: Call) -> bool:
    """Whether texts of a spec become the ids of a preset."""
    return any(map(names_preset, calls_in(spec.get("data"))))


def with_found(spec: Call, find: Callable[[Call], Mapping[str, Value]]) -> Call:
    """A spec whose presets are read.

    Args:
        spec: checked.
        find: reads the preset of a Call that names one.
    """

    def filled(call: Call) -> Call:
        if not names_preset(call):
            return call
        return call.with_argument(FOUND, find(call), Origin(call.origin.span, "found in its preset"))

    for section in ("data", "architecture"):
        argument = spec.arguments[section]
        spec = spec.with_argument(section, changed(argument.value, filled), argument.origin)
    return spec
