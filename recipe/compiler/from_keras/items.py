"""One line of an architecture as it will be printed, with what stands below it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Items = tuple["Item", ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One layer, or a word with bodies.

    Args:
        word: a class of Keras, or `residual`, `parallel`, `repeat`.
        arguments: as written, what Keras fills in by itself left out.
        beside: `as`, `from`, `call`.
        bodies: of `residual` the body and the shortcut, of `parallel` the branches, of `repeat` each turn.
        layer: name of the Keras layer that it stands for; of `residual` and `parallel` that of the merge.
    """

    word: str
    arguments: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    beside: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    bodies: tuple[Items, ...] = ()
    layer: str = ""

    @property
    def shape(self) -> tuple[Any, ...]:
        """Equal for lines that are written alike, whatever their layers were called."""
        bodies = tuple(tuple(item.shape for item in body) for body in self.bodies)
        return self.word, _frozen(self.arguments), _frozen(self.beside), bodies

    @property
    def num_lines(self) -> int:
        """How many lines it takes, about."""
        printed = self.bodies[:1] if self.word == "repeat" else self.bodies
        return 1 + sum(item.num_lines for body in printed for item in body)

    def layers(self) -> Iterator[str]:
        """The Keras layers that it stands for, in the order in which a spec builds them."""
        for body in self.bodies:
            for item in body:
                yield from item.layers()
        if self.layer:
            yield self.layer


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple((key, _frozen(item)) for key, item in value.items())
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else (type(value).__name__, value)
