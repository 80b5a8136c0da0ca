"""The program hash: equal when the same thing would be trained."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from recipe.catalog import lookup
from recipe.catalog.calls import Call, Reference, Step, Value
from recipe.catalog.sections import SPEC
from recipe.program.programs import Program

# Of the runtime, only these change what is trained.
RUNTIME_IDENTITY = ("precision", "seed", "backend")


def program_hash(program: Program) -> str:
    """sha256 over the settled values of all identity rows, as 64 hexadecimal digits."""
    identity = {
        name: _plain(argument.value) for name, argument in program.spec.arguments.items() if _counts(name)
    }
    runtime = {name: getattr(program.runtime, name) for name in RUNTIME_IDENTITY}
    text = json.dumps({"spec": identity, "runtime": runtime}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _counts(section: str) -> bool:
    parameter = SPEC.parameter(section)
    return parameter is not None and parameter.identity


def _plain(value: Value | Reference | Mapping[str, Reference] | tuple[Reference, ...]) -> Any:
    """A value without origins; arguments that are no identity left out."""
    if isinstance(value, Call):
        row = lookup.own_row(value.target)
        arguments = {
            name: _plain(argument.value)
            for name, argument in value.arguments.items()
            if row is None or (parameter := row.parameter(name)) is None or parameter.identity
        }
        return {"target": value.target, "arguments": arguments}
    if isinstance(value, Step):
        return [
            _plain(value.call),
            _plain(value.inputs),
            _plain(value.outputs),
            {name: _plain(argument.value) for name, argument in value.call_arguments.items()},
            value.active,
        ]
    if isinstance(value, Reference):
        return value.name
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return str(value) if value is not None and not isinstance(value, bool | int | float | str) else value
