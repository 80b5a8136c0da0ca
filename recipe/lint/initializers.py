"""Initializers that do not fit the activation."""

from collections.abc import Iterator

from recipe.catalog.calls import Call
from recipe.diagnostics.lint_regularization import GlorotUnderRelu, HeUnderOther
from recipe.lint.graphs import (
    LINEAR,
    NORMS,
    RELU_FAMILY,
    activation_of,
    is_activation,
    outputs_of,
)
from recipe.program.graphs import Layer
from recipe.program.initialization import BY_ACTIVATION, KERNEL_SLOTS, OTHERWISE
from recipe.program.programs import Program

DEEP = 8
SATURATING = frozenset("tanh hard_tanh softsign sigmoid hard_sigmoid selu".split())


def glorot_under_relu(program: Program) -> Iterator[GlorotUnderRelu]:
    """L207: more than eight ReLU layers without a norm that begin with Glorot's variance."""
    layers = program.graph.layers
    if any(layer.call.name in NORMS for layer in layers):
        return
    found = [
        (initializer, layer)
        for layer, initializer, activation in _initialized(program)
        if activation in RELU_FAMILY and initializer.name.startswith("Glorot")
    ]
    if len(found) > DEEP:
        initializer, layer = found[0]
        yield GlorotUnderRelu(initializer.origin.span or layer.span, initializer.name, len(found))


def he_under_other(program: Program) -> Iterator[HeUnderOther]:
    """L208: the first hidden layer with He's variance and an activation that is no ReLU."""
    ends = {layer.name for layer in outputs_of(program.graph)}
    for layer, initializer, activation in _initialized(program):
        if layer.name in ends or activation not in SATURATING or not initializer.name.startswith("He"):
            continue
        wanted = BY_ACTIVATION.get(activation, OTHERWISE)
        span = initializer.origin.span or layer.span
        yield HeUnderOther(span, layer.name, initializer.name, activation, wanted)
        return


def _initialized(program: Program) -> Iterator[tuple[Layer, Call, str]]:
    """Layers with a kernel, its initializer, and the activation that is theirs or follows at once."""
    followers = program.graph.followers
    for layer in program.graph.layers:
        initializer = next((layer.call.get(slot) for slot in KERNEL_SLOTS if slot in layer.call), None)
        if not isinstance(initializer, Call):
            continue
        activation, after = activation_of(layer), followers.get(layer.name, ())
        if activation == LINEAR and len(after) == 1 and is_activation(after[0]):
            activation = activation_of(after[0])
        yield layer, initializer, activation
