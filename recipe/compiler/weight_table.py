"""The weights of a network, a row each: how they begin, and whether they learn and decay."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras

from recipe.compiler.networks import Network
from recipe.compiler.optimizers import decays
from recipe.compiler.weights import AXES, starts
from recipe.program.programs import Program


@dataclass(frozen=True, slots=True)
class WeightRow:
    """One weight.

    Args:
        path: of the weight, as patterns over weights match it.
        shape: of its array.
        begins: the initializer, with the arguments that are not Keras's defaults.
        learns: whether the optimizer changes it.
        decays: whether weight decay touches it.
    """

    path: str
    shape: tuple[int, ...]
    begins: str
    learns: bool
    decays: bool


def weight_rows(program: Program, network: Network) -> tuple[WeightRow, ...]:
    """A row for every weight, in the order of the layers.

    Args:
        program: settled.
        network: with or without values, its initializers still there.
    """
    begun = starts(network.graph)
    return tuple(_rows(program, network, begun))


def _rows(program: Program, network: Network, begun: dict[str, Any]) -> Iterator[WeightRow]:
    for weight in network.model.weights:
        learns = bool(weight.trainable)
        initializer = begun.get(weight.path, weight._initializer)
        own = network.groups.decays.get(weight.path, program.decay.value if program.decay else 0.0)
        patterns = program.decay.exclude if program.decay else ()
        touched = learns and own > 0 and decays(weight.path, patterns)
        yield WeightRow(weight.path, tuple(weight.shape), _spelled(initializer), learns, touched)


def _spelled(initializer: Any) -> str:
    """`VarianceScaling(scale=0.5)`: a class, and what differs from its defaults; seeds come from the path."""
    if not isinstance(initializer, keras.initializers.Initializer):
        return getattr(initializer, "__name__", str(initializer))
    kind = type(initializer)
    config = initializer.get_config()
    try:
        usual = kind().get_config()
    except TypeError:  # a class whose arguments have no defaults
        usual = {}
    changed = [
        f"{name}={_short(value)}"
        for name, value in config.items()
        if name not in ("seed", *AXES) and value != usual.get(name)
    ]
    return f"{kind.__name__}({', '.join(changed)})" if changed else kind.__name__


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{len(value)} values" if isinstance(value, list | tuple) else str(value)
