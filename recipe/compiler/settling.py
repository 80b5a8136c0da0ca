"""What only shapes can settle: projections of shortcuts, and the mask of a dropped path.

While a network is built, layers that hang on shapes become layers of Keras, or fall away; what remains is the
settled graph, which holds nothing but classes and functions of Keras.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from recipe.catalog.calls import Argument, Call, Origin, Value
from recipe.program.graphs import Graph, Layer, Tensors, Wire
from recipe.program.structures import CHOOSE, DROP_PATH, PROJECT

# By the number of axes without the batch. The last is that of the features.
PROJECTIONS = {1: "Dense", 2: "Conv1D", 3: "Conv2D", 4: "Conv3D"}


@dataclass(slots=True)
class Settling:
    """Settles the layers of one graph in their order.

    Args:
        tensors: of the layers built so far, by wire.
        layers: settled so far.
        passed_on: wires of layers that fell away, and what stands in their place.
    """

    tensors: Mapping[Wire, Any]
    layers: list[Layer] = field(default_factory=list)
    passed_on: dict[Wire, Wire] = field(default_factory=dict)

    def settle(self, written: Layer) -> Layer | None:
        """The layer of Keras that a layer becomes; None when it falls away."""
        if written.unless_equal and self._are_equal(*map(self._now, written.unless_equal)):
            return None
        layer = self._rewired(written)
        settle = _SETTLED.get(layer.call.target)
        settled = settle(self, layer) if settle else layer
        if settled is not None:
            settled = replace(settled, unless_equal=())
            self.layers.append(settled)
        return settled

    def graph(self, written: Graph) -> Graph:
        """The settled graph."""
        outputs = {name: self._now(wire) for name, wire in written.outputs.items()}
        residuals = tuple(replace(one, body=self._now(one.body)) for one in written.residuals)
        return Graph(written.inputs, tuple(self.layers), outputs, residuals)

    def _now(self, wire: Wire) -> Wire:
        return self.passed_on.get(wire, wire)

    def _rewired(self, layer: Layer) -> Layer:
        if isinstance(layer.inputs, Mapping):
            return replace(layer, inputs={name: self._all_now(fed) for name, fed in layer.inputs.items()})
        return replace(layer, inputs=tuple(map(self._now, layer.inputs)))

    def _all_now(self, fed: Tensors) -> Tensors:
        return tuple(map(self._now, fed)) if isinstance(fed, tuple) else self._now(fed)

    def _are_equal(self, one: Wire, other: Wire) -> bool:
        return self._shape(one) == self._shape(other)

    def _shape(self, wire: Wire) -> tuple[int | None, ...]:
        """The shape of what a wire carries, without the batch."""
        return tuple(self.tensors[wire].shape)[1:]

    def project(self, layer: Layer) -> Layer | None:
        """A convolution of size 1 from the input's shape to the body's (arXiv 1512.03385, option B)."""
        start, body = layer.wires
        if self._are_equal(start, body):
            self.passed_on[Wire(layer.name)] = start
            return None
        *sizes, features = self._shape(body)
        name = PROJECTIONS[min(len(sizes) + 1, max(PROJECTIONS))]
        origin = Origin(None, "shortcut: project, the shapes differ")
        arguments: dict[str, Value] = {"use_bias": False}
        if name == "Dense":
            arguments["units"] = features
        else:
            strides = map(_stride, self._shape(start)[:-1], sizes)
            arguments |= {"filters": features, "kernel_size": 1, "strides": tuple(strides), "padding": "same"}
        written = {name: Argument(value, origin) for name, value in arguments.items()}
        call = Call(name, f"keras.layers.{name}", {**written, **layer.call.arguments}, layer.call.origin)
        return replace(layer, call=call, inputs=(start,))

    def choose(self, layer: Layer) -> None:
        """The input where the shapes are equal, else what the shortcut's own layers made of it."""
        start, body, projected = layer.wires
        self.passed_on[Wire(layer.name)] = start if self._are_equal(start, body) else projected

    def drop_path(self, layer: Layer) -> Layer:
        """A Dropout with one number for an example (stochastic depth, arXiv 1603.09382)."""
        axes = len(self._shape(layer.wires[0]))
        origin = Origin(None, "drop_path: an example keeps or skips the whole body")
        call = layer.call.with_argument("noise_shape", (None, *(1,) * axes), origin)
        return replace(layer, call=replace(call, target="keras.layers.Dropout"))


def _stride(start: int | None, body: int | None) -> int:
    """The stride that makes `body` places of `start`, with padding `same`."""
    return math.ceil(start / body) if start and body else 1


_SETTLED = {PROJECT: Settling.project, CHOOSE: Settling.choose, DROP_PATH: Settling.drop_path}
