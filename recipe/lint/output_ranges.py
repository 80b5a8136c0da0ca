"""Numbers that the output cannot reach, or begins far from."""

import math
from collections.abc import Iterator

from recipe.diagnostics.lint_outputs import FarTarget, TargetOutOfReach
from recipe.lint.graphs import LINEAR, activation_of, outputs_of, takes
from recipe.program.facts import Target
from recipe.program.programs import Program

UNIT = (0.0, 1.0)
BOTH_SIDES = (-1.0, 1.0)
POSITIVE = (0.0, math.inf)
REACH = {
    **dict.fromkeys(("sigmoid", "hard_sigmoid", "softmax"), UNIT),
    **dict.fromkeys(("tanh", "hard_tanh", "softsign"), BOTH_SIDES),
    **dict.fromkeys(("relu", "softplus", "exponential"), POSITIVE),
    "relu6": (0.0, 6.0),
}
FAR = 10.0


def target_out_of_reach(program: Program) -> Iterator[TargetOutOfReach]:
    """L109: targets that lie outside the range of the last activation, as their mean and spread prove."""
    target = _number_target(program)
    if target is None:
        return
    for layer in outputs_of(program.graph):
        activation = activation_of(layer)
        low, high = REACH.get(activation, (-math.inf, math.inf))
        if _leaves(target, low, high):
            yield TargetOutOfReach(
                layer.call.span_of("activation"),
                layer.name,
                activation,
                low,
                high,
                target.name,
                target.mean,
                target.std,
            )


def _leaves(target: Target, low: float, high: float) -> bool:
    """Whether some target must lie outside [low, high].

    Values inside have their mean inside, and a variance of at most (mean - low)(high - mean) (Bhatia and
    Davis, 2000).
    """
    if target.mean < low or target.mean > high:
        return True
    if math.isinf(low) or math.isinf(high):
        return False
    return target.std**2 > (target.mean - low) * (high - target.mean) * (1 + 1e-6)


def far_target(program: Program) -> Iterator[FarTarget]:
    """L110: a linear output whose bias begins at zero, far from the targets."""
    target = _number_target(program)
    if target is None or abs(target.mean) <= max(FAR, target.std):
        return
    for layer in outputs_of(program.graph):
        call = layer.call
        begins_at_zero = takes(call, "bias_initializer") and "bias_initializer" not in call
        if begins_at_zero and call.get("use_bias") is not False and activation_of(layer) == LINEAR:
            yield FarTarget(layer.span, target.name, layer.name, target.mean)


def _number_target(program: Program) -> Target | None:
    targets = program.facts.targets if program.facts else ()
    return targets[0] if len(targets) == 1 and targets[0].kind == "number" else None
