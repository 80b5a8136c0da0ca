"""What is minimized and measured: head, loss and metrics that fit the target and each other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Origin, Unknown, Value
from recipe.diagnostics.conflicts import DoesNotFitTarget, HeadAfterAll, NameTaken
from recipe.diagnostics.conflicts_slots import TakesNoSmoothing
from recipe.diagnostics.monitoring import SeveralValues
from recipe.diagnostics.problems import Problem
from recipe.program.facts import Target
from recipe.program.graphs import Graph, Layer
from recipe.program.names import snake_case
from recipe.program.probabilities import (
    OVER_PROBABILITIES,
    loss_over_probabilities,
    metric_over_logits,
    reading_classes,
    takes,
)
from recipe.program.sections import items_of
from recipe.program.wiring import HEAD


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a kind of target asks for.

    Args:
        loss: class of the loss.
        dense_loss: its twin for one-hot targets, when there is one.
        metrics: class and word of each metric of `metrics: auto`; the word is its name in the log.
    """

    loss: str
    dense_loss: str = ""
    metrics: tuple[tuple[str, str], ...] = ()


OBJECTIVES: Mapping[str, Defaults] = {
    "category": Defaults(
        "SparseCategoricalCrossentropy",
        "CategoricalCrossentropy",
        (("SparseCategoricalAccuracy", "accuracy"),),
    ),
    "labels": Defaults("BinaryCrossentropy", metrics=(("BinaryAccuracy", "accuracy"), ("AUC", "auc"))),
    "flag": Defaults("BinaryCrossentropy", metrics=(("BinaryAccuracy", "accuracy"), ("AUC", "auc"))),
    "number": Defaults("MeanSquaredError", metrics=(("MeanAbsoluteError", "mae"),)),
    "mask": Defaults(
        "SparseCategoricalCrossentropy",
        "CategoricalCrossentropy",
        (("SparseCategoricalAccuracy", "accuracy"), ("MeanIoU", "mean_iou")),
    ),
    "mask of two classes": Defaults(
        "BinaryCrossentropy", metrics=(("BinaryAccuracy", "accuracy"), ("BinaryIoU", "mean_iou"))
    ),
}
# Kinds that say where answers come from; what they are is another kind.
LEARNED_AS = {"next": "category", "sequence": "category", "mask": "category", "mask of two classes": "flag"}
_MASKS = {"category": "mask", "flag": "mask of two classes"}
DENSE_TWINS = {
    "SparseCategoricalCrossentropy": "CategoricalCrossentropy",
    "SparseCategoricalAccuracy": "CategoricalAccuracy",
    "SparseTopKCategoricalAccuracy": "TopKCategoricalAccuracy",
}
# Metrics that are a number for each class unless an argument says how these become one.
AVERAGED = {"F1Score": "average", "FBetaScore": "average"}
PROBABILITIES = frozenset({"softmax", "sigmoid", "hard_sigmoid"})
AUTO = "auto, from the target"


def settle_heads(graph: Graph, targets: tuple[Target, ...]) -> Graph:
    """The graph with every `head` replaced by the Dense that its target asks for: logits, in float32."""
    by_name = {target.name: target for target in targets}
    owner = {wire.layer: by_name.get(name) for name, wire in graph.outputs.items()}
    tied = {layer.shares for layer in graph.layers if layer.call.target == HEAD}

    def settled(layer: Layer) -> Layer:
        if layer.name in tied:
            origin = Origin(None, "head: outputs and losses stay in float32")
            return layer.with_call(layer.call.with_argument("reverse_dtype", "float32", origin))
        if layer.call.target != HEAD:
            return layer
        if layer.shares:
            reverse = {"reverse": Argument(True, Origin(layer.call.span_of("tied_to"), "tied_to"))}
            return replace(layer, call=graph.layer(layer.shares).call, call_arguments=reverse)
        return layer.with_call(_dense(layer.call, owner.get(layer.name)))

    return replace(graph, layers=tuple(settled(layer) for layer in graph.layers))


def _dense(head: Call, target: Target | None) -> Call:
    units: Value = Unknown(("data.classes",)) if target is None else units_of(target)
    reason = "head: auto" if target is None else f"head: the target `{target.name}` is {target.described}"
    arguments = {
        "units": Argument(units, Origin(None, reason)),
        "dtype": Argument("float32", Origin(None, "head: outputs and losses stay in float32")),
    }
    return Call("Dense", "keras.layers.Dense", arguments, head.origin)


def units_of(target: Target) -> int:
    """How many numbers say a target at one position: one for each class, or as many as there are."""
    if target.kind in ("category", "labels"):
        return max(1, len(target.classes))
    return target.shape[-1] if target.kind == "number" and target.shape else 1


def ends_in_logits(graph: Graph, output: str = "") -> bool:
    """Whether an output of the network, the first unless it is named, is unbounded and not a probability."""
    last = graph.layer(graph.outputs.get(output, next(iter(graph.outputs.values()))).layer)
    activation = last.call.get("activation")
    return activation not in PROBABILITIES and last.call.name != "Softmax"


def kinds_of(target: Target | None, written: Value) -> tuple[str, ...]:
    """The kinds that the target may have, the likeliest first.

    Args:
        target: what the data turned out to hold; None while it is not read.
        written: `data.target` of the spec.
    """
    if target is not None:
        return (_MASKS[target.kind] if target.is_mask else target.kind,)
    calls = written.values() if isinstance(written, Mapping) else ()
    names = [call.name for call in calls if isinstance(call, Call)]
    if names[:1] == ["mask"]:
        return tuple(_MASKS.values())
    kinds = (kind_learned(call) for call in calls if isinstance(call, Call))
    named = tuple(kind for kind in kinds if kind in OBJECTIVES)
    return named[:1] or tuple(OBJECTIVES)


def kind_learned(written: Call) -> str:
    """The kind of the answers that a kind of target in a spec stands for."""
    of = written.get("of")
    return str(of) if of == "number" else LEARNED_AS.get(written.name, written.name)


@dataclass(frozen=True, slots=True)
class Objectives:
    """The settled loss and metrics.

    Args:
        loss: what is minimized.
        metrics: what is measured, each with its name.
        one_hot: whether the targets must be one-hot for them.
        loggable: the metrics that the run may log, as far as the kind of the target is known.
    """

    loss: Call
    metrics: tuple[Call, ...]
    one_hot: bool
    loggable: tuple[Call, ...]


def settle(
    written_loss: Value,
    written_metrics: Value,
    smoothing: Argument | None,
    kinds: tuple[str, ...],
    logits: bool,
    problems: list[Problem],
    *,
    mixed: bool = False,
) -> Objectives:
    """Loss and metrics for one target.

    Args:
        written_loss: `auto`, a Call, or Calls to sum.
        written_metrics: `auto` or Calls.
        smoothing: label smoothing in [0, 1) (arXiv 1512.00567, section 7), if any.
        kinds: that the target may have; the first is assumed, and its misfits told if it is the only one.
        logits: whether the network ends in logits.
        problems: where problems go.
        mixed: whether examples are mixed, so that classes have shares.
    """
    about_kind: list[Problem] = problems if len(kinds) == 1 else []
    metrics = _metrics(written_metrics, kinds[0], about_kind)
    losses = _losses(written_loss, kinds[0])
    kind = LEARNED_AS.get(kinds[0], kinds[0])
    if kind == "labels":  # a class by its index is one class
        about_kind += (
            DoesNotFitTarget(one.origin.span, path, one.name, kind, f"`{instead}`")
            for path, calls, instead in (
                ("loss", losses, OBJECTIVES[kind].loss),
                ("metrics", metrics, OBJECTIVES[kind].metrics[0][0]),
            )
            for one in calls
            if one.name.startswith("Sparse")
        )
    if smoothing is not None:
        losses = tuple(_one_hot(loss, "label smoothing needs one-hot targets") for loss in losses)
    one_hot = kind == "category" and (mixed or not all(map(takes_indices, (*losses, *metrics))))
    losses = tuple(_one_hot(loss) if one_hot else loss for loss in losses)
    losses = tuple(_with_logits(loss, logits, problems) for loss in losses)
    if kind != "number":
        over = (loss.name in OVER_PROBABILITIES and bool(logits or smoothing) for loss in losses)
        losses = tuple(
            loss_over_probabilities(loss, kind, smoothing, logits=logits) if wrapped else loss
            for loss, wrapped in zip(losses, over, strict=True)
        )
    if smoothing is not None:
        losses = tuple(_smoothed(loss, smoothing, kind, about_kind) for loss in losses)
    if kind in ("category", "labels"):
        about_kind += (
            SeveralValues(metric.origin.span, metric.name, AVERAGED[metric.name])
            for metric in metrics
            if metric.name in AVERAGED and metric.get(AVERAGED[metric.name]) is None
        )
    settled = tuple(_metric(metric, kind, logits, one_hot) for metric in metrics)
    all_kinds = (metric for one in kinds for metric in _metrics(written_metrics, one, []))
    loggable = tuple(_named(metric) for metric in all_kinds)
    return Objectives(_summed(losses), settled, one_hot, loggable)


def _losses(written: Value, kind: str) -> tuple[Call, ...]:
    """The losses that are summed; mostly one."""
    listed = written if isinstance(written, tuple) else (written,)
    found = tuple(loss for loss in listed if isinstance(loss, Call))
    return found or (_auto("loss", OBJECTIVES[kind].loss),)


def _summed(losses: tuple[Call, ...]) -> Call:
    """The one loss, or the sum of several, each times its weight."""
    if len(losses) == 1:
        return losses[0]
    weights = tuple(float(str(loss["weight"])) if "weight" in loss else 1.0 for loss in losses)
    origin = losses[0].origin
    arguments = {
        "losses": Argument(tuple(loss.without("weight") for loss in losses), origin),
        "weights": Argument(weights, origin),
    }
    return Call("WeightedSum", "recipe.components.weighted_sum.WeightedSum", arguments, origin)


def takes_indices(call: Call) -> bool:
    """Whether a loss or metric reads a class as its index; the others read it one-hot."""
    return call.name.startswith("Sparse") or takes("metric", call, "sparse_y_true")


def _one_hot(call: Call, reason: str = "targets are one-hot") -> Call:
    """A loss or metric over indices as its twin over one-hot targets."""
    twin = DENSE_TWINS.get(call.name)
    return _renamed(call, twin, reason) if twin else call


def check_names(metrics: tuple[Call, ...], problems: list[Problem]) -> None:
    """Each metric needs a name of its own: the log has one column for each."""
    taken: dict[str, Call] = {}
    for metric in metrics:
        name = str(metric["name"])
        if name == "loss":
            problems.append(NameTaken(metric.span_of("name"), name, None, "the loss"))
        elif name in taken:
            problems.append(NameTaken(metric.span_of("name"), name, taken[name].span_of("name")))
        taken.setdefault(name, metric)


def _auto(family: str, name: str, *, as_name: str = "") -> Call:
    row = lookup.find(family, name)
    target = row.target if row else f"keras.{family}s.{name}"
    call = Call(name, target, origin=Origin(None, AUTO))
    return call.with_argument("name", as_name, Origin(None, AUTO)) if as_name else call


def _renamed(call: Call, name: str, reason: str) -> Call:
    package = call.target.rsplit(".", 1)[0]
    origin = replace(call.origin, reason=reason)
    return Call(name, f"{package}.{name}", call.arguments, origin)


def _with_logits(loss: Call, logits: bool, problems: list[Problem]) -> Call:
    if not takes("loss", loss, "from_logits"):
        return loss
    if "from_logits" in loss:
        if loss["from_logits"] is not logits:
            problems.append(HeadAfterAll(loss.span_of("from_logits"), loss.name, logits))
        return loss
    return loss.with_argument("from_logits", logits, Origin(None, "from the last layer"))


def _smoothed(loss: Call, smoothing: Argument, kind: str, problems: list[Problem]) -> Call:
    if loss.name in OVER_PROBABILITIES and kind != "number":
        return loss
    if not takes("loss", loss, "label_smoothing"):
        span = smoothing.origin.span
        is_auto = loss.origin.reason == AUTO
        misfit = DoesNotFitTarget(span, "regularization", "label_smoothing", kind)
        problems.append(misfit if is_auto else TakesNoSmoothing(span, loss.name))
        return loss
    return loss.with_argument("label_smoothing", smoothing.value, smoothing.origin)


def _metrics(written: Value, kind: str, problems: list[Problem]) -> tuple[Call, ...]:
    """The metrics of a kind of target; a word is the metric that `auto` calls so."""
    auto = OBJECTIVES[kind].metrics
    if not isinstance(written, tuple):
        return tuple(_auto("metric", name, as_name=as_name) for name, as_name in auto)
    by_word = {as_name: name for name, as_name in auto}
    found = []
    for metric in items_of(written):
        if lookup.find("metric_word", metric.name) is None:
            found.append(metric)
        elif name := by_word.get(metric.name):
            arguments = {"name": Argument(metric.name, metric.origin), **metric.arguments}
            found.append(Call(name, f"keras.metrics.{name}", arguments, metric.origin))
        else:
            instead = ", ".join(f"`{word}`" for word in by_word)
            problems.append(DoesNotFitTarget(metric.origin.span, "metrics", metric.name, kind, instead))
    return tuple(found)


def _named(metric: Call) -> Call:
    """A metric with a name that never depends on a counter."""
    if "name" in metric:
        return metric
    return metric.with_argument("name", snake_case(metric.name), Origin(None, "the class's name"))


def _metric(metric: Call, kind: str, logits: bool, one_hot: bool) -> Call:
    """A metric with its name, reading what the network gives."""
    metric = _one_hot(_named(metric)) if one_hot else _named(metric)
    if kind == "number":
        return metric
    metric = reading_classes(metric, one_hot=one_hot) if kind == "category" else metric
    return metric_over_logits(metric, kind) if logits else metric
