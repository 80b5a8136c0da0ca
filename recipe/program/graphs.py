"""The network of a Program: layers that are wired to each other, flat and by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from recipe.catalog.calls import Argument, Call
from recipe.diagnostics.spans import Span


@dataclass(frozen=True, slots=True)
class Wire:
    """One output of one layer, or of an input.

    Args:
        layer: name of the layer or input that gives it.
        index: which of several outputs.
    """

    layer: str
    index: int = 0


Tensors = Wire | tuple[Wire, ...]
"""One tensor, or a list of them such as the states of an LSTM."""

Inputs = Mapping[str, Tensors] | tuple[Wire, ...]
"""What a layer is fed: in order, or by argument of its call."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the flat graph.

    Args:
        name: unique and the same in every process, such as `dense_1`; weights are `dense_1/kernel`.
        call: what is built, all passes applied.
        inputs: what it is fed: in order, or by argument of its call.
        call_arguments: further arguments of its call.
        span: where it was written.
        shares: the earlier layer that is called once more; empty for a layer of its own.
        unless_equal: two wires; the layer is left out when their shapes are equal.
        starts: initializers of weights that no argument of the layer reaches alone, by what follows the
            layer's name in the path of the weight, such as `attention_output/kernel`.
        named: how many of its outputs have a name; it gives at least as many.
    """

    name: str
    call: Call
    inputs: Inputs
    call_arguments: Mapping[str, Argument] = field(default_factory=lambda: MappingProxyType({}))
    span: Span | None = None
    shares: str = ""
    unless_equal: tuple[Wire, ...] = ()
    starts: Mapping[str, Call] = field(default_factory=lambda: MappingProxyType({}))
    named: int = 0

    def with_call(self, call: Call) -> "Layer":
        """A copy that calls something else."""
        return Layer(
            self.name,
            call,
            self.inputs,
            self.call_arguments,
            self.span,
            self.shares,
            self.unless_equal,
            self.starts,
            self.named,
        )

    @property
    def wires(self) -> tuple[Wire, ...]:
        """Everything it is fed, in order."""
        if isinstance(self.inputs, tuple):
            return self.inputs
        lists = (fed if isinstance(fed, tuple) else (fed,) for fed in self.inputs.values())
        return tuple(wire for wires in lists for wire in wires)


@dataclass(frozen=True, slots=True)
class Residual:
    """One `residual` of an architecture: what is added to its shortcut.

    Args:
        name: of the scope; the layers of its body are `name.body.*`.
        body: the last output of the body.
    """

    name: str
    body: Wire


@dataclass(frozen=True)  # no slots: what follows from the layers is worked out once
class Graph:
    """The network as a list of layers in an order in which they can be called.

    Args:
        inputs: names of the network's inputs.
        layers: each fed only by inputs and earlier layers.
        outputs: by target.
        residuals: in the order in which they are called.
    """

    inputs: tuple[str, ...]
    layers: tuple[Layer, ...]
    outputs: Mapping[str, Wire]
    residuals: tuple[Residual, ...] = ()

    def layer(self, name: str) -> Layer:
        """The layer of a name."""
        return self.by_name[name]

    @cached_property
    def by_name(self) -> Mapping[str, Layer]:
        """The layers by name; inputs are not among them."""
        return {layer.name: layer for layer in self.layers}

    @cached_property
    def followers(self) -> Mapping[str, tuple[Layer, ...]]:
        """By name of a layer or input, the layers that are fed by it."""
        found: dict[str, list[Layer]] = {}
        for layer in self.layers:
            for name in dict.fromkeys(wire.layer for wire in layer.wires):
                found.setdefault(name, []).append(layer)
        return {name: tuple(layers) for name, layers in found.items()}
