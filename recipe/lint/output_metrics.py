"""Metrics that misread what the network says."""

from collections.abc import Iterator

from recipe.catalog import lookup
from recipe.catalog.calls import Value
from recipe.diagnostics.lint_metrics import (
    ClassMetricOfNumber,
    ConstantMetric,
    ScoreWithoutThreshold,
    ThresholdOnLogits,
)
from recipe.lint.graphs import LINEAR, activation_of, outputs_of, width_of
from recipe.lint.targets import kind_of_target, known_loss
from recipe.program.programs import Program

SCORES = frozenset({"F1Score", "FBetaScore"})
OF_LARGEST = frozenset({"CategoricalAccuracy", "TopKCategoricalAccuracy"})
OVER_CLASSES = SCORES | frozenset(
    """
    Accuracy AUC BinaryAccuracy BinaryIoU CategoricalAccuracy FalseNegatives FalsePositives IoU MeanIoU
    Precision PrecisionAtRecall Recall RecallAtPrecision SensitivityAtSpecificity SparseCategoricalAccuracy
    SparseTopKCategoricalAccuracy SpecificityAtSensitivity TopKCategoricalAccuracy TrueNegatives TruePositives
    """.split()
)


def threshold_on_logits(program: Program) -> Iterator[ThresholdOnLogits]:
    """L106: a written threshold between 0 and 1 on a metric that reads logits."""
    loss = known_loss(program)
    linear = all(activation_of(layer) == LINEAR for layer in outputs_of(program.graph))
    if loss is None or loss.get("from_logits") is not True or not linear:
        return
    for metric in program.metrics:
        row = lookup.find("metric", metric.name)
        if row is None or row.parameter("from_logits") is not None:
            continue
        for argument in ("threshold", "thresholds"):
            first = next((one for one in _numbers(metric.get(argument)) if 0 < one < 1), None)
            if first is not None:
                yield ThresholdOnLogits(metric.span_of(argument), metric.name, first)


def _numbers(value: Value) -> tuple[float, ...]:
    items = value if isinstance(value, tuple) else (value,)
    return tuple(float(one) for one in items if isinstance(one, int | float))


def score_without_threshold(program: Program) -> Iterator[ScoreWithoutThreshold]:
    """L107: an F score of one output without a threshold."""
    outputs = outputs_of(program.graph)
    if len(outputs) != 1 or width_of(outputs[0]) != 1:
        return
    for metric in program.metrics:
        if metric.name in SCORES and metric.get("threshold") is None:
            yield ScoreWithoutThreshold(metric.origin.span, metric.name)


def class_metric_of_number(program: Program) -> Iterator[ClassMetricOfNumber]:
    """L108: a metric over classes on a target that is a number."""
    if kind_of_target(program) != "number":
        return
    for metric in program.metrics:
        if metric.name in OVER_CLASSES:
            yield ClassMetricOfNumber(metric.origin.span, metric.name)


def constant_metric(program: Program) -> Iterator[ConstantMetric]:
    """L112: equality of answers and probabilities or logits, or the largest of a single output."""
    outputs = outputs_of(program.graph)
    if len(outputs) != 1 or kind_of_target(program) == "number":
        return
    output = outputs[0]
    units = output.call.get("units")
    is_real = units is not None and activation_of(output) in (LINEAR, "sigmoid", "softmax")
    for metric in program.metrics:
        if metric.origin.span is None or metric.origin.reason:  # a name that was chosen, not written
            continue
        if metric.name == "Accuracy" and is_real:
            yield ConstantMetric(metric.origin.span, metric.name, 0)
        elif metric.name in OF_LARGEST and units == 1:
            yield ConstantMetric(metric.origin.span, metric.name, 1)
