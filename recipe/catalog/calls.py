"""The checked form of a spec: a tree of Calls, each argument with its history."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from recipe.diagnostics.spans import Span
from recipe.language.durations import Duration
from recipe.language.expressions import Expression
from recipe.language.nodes import Scalar


@dataclass(frozen=True, slots=True)
class Factor:
    """`x0.1`: a multiple of what is there."""

    by: float


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that hangs on facts of the data that are not read yet.

    Args:
        facts: their names, such as `data.classes`.
    """

    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """The history of one value.

    Args:
        span: where it was written; None when nobody wrote it.
        reason: why it is what it is when nobody wrote it (`default`, or the rule that chose).
        overrode: the places whose value it replaced, nearest first.
    """

    span: Span | None
    reason: str = ""
    overrode: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a Call, with its history."""

    value: "Value"
    origin: Origin


@dataclass(frozen=True, slots=True)
class Call:
    """What to construct, and with what.

    Args:
        name: as written in the spec: `Dense`, `warmup_cosine`, `training`.
        target: what it stands for: `keras.layers.Dense`, `recipe.components.warmup_cosine.WarmupCosine`, or
            `recipe:training` for words that no class stands behind.
        arguments: by name. Of Keras classes only what was written (Keras fills the rest); of our own words
            all of them, defaults included.
        origin: where the object was written.
    """

    name: str
    target: str
    arguments: Mapping[str, Argument] = field(default_factory=lambda: MappingProxyType({}))
    origin: Origin = field(default=Origin(None))

    def __getitem__(self, argument: str) -> "Value":
        """The value of an argument."""
        return self.arguments[argument].value

    def __contains__(self, argument: str) -> bool:
        return argument in self.arguments

    def get(self, argument: str) -> "Value":
        """The value of an argument, None when it is not there."""
        found = self.arguments.get(argument)
        return None if found is None else found.value

    def span_of(self, argument: str) -> Span | None:
        """Where an argument was written, else where the Call was."""
        found = self.arguments.get(argument)
        return (found.origin.span if found else None) or self.origin.span

    def with_argument(self, name: str, value: "Value", origin: Origin) -> "Call":
        """A copy in which one argument is set."""
        return Call(self.name, self.target, {**self.arguments, name: Argument(value, origin)}, self.origin)

    def without(self, name: str) -> "Call":
        """A copy that lacks one argument."""
        kept = {key: argument for key, argument in self.arguments.items() if key != name}
        return Call(self.name, self.target, kept, self.origin)

    def calls(self) -> Iterator["Call"]:
        """This Call and every Call below it, in the order they were written."""
        yield self
        for argument in self.arguments.values():
            if not isinstance(argument.value, _LEAVES):  # most are, and have nothing below
                yield from calls_in(argument.value)


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that `as` gives, or that `from` or `reuse` points at.

    Args:
        name: it.
        span: where it was written.
        follows: whether it was given before, to a layer that is read through this one.
    """

    name: str
    span: Span
    follows: bool = False


References = Reference | tuple[Reference, ...]
"""One name, or a list of them where a call takes a list of tensors."""


@dataclass(frozen=True, slots=True)
class Step:
    """One item of an architecture: a layer and how it is wired.

    Args:
        call: what is built.
        outputs: the names of `as`.
        inputs: what `from` names: several in order, or by call argument; empty for the layer before.
        call_arguments: further arguments of the layer's call.
        active: false when `when` skips it; then its input passes on.
    """

    call: Call
    outputs: tuple[Reference, ...] = ()
    inputs: Mapping[str, References] | tuple[Reference, ...] = ()
    call_arguments: Mapping[str, Argument] = field(default_factory=lambda: MappingProxyType({}))
    active: bool = True


Value = (
    Scalar
    | Duration
    | Factor
    | Unknown
    | Expression
    | Call
    | Step
    | tuple["Value", ...]
    | Mapping[str, "Value"]
)


class Written(dict[str, Value]):
    """A mapping of a spec whose keys are names of its user's.

    Args:
        values: by key.
        key_spans: where the keys stand.
    """

    def __init__(self, values: Mapping[str, Value], key_spans: Mapping[str, Span]):
        super().__init__(values)
        self.key_spans = key_spans


_LEAVES = (str, int, float, type(None))


def changed(value: Value, change: Callable[[Call], Call]) -> Value:
    """A value whose Calls are changed, those of a Step and of lists too; what is inside a Call, first.

    Args:
        value: any.
        change: gives the Call itself where nothing is to be changed.
    """
    if isinstance(value, Call):
        arguments = {
            name: Argument(changed(argument.value, change), argument.origin)
            for name, argument in value.arguments.items()
        }
        return change(Call(value.name, value.target, arguments, value.origin))
    if isinstance(value, Step):
        call = changed(value.call, change)
        return replace(value, call=call) if isinstance(call, Call) else value
    if isinstance(value, tuple):
        return tuple(changed(item, change) for item in value)
    if isinstance(value, Mapping):
        return with_items(value, {key: changed(item, change) for key, item in value.items()})
    return value


def with_items(value: Mapping[str, Value], items: Mapping[str, Value]) -> Mapping[str, Value]:
    """Other items under the keys of a mapping, which stay where they were written."""
    return Written(items, value.key_spans) if isinstance(value, Written) else items


def calls_in(value: Value) -> Iterator[Call]:
    """Every Call inside a value."""
    if isinstance(value, Call):
        yield from value.calls()
    elif isinstance(value, Step):
        yield from value.call.calls()
    elif isinstance(value, tuple):
        for item in value:
            yield from calls_in(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from calls_in(item)
