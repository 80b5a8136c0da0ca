"""How a layer is called on what it is fed: what compiler and eject must agree on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from recipe.catalog import lookup
from recipe.catalog.calls import Call
from recipe.program.graphs import Inputs, Layer, Tensors

OPERATIONS = "keras.ops."
LAYERS = "keras.layers."
BACKBONE = "recipe:Backbone"
TAKE_ONE = ("keras.applications.", "recipe:head")
ONE = ("inputs",)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The tensors of one call.

    Args:
        positional: in order; a tuple inside is one list.
        named: by argument of the call.
    """

    positional: tuple[Tensors, ...] = ()
    named: Mapping[str, Tensors] = field(default_factory=lambda: MappingProxyType({}))


def arrange(layer: Layer) -> Arrangement:
    """A merging layer takes one list; an attention with one input attends to itself."""
    if isinstance(layer.inputs, Mapping):
        return Arrangement(named=layer.inputs)
    inputs, takes_list = lookup.inputs_of(layer.call.name)
    if takes_list:
        return Arrangement((layer.inputs,))
    if len(layer.inputs) > 1 and layer.call.target.startswith(OPERATIONS):
        operands = (name for name in lookup.tensors_of(layer.call.name) if name not in layer.call)
        return Arrangement(named=dict(zip(operands, layer.inputs, strict=False)))
    if len(layer.inputs) == 1 and len(inputs) > 1 and not layer.call.target.startswith(OPERATIONS):
        return Arrangement(layer.inputs * len(inputs))
    return Arrangement(layer.inputs)


def misfed(call: Call, inputs: Inputs) -> tuple[str, ...] | None:
    """What a layer or an operation takes, when it is fed too much or too little; else None.

    Masks are fed by name, so that none stands where something else was meant.

    Args:
        call: of the layer.
        inputs: what it is fed.
    """
    is_operation = call.target.startswith(OPERATIONS)
    required, operands = _in_order(call.target, call.name)
    if is_operation:  # what is written as a constant is not fed
        required, operands = (
            tuple(one for one in names if one not in call) for names in (required, operands)
        )
    if not operands:
        return None
    if isinstance(inputs, Mapping):
        return None if set(required) <= set(inputs) else required
    least = len(required) if is_operation else 1
    if least <= len(inputs) <= len(operands):
        return None
    return required if len(inputs) < least else operands


@cache
def _in_order(target: str, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tensors that a call must get, and those that it may get in order; none where nothing is known."""
    if target.startswith(TAKE_ONE):
        return ONE, ONE
    if target == BACKBONE:  # one, or several by the names that its preset has
        return (), ONE
    required, takes_list = lookup.inputs_of(name)
    if takes_list or not target.startswith((OPERATIONS, LAYERS)):
        return (), ()
    return required, tuple(tensor for tensor in lookup.tensors_of(name) if "mask" not in tensor)
