"""What the reader makes of a text: scalars, lists and mappings, each with its place.

Nodes say nothing about meaning; the catalog does.
"""

from dataclasses import dataclass

from recipe.diagnostics.spans import Span

Scalar = None | bool | int | float | str


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """One value.

    Args:
        value: resolved by the YAML 1.2 core schema.
        span: where it stands.
        text: as written, without quotes (`1e-3`, `010`).
        quoted: whether it stood in quotes (then `value` is a string).
        overrode: the places whose value this one replaced, nearest first.
    """

    value: Scalar
    span: Span
    text: str = ""
    quoted: bool = False
    overrode: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list of nodes."""

    items: tuple["Node", ...]
    span: Span
    overrode: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """One key of a mapping with its value."""

    key: str
    key_span: Span
    value: "Node"


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Keys and values in the order they were written."""

    pairs: tuple[Pair, ...]
    span: Span
    overrode: tuple[Span, ...] = ()

    def get(self, key: str) -> Pair | None:
        """The pair of a key, or None."""
        return next((pair for pair in self.pairs if pair.key == key), None)


Node = ScalarNode | ListNode | MappingNode


@dataclass(frozen=True, slots=True)
class Document:
    """One text that was read.

    Args:
        source: its name, as spans use it.
        text: what stood there.
        root: its top mapping.
    """

    source: str
    text: str
    root: MappingNode
