"""What stands beside an object, in JSON Schema: `as`, `from`, `when` and `call`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from recipe.catalog import lookup, words
from recipe.catalog.constraints import ObjectOf
from recipe.catalog.schema_forms import Schema
from recipe.catalog.sections import OUTPUT_NAME, SIBLING_WORDS
from recipe.catalog.steps import EXPECTED_BESIDE
from recipe.catalog.update_sections import GROUP, GROUPS

if TYPE_CHECKING:
    from recipe.catalog.schema_structures import SchemaWriter

# Words of which the checker alone knows what they call, and with which arguments.
CALL_OTHERS = frozenset({"op", "reuse"})


def siblings_of(writer: "SchemaWriter", holds: ObjectOf) -> Mapping[str, Schema]:
    """The schemas of the words that may stand beside an object; those that are not built are left out."""
    if "layer" in holds.families and holds.siblings:
        return _beside_a_layer(writer)
    name = writer.value(OUTPUT_NAME) | {"description": "A name for it."}
    groups = writer.value(GROUPS) | {"description": f"{GROUP.help[:1].upper()}{GROUP.help[1:]}."}
    known = {"as": name, "groups": groups}
    return {word: schema for word, schema in known.items() if word in holds.siblings}


def _beside_a_layer(writer: "SchemaWriter") -> Mapping[str, Schema]:
    name = writer.value(OUTPUT_NAME)
    names = [name, {"type": "array", "items": name, "minItems": 1}]
    by_argument = {"type": "object", "additionalProperties": {"anyOf": names}, "minProperties": 1}
    return {
        "as": {"anyOf": names, "description": _described("as")},
        "from": {"anyOf": [*names, by_argument], "description": _described("from")},
        "when": writer.value(words.FLAG) | {"description": "If not true, the layer is skipped."},
        "call": {"type": "object", "description": _described("call")},
    }


def _described(sibling: str) -> str:
    text = EXPECTED_BESIDE[sibling]
    return f"{text[:1].upper()}{text[1:]}."


def alone(writer: "SchemaWriter", name: str, siblings: tuple[str, ...]) -> Schema:
    """What holds where a name stands: it is the only one, and its siblings suit it."""
    beside = f"only {', '.join(f'`{sibling}`' for sibling in siblings)}" if siblings else "nothing"
    names = {"enum": [name, *siblings], "errorMessage": f"{beside} may stand beside `{name}`"}
    schema: Schema = {"propertyNames": names}
    if not set(siblings) >= SIBLING_WORDS or name in CALL_OTHERS:
        return schema
    tensors: Schema = {tensor: {} for tensor in lookup.tensors_of(name)}
    inputs = writer.shared("from", {"properties": tensors, "additionalProperties": False})
    settings = writer.shared("call", writer.fields(lookup.call_row(name)))
    return schema | {"properties": {"from": inputs, "call": settings}}
