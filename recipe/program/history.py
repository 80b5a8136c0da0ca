"""Every value has a history: where it was written, what overrode it, what it became."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from recipe.catalog.calls import Argument, Call, Factor, Origin, Step, Unknown, Value
from recipe.catalog.fitting import OFF_WORD
from recipe.diagnostics.spans import Span
from recipe.diagnostics.wording import clipped
from recipe.program.programs import Program

MOST_CHARACTERS = 200  # that are shown of a value; a vocabulary has a million


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a spec or of a layer.

    Args:
        path: dotted: `optimizer.AdamW.learning_rate`, `dense_1.kernel_initializer`.
        value: as a user would write it.
        span: where it was written; None when nobody wrote it.
        reason: why it is what it is, when nobody wrote it or when it was settled.
        overrode: the places whose value it replaced, nearest first.
    """

    path: str
    value: str
    span: Span | None
    reason: str
    overrode: tuple[Span, ...]


def entries(program: Program) -> tuple[Entry, ...]:
    """Every value of a Program: of the spec, of each layer, and what was settled from them."""
    spec = (entry for name, argument in program.spec.arguments.items() for entry in _entries(name, argument))
    layers = (
        entry
        for layer in program.graph.layers
        for name, argument in layer.call.arguments.items()
        for entry in _entries(f"{layer.name}.{name}", argument)
    )
    return (*spec, *layers, *_settled(program))


def matching(program: Program, key: str) -> tuple[Entry, ...]:
    """The entries of a key, and of what is below it: its whole path, or the end of it."""
    found = entries(program)
    exact = tuple(entry for entry in found if entry.path == key)
    ends = tuple(entry for entry in found if f".{key}." in f"{entry.path}.")
    below = tuple(entry for entry in found if entry.path.startswith(f"{key}."))
    return exact + below if exact or below else ends


def _entries(path: str, argument: Argument) -> Iterator[Entry]:
    value, origin = argument.value, argument.origin
    if isinstance(value, Call) and value.arguments:
        name = f"{path}.{value.name}" if value.target != f"recipe:{value.name}" else path
        if name != path:
            yield _entry(path, value.name, origin)
        for below, inner in value.arguments.items():
            yield from _entries(f"{name}.{below}", inner)
    elif isinstance(value, tuple) and any(isinstance(item, Step) for item in value):
        return
    else:
        is_off = value is None and origin.reason == OFF_WORD
        yield _entry(path, OFF_WORD if is_off else spell(value), origin)


def _entry(path: str, value: str, origin: Origin) -> Entry:
    return Entry(path, value, origin.span, origin.reason, origin.overrode)


def _settled(program: Program) -> Iterator[Entry]:
    """What passes made of the spec: the loss, metrics and schedule in numbers."""
    several = len(program.objectives) > 1
    parts: dict[str, Call | None] = {
        f"loss.{one.target}" if several else "loss": one.loss for one in program.objectives
    }
    parts["schedule"] = program.schedule
    parts |= {f"metrics.{metric['name']}": metric for metric in program.metrics}
    if program.runtime.precision_reason:
        origin = Origin(None, f"auto, {program.runtime.precision_reason}")
        yield _entry("settled.runtime.precision", program.runtime.precision, origin)
    for path, call in parts.items():
        if call is None:
            continue
        for name, argument in call.arguments.items():
            yield from _entries(f"settled.{path}.{call.name}.{name}", argument)


def spell(value: Value) -> str:
    """A value in the spelling of the language."""
    if isinstance(value, Call):
        arguments = ", ".join(
            f"{name}: {spell(argument.value)}" for name, argument in value.arguments.items()
        )
        return f"{value.name}: {{{arguments}}}" if arguments else value.name
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Unknown):
        return f"known once the data is read ({', '.join(value.facts)})"
    if isinstance(value, Factor):
        return f"x{value.by:g}"
    if isinstance(value, tuple):
        return f"[{', '.join(spell(item) for item in value)}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {spell(item)}" for key, item in value.items()) + "}"
    return clipped(value, MOST_CHARACTERS) if isinstance(value, str) else str(value)
