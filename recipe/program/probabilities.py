"""Losses and metrics that take probabilities, fitted to what the network gives."""

from recipe.catalog import lookup
from recipe.catalog.calls import Argument, Call, Origin, Value

# Losses and metrics that take probabilities and have no argument to say otherwise.
OVER_PROBABILITIES = frozenset(
    """
    CategoricalGeneralizedCrossEntropy Dice F1Score FBetaScore KLDivergence Poisson PrecisionAtRecall
    RecallAtPrecision SensitivityAtSpecificity SpecificityAtSensitivity Tversky
    """.split()
)
# What turns logits of a kind of target into probabilities.
ACTIVATIONS = {"category": "softmax", "labels": "sigmoid", "flag": "sigmoid"}
_WRAPPERS = "recipe.components.over_probabilities"
_LOGITS = Origin(None, "outputs are logits")


def loss_over_probabilities(loss: Call, kind: str, smoothing: Argument | None, *, logits: bool) -> Call:
    """A loss over probabilities that is given them, and smoothed answers.

    Args:
        loss: one of `OVER_PROBABILITIES`, of a target of classes.
        kind: of the target.
        smoothing: of the labels, if any.
        logits: whether the network ends in logits.
    """
    arguments = {
        "loss": Argument(loss.without("weight"), loss.origin),
        "activation": Argument(ACTIVATIONS[kind] if logits else "linear", _LOGITS),
    }
    arguments |= {"label_smoothing": smoothing} if smoothing else {}
    if smoothing and kind == "labels":
        arguments["exclusive"] = Argument(False, Origin(None, "each label is yes or no"))
    arguments |= {name: one for name, one in loss.arguments.items() if name == "weight"}
    return Call(loss.name, f"{_WRAPPERS}.LossOverProbabilities", arguments, loss.origin)


def metric_over_logits(metric: Call, kind: str) -> Call:
    """A metric of classes that reads logits right.

    Args:
        metric: with its name.
        kind: of the target: `category`, `labels` or `flag`.
    """
    if kind != "category" and metric.name in ("F1Score", "FBetaScore") and metric.get("threshold") is None:
        metric = metric.with_argument("threshold", 0.5, Origin(None, "an answer is yes or no by itself"))
    over_classes = kind == "category" and takes("metric", metric, "thresholds") and "top_k" not in metric
    if metric.name in OVER_PROBABILITIES or over_classes:
        return metric if metric.get("from_logits") else _wrapped(metric, kind)
    if takes("metric", metric, "from_logits"):
        return _unless_written(metric, "from_logits", True)
    for argument in ("threshold", "thresholds"):
        if kind != "category" and takes("metric", metric, argument):
            metric = _unless_written(metric, argument, 0.0)  # sigmoid(0) is one half
    return metric


def reading_classes(metric: Call, *, one_hot: bool) -> Call:
    """A metric that may read classes by index or one-hot, told which: the network says a number for each."""
    for argument, value in (("sparse_y_true", not one_hot), ("sparse_y_pred", False)):
        if takes("metric", metric, argument):
            origin = Origin(None, "the network says a number for each class")
            metric = metric if argument in metric else metric.with_argument(argument, value, origin)
    return metric


def takes(family: str, call: Call, argument: str) -> bool:
    """Whether a class of Keras has an argument."""
    row = lookup.find(family, call.name)
    return row is not None and row.parameter(argument) is not None


def _unless_written(metric: Call, argument: str, value: Value) -> Call:
    return metric if argument in metric else metric.with_argument(argument, value, _LOGITS)


def _wrapped(metric: Call, kind: str) -> Call:
    arguments = {
        "metric": Argument(metric, metric.origin),
        "activation": Argument(ACTIVATIONS[kind], _LOGITS),
        "name": metric.arguments["name"],
    }
    return Call(metric.name, f"{_WRAPPERS}.MetricOverProbabilities", arguments, metric.origin)
