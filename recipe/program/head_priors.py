"""`init.head_bias: prior`: the bias of an output says what the target is on average before it learns.

Lin et al., arXiv 1708.02002, section 4.1, for rare positives; the same holds for every class: with weights
that say nothing yet, `softmax(log p) = p` and `sigmoid(log(p / (1 - p))) = p`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from recipe.catalog.calls import Call, Origin
from recipe.diagnostics.initialization import NoPrior
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.facts import Target
from recipe.program.graphs import Graph, Layer

PRIOR = "prior"
BIAS = "bias_initializer"
NO_BIAS = "no bias of its own"
OUTPUTS = frozenset({"Dense", "head"})
ACTIVATIONS = frozenset({None, "linear", "softmax", "sigmoid"})


def begin_at_priors(
    graph: Graph, targets: tuple[Target, ...], span: Span | None, problems: list[Problem]
) -> Graph:
    """The graph with the bias of every output begun at the prior of its target.

    Args:
        graph: heads settled.
        targets: with their statistics over the training split; none while the data is not read.
        span: of `init.head_bias`.
        problems: R338 for an output without a bias of its own.
    """
    by_name = {target.name: target for target in targets}
    changed = {}
    for name, wire in graph.outputs.items():
        layer = graph.by_name.get(wire.layer)
        if layer is None:
            continue
        if refused := _refused(layer.call, by_name.get(name)) or (
            "no bias of its own" if layer.shares else ""
        ):
            problems.append(NoPrior(span, f"the output `{layer.name}` has {refused}"))
        elif name in by_name and (BIAS not in layer.call or layer.call.arguments[BIAS].origin.reason):
            changed[layer.name] = _begun(layer, by_name[name], span)
    return replace(graph, layers=tuple(changed.get(layer.name, layer) for layer in graph.layers))


def _refused(call: Call, target: Target | None) -> str:
    """What keeps a layer from saying the prior of a target, in words."""
    if call.name not in OUTPUTS or call.get("use_bias") is False:
        return NO_BIAS
    if call.get("activation") not in ACTIVATIONS:
        return "an activation of its own"
    fits = target is None or len(prior_of(target)) in (1, call.get("units"))
    return "" if fits else "other units than the target has classes"


def _begun(layer: Layer, target: Target, span: Span | None) -> Layer:
    origin = Origin(span, f"init.head_bias: prior, from the training split of `{target.name}`")
    prior = prior_of(target)
    constant = Call("Constant", "keras.initializers.Constant", origin=origin)
    constant = constant.with_argument("value", prior if len(prior) > 1 else prior[0], origin)
    return layer.with_call(layer.call.with_argument(BIAS, constant, origin))


def prior_of(target: Target) -> tuple[float, ...]:
    """What the output of a target says before it sees an example: a logit for each class, or the mean.

    A class that the training split lacks counts as seen once, since the logarithm of nothing is not finite.
    """
    return _PRIORS[target.kind](target)


def _of_category(target: Target) -> tuple[float, ...]:
    total = max(1, sum(target.counts))
    return tuple(math.log(max(1, count) / total) for count in target.counts)


def _of_flag(target: Target) -> tuple[float, ...]:
    negative, positive = (max(1, count) for count in target.counts)
    return (math.log(positive / negative),)


def _of_labels(target: Target) -> tuple[float, ...]:
    """The log odds of each label; one that all examples have counts as absent once."""
    seen = (min(max(1, count), max(1, target.num_counted - 1)) for count in target.counts)
    return tuple(math.log(count / max(1, target.num_counted - count)) for count in seen)


def _of_number(target: Target) -> tuple[float, ...]:
    return (target.mean,)


_PRIORS: Mapping[str, Callable[[Target], tuple[float, ...]]] = {
    "category": _of_category,
    "labels": _of_labels,
    "flag": _of_flag,
    "number": _of_number,
}
