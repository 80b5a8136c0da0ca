"""Values in the spelling of the language, for messages."""

import math
from collections.abc import Mapping, Sequence

from recipe.catalog.calls import Call, Value
from recipe.diagnostics.wording import clipped


def spelled(value: Value) -> str:
    """A value as a user would write it, for messages: strings in quotes, what has parts by its form."""
    if isinstance(value, str):
        return f'the string "{clipped(value)}"'
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return (
            f"a list of {len(value)} {'item' if len(value) == 1 else 'items'}" if value else "an empty list"
        )
    if isinstance(value, Call):
        return f"the object `{value.name}`"
    if isinstance(value, Mapping):
        return _spelled_mapping(value)
    if isinstance(value, float) and not math.isfinite(value):
        return f"{_NOT_FINITE.get(value, '.nan')}, which is not finite"
    return str(value)


_NOT_FINITE = {math.inf: ".inf", -math.inf: "-.inf"}


def _spelled_mapping(value: Mapping[str, Value]) -> str:
    names = tuple(value)
    if not names:
        return "an empty mapping"
    if len(names) == 1 and names[0][:1].isupper():
        return f"the object `{clipped(names[0])}`"
    return f"a mapping with {listed([f'`{clipped(name)}`' for name in names[:3]])}".replace(" or ", " and ")


def listed(words: Sequence[str]) -> str:
    """Words joined as in a sentence.

    >>> listed(("a", "b", "c"))
    'a, b or c'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
