"""L1xx: metrics that misread what the network says."""

from typing import ClassVar

from recipe.diagnostics.lint import Lint


class ThresholdOnLogits(Lint):
    """A threshold for probabilities on a metric that reads logits."""

    code: ClassVar[str] = "L106"
    why: ClassVar[str] = "a logit of 0 is a probability of one half; 0.5 is a probability of 0.62"
    source: ClassVar[str] = "https://keras.io/api/metrics/accuracy_metrics/ (`threshold`)"
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: 1}]\nloss: BinaryCrossentropy\n"
        "metrics: [{BinaryAccuracy: {threshold: 0.5}}]"
    )
    good: ClassVar[str] = (
        "architecture: [Flatten, {Dense: 1}]\nloss: BinaryCrossentropy\nmetrics: [BinaryAccuracy]"
    )

    metric: str
    threshold: float

    @property
    def message(self) -> str:
        return (
            f"`{self.metric}` cuts at {self.threshold:g} as if at a probability, and the outputs are logits"
        )

    @property
    def help(self) -> str:
        return "leave the threshold out: it follows from the output"


class ScoreWithoutThreshold(Lint):
    """An F score of one output, without a threshold."""

    code: ClassVar[str] = "L107"
    why: ClassVar[str] = (
        "without a threshold the largest output counts as yes, and of one output the largest is always that "
        "one: every example is a yes"
    )
    source: ClassVar[str] = "https://keras.io/api/metrics/classification_metrics/ (F1Score, `threshold`)"
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 1, activation: sigmoid}}]\nloss: BinaryCrossentropy\n"
        "metrics: [F1Score]"
    )
    good: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 1, activation: sigmoid}}]\nloss: BinaryCrossentropy\n"
        "metrics: [{F1Score: {threshold: 0.5}}]"
    )

    metric: str

    @property
    def message(self) -> str:
        return f"`{self.metric}` without a threshold counts every example of a single output as a yes"

    @property
    def help(self) -> str:
        return f"write `{self.metric}: {{threshold: 0.5}}`"


class ClassMetricOfNumber(Lint):
    """A metric that counts classes on a target that is a number."""

    code: ClassVar[str] = "L108"
    why: ClassVar[str] = "it compares classes, so of a number it says nothing"
    source: ClassVar[str] = (
        "https://scikit-learn.org/stable/modules/model_evaluation.html (metrics by kind of target)"
    )
    bad: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: {body_mass_g: number}, missing: drop}\n"
        "metrics: [BinaryAccuracy]"
    )
    good: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: {body_mass_g: number}, missing: drop}\n"
        "metrics: [MeanAbsoluteError]"
    )

    metric: str

    @property
    def message(self) -> str:
        return f"`{self.metric}` counts classes, and the target is a number"

    @property
    def help(self) -> str:
        return "write `MeanAbsoluteError` or `R2Score`, or leave `metrics` out"


class ConstantMetric(Lint):
    """A metric that has the same value whatever the network says."""

    code: ClassVar[str] = "L112"
    why: ClassVar[str] = (
        "`Accuracy` asks whether answers and outputs are the same numbers, which a probability never is; the "
        "largest of one output is always that one, which `CategoricalAccuracy` then finds right"
    )
    source: ClassVar[str] = "https://keras.io/api/metrics/accuracy_metrics/"
    bad: ClassVar[str] = "metrics: [Accuracy]"
    good: ClassVar[str] = "metrics: [accuracy]"

    metric: str
    value: int

    @property
    def message(self) -> str:
        return f"`{self.metric}` is {self.value} for every output of this network"

    @property
    def help(self) -> str:
        return "write `accuracy`: what it counts follows from the loss"
