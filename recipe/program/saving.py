"""A Program as JSON and back: what resume, evaluate and predict read."""

import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from itertools import chain
from typing import Any

from recipe.catalog.calls import Argument, Call, Factor, Origin, Reference, Step, Unknown
from recipe.diagnostics.spans import Span
from recipe.language.durations import Duration
from recipe.program.facts import Column, Facts, InputFact, Target
from recipe.program.plans import DataPlan, Split
from recipe.program.programs import (
    BatchStep,
    Decay,
    EarlyStopping,
    Graph,
    Layer,
    Monitor,
    Program,
    Runtime,
    Training,
    Wire,
)

FORMAT = 1
CALL_TYPES = (Argument, Call, Duration, Factor, Origin, Reference, Span, Step, Unknown)
DATA_TYPES = (Column, DataPlan, Facts, InputFact, Split, Target)
PROGRAM_TYPES = (BatchStep, Decay, EarlyStopping, Graph, Layer, Monitor, Program, Runtime, Training, Wire)

# Every type that a Program is made of; others are refused when a file names them.
TYPES: Mapping[str, type] = {kind.__name__: kind for kind in chain(CALL_TYPES, DATA_TYPES, PROGRAM_TYPES)}


def to_json(program: Program) -> Mapping[str, Any]:
    """The content of `program.json`."""
    return {"format": FORMAT, "program": _encode(program)}


def from_json(content: Mapping[str, Any]) -> Program:
    """The Program of a `program.json`.

    Raises:
        ValueError: when the content is of another format, or not a Program.
    """
    if content.get("format") != FORMAT:
        raise ValueError(f"format {FORMAT} is expected. Received: {content.get('format')}")
    program = _decode(content["program"])
    if not isinstance(program, Program):
        raise ValueError("a Program is expected")
    return program


def _encode(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        written = {field.name: _encode(getattr(value, field.name)) for field in fields(value)}
        return {"type": type(value).__name__} | written
    if isinstance(value, Mapping):
        return {"type": "mapping", "items": [[key, _encode(item)] for key, item in value.items()]}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    return value


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_decode(item) for item in value)
    if not isinstance(value, Mapping):
        return value
    if value["type"] == "mapping":
        return {key: _decode(item) for key, item in value["items"]}
    kind = TYPES[value["type"]]
    enums = _enums(kind)
    arguments = {name: _decode(item) for name, item in value.items() if name != "type"}
    return kind(**{name: enums[name](item) if name in enums else item for name, item in arguments.items()})


@cache
def _enums(kind: type) -> Mapping[str, type[Enum]]:
    hints = typing.get_type_hints(kind)
    return {name: hint for name, hint in hints.items() if isinstance(hint, type) and issubclass(hint, Enum)}
