"""What is minimized and measured: head, loss and metrics that fit the target and each other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Origin, Unknown, Value
from recipe.diagnostics.conflicts import DoesNotFitTarget, HeadAfterAll
from recipe.diagnostics.problems import Problem
from recipe.program.facts import Target
from recipe.program.names import snake_case
from recipe.program.programs import Graph
from recipe.program.wiring import HEAD


@dataclass(frozen=True, slots=True)
class Objective:
    """What a kind of target asks for.

    Args:
        loss: class of the loss.
        dense_loss: its twin for one-hot targets, when there is one.
        metrics: class and name of each metric of `metrics: auto`.
        accuracy: class behind the word `accuracy`, if it makes sense.
    """

    loss: str
    dense_loss: str = ""
    metrics: tuple[tuple[str, str], ...] = ()
    accuracy: str = ""


OBJECTIVES: Mapping[str, Objective] = {
    "category": Objective(
        "SparseCategoricalCrossentropy",
        "CategoricalCrossentropy",
        (("SparseCategoricalAccuracy", "accuracy"),),
        "SparseCategoricalAccuracy",
    ),
    "flag": Objective(
        "BinaryCrossentropy",
        metrics=(("BinaryAccuracy", "accuracy"), ("AUC", "auc")),
        accuracy="BinaryAccuracy",
    ),
    "number": Objective("MeanSquaredError", metrics=(("MeanAbsoluteError", "mae"),)),
}
DENSE_TWINS = {
    "SparseCategoricalCrossentropy": "CategoricalCrossentropy",
    "SparseCategoricalAccuracy": "CategoricalAccuracy",
    "SparseTopKCategoricalAccuracy": "TopKCategoricalAccuracy",
}
PROBABILITIES = frozenset({"softmax", "sigmoid", "hard_sigmoid"})
AUTO = "auto, from the target"


def settle_heads(graph: Graph, targets: tuple[Target, ...]) -> Graph:
    """The graph with every `head` replaced by the Dense that its target asks for: logits, in float32."""
    by_name = {target.name: target for target in targets}
    owner = {wire.layer: by_name.get(name) for name, wire in graph.outputs.items()}
    layers = (
        replace(layer, call=_dense(layer.call, owner.get(layer.name))) if layer.call.target == HEAD else layer
        for layer in graph.layers
    )
    return replace(graph, layers=tuple(layers))


def _dense(head: Call, target: Target | None) -> Call:
    units: Value = Unknown(("data.classes",)) if target is None else max(1, len(target.classes))
    if target is not None and target.kind != "category":
        units = 1
    reason = "head: auto" if target is None else f"head: the target `{target.name}` is a {target.kind}"
    arguments = {
        "units": Argument(units, Origin(None, reason)),
        "dtype": Argument("float32", Origin(None, "head: outputs and losses stay in float32")),
    }
    return Call("Dense", "keras.layers.Dense", arguments, head.origin)


def ends_in_logits(graph: Graph) -> bool:
    """Whether the network's output is unbounded, not a probability."""
    last = graph.layer(next(iter(graph.outputs.values())).layer)
    activation = last.call.get("activation")
    return activation not in PROBABILITIES and last.call.name != "Softmax"


@dataclass(frozen=True, slots=True)
class Objectives:
    """The settled loss and metrics, and whether targets must be one-hot for them."""

    loss: Call
    metrics: tuple[Call, ...]
    one_hot: bool


def settle(
    written_loss: Value,
    written_metrics: Value,
    smoothing: Argument | None,
    target: Target | None,
    logits: bool,
    problems: list[Problem],
) -> Objectives:
    """Loss and metrics for one target.

    Args:
        written_loss: `auto` or a Call.
        written_metrics: `auto` or Calls.
        smoothing: label smoothing in [0, 1) (arXiv 1512.00567, section 7), if any.
        target: None while the data is not read; then a category is assumed.
        logits: whether the network ends in logits.
        problems: where problems go.
    """
    kind = "category" if target is None else target.kind
    objective = OBJECTIVES[kind]
    loss = written_loss if isinstance(written_loss, Call) else _auto("loss", objective.loss)
    one_hot = smoothing is not None and loss.name in DENSE_TWINS
    if one_hot:
        loss = _renamed(loss, DENSE_TWINS[loss.name], "label smoothing needs one-hot targets")
    loss = _with_logits(loss, logits, problems)
    if smoothing is not None:
        loss = _smoothed(loss, smoothing, kind, problems)
    one_hot = one_hot or (kind == "category" and loss.name.startswith("Categorical"))
    metrics = _metrics(written_metrics, objective, kind, problems)
    return Objectives(loss, tuple(_metric(metric, logits, one_hot) for metric in metrics), one_hot)


def _auto(family: str, name: str, *, as_name: str = "") -> Call:
    row = lookup.find(family, name)
    target = row.target if row else f"keras.{family}s.{name}"
    call = Call(name, target, origin=Origin(None, AUTO))
    return call.with_argument("name", as_name, Origin(None, AUTO)) if as_name else call


def _renamed(call: Call, name: str, reason: str) -> Call:
    package = call.target.rsplit(".", 1)[0]
    origin = replace(call.origin, reason=reason)
    return Call(name, f"{package}.{name}", call.arguments, origin)


def _takes(family: str, call: Call, argument: str) -> bool:
    row = lookup.find(family, call.name)
    return row is not None and row.parameter(argument) is not None


def _with_logits(loss: Call, logits: bool, problems: list[Problem]) -> Call:
    if not _takes("loss", loss, "from_logits"):
        return loss
    if "from_logits" in loss:
        if loss["from_logits"] is not logits:
            problems.append(HeadAfterAll(loss.span_of("from_logits"), loss.name, logits))
        return loss
    return loss.with_argument("from_logits", logits, Origin(None, "from the last layer"))


def _smoothed(loss: Call, smoothing: Argument, kind: str, problems: list[Problem]) -> Call:
    if not _takes("loss", loss, "label_smoothing"):
        problems.append(DoesNotFitTarget(smoothing.origin.span, "regularization", "label_smoothing", kind))
        return loss
    return loss.with_argument("label_smoothing", smoothing.value, smoothing.origin)


def _metrics(written: Value, objective: Objective, kind: str, problems: list[Problem]) -> tuple[Call, ...]:
    if not isinstance(written, tuple):
        return tuple(_auto("metric", name, as_name=as_name) for name, as_name in objective.metrics)
    found = []
    for metric in written:
        if not isinstance(metric, Call):
            continue
        if metric.target != "recipe:accuracy":
            found.append(metric)
        elif objective.accuracy:
            arguments = {"name": Argument("accuracy", metric.origin), **metric.arguments}
            target = f"keras.metrics.{objective.accuracy}"
            found.append(Call(objective.accuracy, target, arguments, metric.origin))
        else:
            instead = ", ".join(f"`{name}`" for name, _ in objective.metrics)
            problems.append(DoesNotFitTarget(metric.origin.span, "metrics", "accuracy", kind, instead))
    return tuple(found)


def _metric(metric: Call, logits: bool, one_hot: bool) -> Call:
    """A metric with a name that never depends on a counter, reading what the network gives."""
    if one_hot and metric.name in DENSE_TWINS:
        metric = _renamed(metric, DENSE_TWINS[metric.name], "targets are one-hot")
    if "name" not in metric:
        metric = metric.with_argument("name", snake_case(metric.name), Origin(None, "the class's name"))
    if logits and metric.name == "BinaryAccuracy" and "threshold" not in metric:
        metric = metric.with_argument("threshold", 0.0, Origin(None, "outputs are logits"))
    if logits and _takes("metric", metric, "from_logits") and "from_logits" not in metric:
        metric = metric.with_argument("from_logits", logits, Origin(None, "outputs are logits"))
    return metric
