"""What a training step needs in memory, from shapes alone: nothing is allocated."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras

from recipe.compiler.activations import bytes_of
from recipe.compiler.constructing import construct
from recipe.compiler.layer_calls import num_elements
from recipe.compiler.networks import Network
from recipe.program.programs import Program

# Sizes of the axes of stand-ins for weights; different, so that an axis is known by its size.
_AXES = (2, 3, 5, 7, 11, 13, 17)
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes on one device.

    Args:
        weights: all of them, at the precision that they are stored in.
        compute_weights: their copies at the precision of the products, where it is another.
        gradients: of the weights that learn.
        optimizer: what the optimizer remembers.
        activations: what the pass forward keeps for the pass back at the device's share of the batch, or
            of one part of it, an estimate; None where a layer's cost is not known.
        data: the training split, which lies on the device.
    """

    weights: int
    compute_weights: int
    gradients: int
    optimizer: int
    activations: int | None
    data: int

    @property
    def total(self) -> int:
        """All together."""
        held = self.weights + self.compute_weights + self.gradients + self.optimizer + self.data
        return held + (self.activations or 0)


def memory(program: Program, network: Network, devices: int = 1) -> Memory:
    """The memory of a training step on each of several devices that share the batch.

    Args:
        program: with facts.
        network: its network; the weights need no values.
        devices: each with all weights, and an equal part of the batch.
    """
    model = network.model
    examples = math.ceil(int(str(program.training.batch_size)) / devices / program.training.accumulate)
    learned = _bytes(model.trainable_variables)
    return Memory(
        weights=_bytes(model.variables),
        compute_weights=_compute_copies(model),
        gradients=learned * (1 if program.training.accumulate == 1 else 2),  # of a part, and their sum
        optimizer=optimizer_bytes(construct(program.optimizer), model.trainable_variables),
        activations=activation_bytes(model, [row.kept_bytes for row in network.table], examples),
        data=_data(program),
    )


def optimizer_bytes(optimizer: Any, variables: Sequence[Any]) -> int:
    """What an optimizer remembers about weights that need no values.

    It is built for small stand-ins instead. Each of its slots has axes of the weight that it is about, which
    are known by their sizes. Weights of one shape whose paths differ in numbers only, as those of repeated
    layers do, have one stand-in.

    Args:
        optimizer: not built yet.
        variables: that it will train.
    """
    alike: dict[tuple[tuple[int, ...], str, str], list[Any]] = {}
    for variable in variables:
        key = (tuple(variable.shape), variable.dtype, _NUMBER.sub("", variable.path))
        alike.setdefault(key, []).append(variable)
    return sum(len(group) * _slot_bytes(optimizer, group[0]) for group in alike.values())


def _slot_bytes(optimizer: Any, variable: Any) -> int:
    """What is remembered about one weight."""
    sizes = dict(zip(_AXES, variable.shape, strict=False))
    fresh = type(optimizer).from_config(optimizer.get_config())
    before = len(fresh.variables)
    fresh.build([_stand_in(variable)])
    return sum(
        math.prod(sizes.get(size, size) for size in slot.shape) * bytes_of(slot.dtype)
        for slot in fresh.variables[before:]
    )


def _stand_in(variable: Any) -> Any:
    shape = _AXES[: len(variable.shape)]
    made = keras.Variable(initializer="zeros", shape=shape, dtype=variable.dtype, name=variable.name)
    made._path = variable.path  # some optimizers choose by it
    return made


def activation_bytes(model: Any, kept: Sequence[int | None], examples: int) -> int | None:
    """What the pass forward keeps for the pass back, an estimate.

    Args:
        model: whose inputs are kept, and whose outputs are kept twice more, as probabilities and as gradient.
        kept: bytes that each of its layers keeps of one example; None where that is not known.
        examples: in the batch.
    """
    known = [count for count in kept if count is not None]
    if len(known) < len(kept):
        return None
    shapes = [tuple(tensor.shape)[1:] for tensor in (*model.inputs, *model.outputs, *model.outputs)]
    return examples * (sum(known) + 4 * num_elements(shapes))


def _compute_copies(model: Any) -> int:
    """Weights are cast before they are used where a layer computes at another precision."""
    seen: dict[int, int] = {}
    for layer in model._flatten_layers():
        if layer.compute_dtype == layer.variable_dtype:
            continue
        own = [*layer._trainable_variables, *layer._non_trainable_variables]
        seen |= {id(variable): _size(variable) * bytes_of(layer.compute_dtype) for variable in own}
    return sum(seen.values())


def _data(program: Program) -> int:
    if program.facts is None:
        return 0
    facts = program.facts
    inputs = sum(math.prod(fact.shape) * bytes_of(fact.dtype) for fact in facts.inputs.values())
    targets = sum(math.prod(target.shape) * 4 for target in facts.targets)
    return facts.examples["train"] * (inputs + targets)


def _size(variable: Any) -> int:
    return math.prod(variable.shape)


def _bytes(variables: Sequence[Any]) -> int:
    return sum(_size(variable) * bytes_of(variable.dtype) for variable in variables)


def traffic(kept: int, model: Any, slots: Sequence[Any]) -> int:
    """Bytes that one update moves to and from memory, if no cache holds anything.

    Every activation and its gradient is written once and read once. Every weight is read forward and back,
    its gradient is written and read, and the update reads and writes the weight and its slots.

    Args:
        kept: bytes of the activations of the batch.
        model: the network.
        slots: variables of the optimizer.
    """
    weights, learned = _bytes(model.variables), _bytes(model.trainable_variables)
    return 4 * kept + 3 * weights + 3 * learned + 2 * _bytes(slots)
