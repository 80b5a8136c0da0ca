"""What decides what is trained: the settled values of all identity rows, by path."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Origin, References, Step, Unknown, Value
from recipe.catalog.constraints import Constraint, OneOf
from recipe.catalog.leaves import Words
from recipe.catalog.overlay import OBSERVERS
from recipe.catalog.resolver import default_value
from recipe.catalog.rows import Parameter
from recipe.diagnostics.spans import Span
from recipe.language.durations import Unit, parse_duration
from recipe.program.history import spell
from recipe.program.programs import Program
from recipe.program.sections import section

OFF = "off"


@dataclass(frozen=True, slots=True)
class IdentityValue:
    """One value that decides what is trained.

    Args:
        path: dotted, as `explain` shows it; items of lists by their number, as in
            `architecture.layers.1.Dense.units`.
        text: the value in the spelling of the language.
        content: the value as JSON; two values are the same when these are equal.
        span: where it was written; None when nobody wrote it.
        ahead: whether it only decides the steps ahead: how long the run is, and its learning rates.
    """

    path: str
    text: str
    content: str
    span: Span | None
    ahead: bool


def identity(program: Program) -> Mapping[str, IdentityValue]:
    """Every value of a settled Program that decides what is trained, in the order of the spec."""
    spec = program.spec.with_argument("runtime", _settled_runtime(program), Origin(None))
    values = chain(_of_call("", spec, ahead=False), _of_contents(program))
    return {value.path: _of_run(value, program.training.total_steps) for value in values}


def _of_contents(program: Program) -> Iterator[IdentityValue]:
    """The files beside the spec."""
    for path, digest in program.contents.items():
        span = program.spec.span_of(path.partition(".")[0])
        yield IdentityValue(path, f"sha256 {digest[:12]}", digest, span, ahead=False)


def _of_run(value: IdentityValue, total: int | Unknown) -> IdentityValue:
    """A share of the run is another in a run of another length; what lies ahead is compared step by step."""
    duration = None if value.ahead else parse_duration(value.text)
    if duration is None or duration.unit is not Unit.PERCENT or not isinstance(total, int):
        return value
    text = f"{value.text} of {total} steps"
    return replace(value, text=text, content=_content(text))


def _settled_runtime(program: Program) -> Call:
    """The section `runtime` with every `auto` decided."""
    runtime = _completed(section(_completed(program.spec), "runtime"))
    for name, argument in runtime.arguments.items():
        settled = getattr(program.runtime, name, argument.value)
        runtime = runtime.with_argument(name, settled, argument.origin)
    return runtime


def _of_call(path: str, call: Call, *, ahead: bool) -> Iterator[IdentityValue]:
    row = lookup.own_row(call.target)
    for name, argument in _completed(call).arguments.items():
        parameter = row.parameter(name) if row else None
        if parameter is None or parameter.identity:
            below = f"{path}.{name}".lstrip(".")
            if parameter is not None and argument.value is None and _is_switch(parameter.holds):
                content, span = _content(None), argument.origin.span
                yield IdentityValue(below, OFF, content, span, ahead or _is_ahead(parameter))
                continue
            yield from _of_value(below, argument.value, argument.origin, ahead=ahead or _is_ahead(parameter))


def _completed(call: Call) -> Call:
    """A Call with the defaults of all keys; of a Program that is older than a key it has no value."""
    row = lookup.own_row(call.target)
    for parameter in row.defaulted if row else ():
        if parameter.name not in call:
            call = call.with_argument(parameter.name, default_value(parameter), Origin(None, "default"))
    return call


def _is_ahead(parameter: Parameter | None) -> bool:
    return parameter is not None and parameter.ahead


def _is_switch(holds: Constraint) -> bool:
    """Whether a key may be `off`, which is None from the resolver on."""
    return isinstance(holds, OneOf) and any(
        isinstance(one, Words) and OFF in one.choices for one in holds.options
    )


def _of_value(path: str, value: Any, origin: Origin, *, ahead: bool) -> Iterator[IdentityValue]:
    if isinstance(value, tuple):
        value = tuple(item for item in value if not _looks_on(item))
    if isinstance(value, Call):
        yield from _of_object(path, value, origin, ahead=ahead)
    elif isinstance(value, Step):
        yield from _of_step(path, value)
    elif isinstance(value, tuple) and any(isinstance(item, Call | Step | tuple) for item in value):
        for index, item in enumerate(value):
            yield from _of_value(f"{path}.{index}", item, origin, ahead=ahead)
    elif isinstance(value, Mapping) and value:
        for name, item in value.items():
            yield from _of_value(f"{path}.{name}", item, origin, ahead=ahead)
    else:
        yield IdentityValue(path, spell(value), _content(value), origin.span, ahead)


def _looks_on(item: Any) -> bool:
    """Whether something in a list, a callback, decides nothing."""
    return isinstance(item, Call) and item.target in OBSERVERS


def _of_object(path: str, call: Call, origin: Origin, *, ahead: bool) -> Iterator[IdentityValue]:
    """An object by its name, and what is below it; a section has no name of its own."""
    row = lookup.own_row(call.target)
    if row.family == "section" if row else call.target == f"recipe:{call.name}":
        yield from _of_call(path, call, ahead=ahead)
        return
    span = call.origin.span or origin.span
    yield IdentityValue(path, call.name, _content([call.name, call.target]), span, ahead)
    yield from _of_call(f"{path}.{call.name}", call, ahead=ahead)


def _of_step(path: str, step: Step) -> Iterator[IdentityValue]:
    """A layer, and the words beside it that were written."""
    span = step.call.origin.span
    yield from _of_object(path, step.call, step.call.origin, ahead=False)
    beside: dict[str, Value] = {"from": _names(step.inputs), "as": _names(step.outputs)}
    for word, names in beside.items():
        if names:
            yield IdentityValue(f"{path}.{word}", spell(names), _content(names), span, ahead=False)
    if not step.active:
        yield IdentityValue(f"{path}.when", "false", _content(False), span, ahead=False)
    for name, argument in step.call_arguments.items():
        yield from _of_argument(f"{path}.call.{name}", argument)


def _of_argument(path: str, argument: Argument) -> Iterator[IdentityValue]:
    return _of_value(path, argument.value, argument.origin, ahead=False)


def _names(references: Mapping[str, References] | References) -> Value:
    if isinstance(references, Mapping):
        return {argument: _names(named) for argument, named in references.items()}
    if isinstance(references, tuple):
        return tuple(reference.name for reference in references)
    return references.name


def _content(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
