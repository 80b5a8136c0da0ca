"""Networks whose products of matrices are so small that a second thread costs more than it computes."""

from collections.abc import Iterator
from math import prod

from recipe.program.programs import Program

SHARED_FLOP = 8e6
"""Of a product, from which on threads that share it gain.

A step of the MLP 784-64-10 by XLA with one thread and with two, on 2 cores: at batch 32 (3.2e6) 0.15 ms
and 0.16, at batch 128 (13e6) 0.41 and 0.37 (`python -m tests.benchmarks.step_time --models mlp-32 mlp-128
--contestants fit xla "xla one thread"`).
"""
# Layers that give as many numbers as they take, each for little work.
SAME_SHAPE = frozenset(
    "Activation AlphaDropout BatchNormalization Dropout ELU GaussianDropout GaussianNoise Identity "
    "LayerNormalization LeakyReLU Normalization PReLU ReLU Rescaling RMSNormalization Softmax".split()
)


def are_small(program: Program) -> bool:
    """Whether no product of a step is worth a second thread; False where a layer is not known here."""
    return all(flop is not None and flop < SHARED_FLOP for flop in _products(program))


def _products(program: Program) -> Iterator[float | None]:
    """Floating-point operations of each product in a step; None of a layer that is not known here."""
    size = program.training.batch_size
    shapes = dict(program.facts.shapes) if program.facts else {}
    for layer in program.graph.layers:
        shape = shapes.get(layer.wires[0].layer) if len(layer.wires) == 1 else None
        name, units = layer.call.target.removeprefix("keras.layers."), layer.call.get("units")
        if shape is None or not isinstance(size, int):
            yield None
        elif name == "Flatten":
            shapes[layer.name] = (prod(shape),)
        elif name == "Dense" and isinstance(units, int):
            shapes[layer.name] = (*shape[:-1], units)
            yield 2.0 * size * prod(shape) * units
        elif name in SAME_SHAPE:
            shapes[layer.name] = shape
        else:
            yield None
