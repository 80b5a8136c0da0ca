"""Outputs and losses that speak of different problems."""

from collections.abc import Iterator

from recipe.catalog.calls import Unknown
from recipe.diagnostics.lint_outputs import (
    ActivationAgainstLoss,
    BentLogits,
    ErrorOfSoftmax,
    OneOutputForClasses,
    QuantileOfClasses,
    SoftmaxOverOne,
)
from recipe.lint.graphs import activation_of, is_activation, lone_feeder, outputs_of, width_of
from recipe.lint.targets import kind_of_target, known_loss
from recipe.program.graphs import Layer
from recipe.program.programs import Program

# Activations that do not reach every number; `log_softmax` and `leaky_relu` are as good as logits.
BENT = frozenset(
    """
    relu relu6 elu selu gelu silu swish mish softplus softsign tanh hard_tanh exponential squareplus threshold
    """.split()
)
OVER_CLASSES = frozenset(
    "CategoricalCrossentropy SparseCategoricalCrossentropy CategoricalFocalCrossentropy".split()
)
PER_CLASS = frozenset("BinaryCrossentropy BinaryFocalCrossentropy".split())
DISTANCES = frozenset(
    """
    MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredLogarithmicError Huber LogCosh
    """.split()
)

QUANTILE = "quantile"


def softmax_over_one(program: Program) -> Iterator[SoftmaxOverOne]:
    """L101: a softmax over a single unit."""
    layers = program.graph.by_name
    for layer in program.graph.layers:
        if activation_of(layer) != "softmax" or layer.call.get("axis") not in (None, -1):
            continue
        source = lone_feeder(layer, layers) if is_activation(layer) else layer
        if source is not None and width_of(source) == 1:
            yield SoftmaxOverOne(layer.span, layer.name)


def bent_logits(program: Program) -> Iterator[BentLogits]:
    """L102: a bounded or bent activation where the loss reads logits."""
    loss = known_loss(program)
    if loss is None or loss.get("from_logits") is not True:
        return
    for layer in outputs_of(program.graph):
        activation = activation_of(layer)
        if activation in BENT:
            yield BentLogits(layer.call.span_of("activation"), layer.name, activation, loss.name)


def activation_against_loss(program: Program) -> Iterator[ActivationAgainstLoss]:
    """L103: sigmoid for exclusive classes, softmax for independent ones."""
    loss = known_loss(program)
    if loss is None:
        return
    for layer in outputs_of(program.graph):
        activation = activation_of(layer)
        wrong = (activation == "sigmoid" and loss.name in OVER_CLASSES) or (
            activation == "softmax" and loss.name in PER_CLASS
        )
        if wrong and width_of(layer) != 1:
            yield ActivationAgainstLoss(layer.call.span_of("activation"), layer.name, activation, loss.name)


def one_output_for_classes(program: Program) -> Iterator[OneOutputForClasses]:
    """L104: a loss over classes on one output."""
    loss = known_loss(program)
    if loss is None or loss.name not in OVER_CLASSES:
        return
    for layer in outputs_of(program.graph):
        if _is_single(layer, program) and activation_of(layer) != "softmax":
            yield OneOutputForClasses(loss.origin.span or layer.span, loss.name, layer.name)


def _is_single(layer: Layer, program: Program) -> bool:
    """Whether a layer has one unit: written, or a head whose target asks for one."""
    open_head = isinstance(layer.call.get("units"), Unknown) and layer.call.origin.span is not None
    return width_of(layer) == 1 or (open_head and kind_of_target(program) in ("flag", "number"))


def error_of_softmax(program: Program) -> Iterator[ErrorOfSoftmax]:
    """L105: a squared or absolute error of class probabilities."""
    loss = known_loss(program)
    if loss is None or loss.name not in DISTANCES:
        return
    for layer in outputs_of(program.graph):
        if activation_of(layer) == "softmax" and width_of(layer) != 1:
            yield ErrorOfSoftmax(loss.origin.span or layer.span, loss.name, layer.name)


def quantile_of_classes(program: Program) -> Iterator[QuantileOfClasses]:
    """L111: the quantile loss where the target is a class, labels or a flag."""
    loss, kind = known_loss(program), kind_of_target(program)
    if loss is not None and loss.name == QUANTILE and kind in ("category", "flag", "labels"):
        yield QuantileOfClasses(loss.origin.span, kind)
