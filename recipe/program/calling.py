"""How a layer is called on what it is fed: what compiler and eject must agree on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from recipe.catalog import lookup
from recipe.program.programs import Layer, Wire


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The tensors of one call.

    Args:
        positional: in order; a tuple inside is one list.
        named: by argument of the call.
    """

    positional: tuple[Wire | tuple[Wire, ...], ...] = ()
    named: Mapping[str, Wire] = field(default_factory=lambda: MappingProxyType({}))


def arrange(layer: Layer) -> Arrangement:
    """A merging layer takes one list; an attention with one input attends to itself."""
    if isinstance(layer.inputs, Mapping):
        return Arrangement(named=layer.inputs)
    required, takes_list = lookup.inputs_of(layer.call.name)
    if takes_list:
        return Arrangement((layer.inputs,))
    if len(layer.inputs) == 1 and len(required) > 1:
        return Arrangement(layer.inputs * len(required))
    return Arrangement(layer.inputs)
