"""The JSON Schema as tests look at it: whole, one part of it, and all parts."""

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft7Validator

from recipe import api


@functools.cache
def whole() -> Mapping[str, Any]:
    """The JSON Schema of a spec."""
    return api.schema()


def part(fragment: Mapping[str, Any], definitions: Mapping[str, Any]) -> Draft7Validator:
    """What checks a value against a part of a schema."""
    return Draft7Validator({"allOf": [fragment], "definitions": definitions})


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Every mapping inside a schema."""
    if isinstance(schema, dict):
        yield schema
        schema = list(schema.values())
    if isinstance(schema, list):
        for item in schema:
            yield from parts(item)
