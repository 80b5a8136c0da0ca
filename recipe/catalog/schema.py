"""The language as JSON Schema (draft-07), for editors that complete, explain and flag while one types.

Everything is read from the rows: sections, words and the classes of Keras, with their constraints and help.
"""

import keyword
from typing import Any

from recipe.catalog.keras_classes import load
from recipe.catalog.schema_forms import Schema
from recipe.catalog.schema_structures import SchemaWriter
from recipe.catalog.sections import SPEC
from recipe.language.grammar import LITERALS

DRAFT = "http://json-schema.org/draft-07/schema#"
_NO_VARIABLES = "|".join((*keyword.kwlist, *LITERALS, "data"))
_NAME = {"type": "string", "pattern": r"\S"}
_EXTENDS: Schema = {
    "description": "The template or file on which this spec builds, or a list of these: later wins.",
    "anyOf": [_NAME, {"type": "array", "items": _NAME, "minItems": 1}],
}
_VARIABLE: Schema = {
    "anyOf": [
        {"type": ["boolean", "number"]},
        {"type": "string", "not": {"const": "required"}},
        {"type": "array", "items": {"$ref": "#/definitions/variable"}},
    ]
}
_VARS: Schema = {
    "description": 'Values with names, for expressions: $name, or "${name * 2}".',
    "type": "object",
    "propertyNames": {"pattern": f"^(?!(?:{_NO_VARIABLES})$)[A-Za-z_][A-Za-z0-9_]*$"},
    "additionalProperties": {"$ref": "#/definitions/variable"},
}


def schema() -> dict[str, Any]:
    """The JSON Schema of a spec, as plain data."""
    writer = SchemaWriter({"variable": _VARIABLE})
    spec = writer.fields(SPEC)
    required = spec.pop("required")
    spec["properties"] |= {"extends": _EXTENDS, "vars": _VARS}
    return {
        "$schema": DRAFT,
        "$comment": f"written by `recipe schema`, for Keras {load().version}",
        "title": "recipe",
        **spec,
        "if": {"required": ["extends"]},
        "then": {},
        "else": {"required": required},
        "definitions": dict(sorted(writer.definitions.items())),
    }
