"""The largest id that a wire can carry, as far as it is known: an embedding needs a row for it.

To read beyond the table is an error on one backend, the last row on another, and no number on a third.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from recipe.catalog.calls import Call, Value
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.shapes import IdsBeyondTable
from recipe.program.backbones import found_in
from recipe.program.calling import BACKBONE
from recipe.program.facts import Facts
from recipe.program.graphs import Layer, Wire

TABLES = frozenset({"Embedding", "ReversibleEmbedding"})

Shape = tuple[int | None, ...]


@dataclass(slots=True)
class Ids:
    """Follows ids through a network while it is built.

    Args:
        largest: id that a wire can carry; a wire that is not here is not known.
    """

    largest: dict[Wire, int] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Facts) -> "Ids":
        """The ids of the network's inputs."""
        sizes = {
            name: [column.statistics.get("vocabulary") for column in facts.columns_of(name)]
            for name in facts.inputs
        }
        known = {name: [size for size in found if isinstance(size, int)] for name, found in sizes.items()}
        return cls({Wire(name): max(found) - 1 for name, found in known.items() if found})

    def follow(self, layer: Layer, tensors: Mapping[Wire, Any], problems: list[Problem]) -> None:
        """Look at a layer that is called: what its table lacks is told, what it gives is remembered.

        Args:
            layer: settled.
            tensors: what it is fed, by wire.
            problems: where R406 goes.
        """
        wire = layer.wires[0]
        fed, rows = self.largest.get(wire), _rows(layer)
        if isinstance(rows, int) and fed is not None and fed >= rows:
            problems.append(IdsBeyondTable(layer.call.span_of("input_dim"), layer.name, rows, fed))
        rule = _RULES.get(layer.call.name)
        given = rule(layer.call, fed, tuple(tensors[wire].shape)) if rule else None
        if given is not None:
            self.largest[Wire(layer.name)] = given


def _rows(layer: Layer) -> Value:
    """How many ids a layer knows; None where it reads no table."""
    if layer.call.target == BACKBONE:
        found = found_in(layer.call)
        return found.config.get("vocabulary_size") if found else None
    is_read = layer.call.name in TABLES and not layer.call_arguments.get("reverse")
    return layer.call.get("input_dim") if is_read else None


def _summed(call: Call, fed: int | None, shape: Shape) -> int | None:
    axis = call.get("axis")
    length = shape[axis] if isinstance(axis, int) and -len(shape) <= axis < len(shape) else None
    return None if fed is None or length is None else fed * length


def _moved(sign: int) -> Callable[[Call, int | None, Shape], int | None]:
    def moved(call: Call, fed: int | None, shape: Shape) -> int | None:
        by = call.get("x2")
        return fed + sign * by if fed is not None and isinstance(by, int) else None

    return moved


def _kept(call: Call, fed: int | None, shape: Shape) -> int | None:
    return fed


_RULES: Mapping[str, Callable[[Call, int | None, Shape], int | None]] = MappingProxyType(
    {
        "ones_like": lambda call, fed, shape: 1,
        "zeros_like": lambda call, fed, shape: 0,
        "cumsum": _summed,
        "add": _moved(1),
        "subtract": _moved(-1),
        **dict.fromkeys(("take", "flip", "reshape", "Identity", "Reshape"), _kept),
    }
)
