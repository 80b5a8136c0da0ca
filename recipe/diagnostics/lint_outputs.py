"""L1xx: outputs and losses that speak of different problems."""

from typing import ClassVar

from recipe.diagnostics.lint import Lint
from recipe.diagnostics.problems import Severity

LOSSES = "https://keras.io/api/losses/probabilistic_losses/"


class SoftmaxOverOne(Lint):
    """A softmax over a single unit."""

    code: ClassVar[str] = "L101"
    severity: ClassVar[Severity] = Severity.ERROR
    why: ClassVar[str] = "softmax divides by the sum: over one unit it gives 1 for every example"
    source: ClassVar[str] = "https://github.com/keras-team/keras/issues/126, issues/3109"
    bad: ClassVar[str] = "architecture: [Flatten, {Dense: {units: 1, activation: softmax}}]"
    good: ClassVar[str] = "architecture: [Flatten, {Dense: {units: 1, activation: sigmoid}}]"

    layer: str

    @property
    def message(self) -> str:
        return f"the softmax of `{self.layer}` has a single unit, so it is always 1"

    @property
    def help(self) -> str:
        return "write `activation: sigmoid`, or leave the output to `head`"


class BentLogits(Lint):
    """An activation that cuts or bends the logits that a loss expects."""

    code: ClassVar[str] = "L102"
    why: ClassVar[str] = (
        "the loss applies softmax or sigmoid itself and expects any number; what is cut off can never become "
        "unlikely, and gets no gradient where it is flat"
    )
    source: ClassVar[str] = f"{LOSSES} (`from_logits`: values in [-inf, inf])"
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 10, activation: relu}}]\nloss: SparseCategoricalCrossentropy"
    )
    good: ClassVar[str] = "architecture: [Flatten, {Dense: 10}]\nloss: SparseCategoricalCrossentropy"

    layer: str
    activation: str
    loss: str

    @property
    def message(self) -> str:
        return f"`{self.loss}` reads logits, and `{self.layer}` ends in `{self.activation}`"

    @property
    def help(self) -> str:
        return "leave the activation of the last layer out, or write `head` in its place"


class ActivationAgainstLoss(Lint):
    """A sigmoid under a loss for exclusive classes, or a softmax under one for independent classes."""

    code: ClassVar[str] = "L103"
    why: ClassVar[str] = (
        "softmax and categorical cross-entropy are for one class out of many, sigmoid and binary "
        "cross-entropy for yes or no, class by class"
    )
    source: ClassVar[str] = "https://github.com/keras-team/keras/issues/4784, issues/14729"
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 10, activation: sigmoid}}]\n"
        "loss: SparseCategoricalCrossentropy"
    )
    good: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 10, activation: softmax}}]\n"
        "loss: SparseCategoricalCrossentropy"
    )

    layer: str
    activation: str
    loss: str

    @property
    def message(self) -> str:
        return f"`{self.loss}` does not fit the `{self.activation}` of `{self.layer}`"

    @property
    def help(self) -> str:
        other = "softmax" if self.activation == "sigmoid" else "sigmoid"
        return f"write `activation: {other}`, or `head` and `loss: auto`"


class OneOutputForClasses(Lint):
    """A loss over classes on a network with one output."""

    code: ClassVar[str] = "L104"
    severity: ClassVar[Severity] = Severity.ERROR
    why: ClassVar[str] = "over one class the cross-entropy is 0 whatever the network says: nothing is learned"
    source: ClassVar[str] = f"{LOSSES} (Keras's own warning for a last dimension of 1)"
    bad: ClassVar[str] = "architecture: [Flatten, {Dense: 1}]\nloss: CategoricalCrossentropy"
    good: ClassVar[str] = "architecture: [Flatten, {Dense: 1}]\nloss: BinaryCrossentropy"

    loss: str
    layer: str

    @property
    def message(self) -> str:
        return f"`{self.loss}` compares classes, and `{self.layer}` gives one number: the loss is always 0"

    @property
    def help(self) -> str:
        return "write `head` and `loss: auto`: both follow the target"


class ErrorOfSoftmax(Lint):
    """A squared or absolute error of class probabilities."""

    code: ClassVar[str] = "L105"
    why: ClassVar[str] = (
        "its gradient vanishes where softmax is saturated, so a network that is sure and wrong stays wrong"
    )
    source: ClassVar[str] = "Glorot and Bengio, AISTATS 2010, section 4.1 (plateaus of the quadratic cost)"
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 10, activation: softmax}}]\nloss: MeanSquaredError"
    )
    good: ClassVar[str] = "architecture: [Flatten, {Dense: {units: 10, activation: softmax}}]"

    loss: str
    layer: str

    @property
    def message(self) -> str:
        return f"`{self.loss}` measures distances, and `{self.layer}` gives probabilities of classes"

    @property
    def help(self) -> str:
        return "write `loss: auto`"


class TargetOutOfReach(Lint):
    """An output activation that cannot reach the targets."""

    code: ClassVar[str] = "L109"
    severity: ClassVar[Severity] = Severity.ERROR
    why: ClassVar[str] = (
        "the mean and the spread of the training targets prove that some lie where the activation never goes"
    )
    source: ClassVar[str] = "Bhatia and Davis, A better bound on the variance, Amer. Math. Monthly 107, 2000"
    bad: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: {body_mass_g: number}, missing: drop}\n"
        "architecture: [{Dense: {units: 8, activation: relu}}, {Dense: {units: 1, activation: sigmoid}}]"
    )
    good: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: {body_mass_g: number}, missing: drop}\n"
        "architecture: [{Dense: {units: 8, activation: relu}}, {Dense: 1}]"
    )

    layer: str
    activation: str
    low: float
    high: float
    target: str
    mean: float
    std: float

    @property
    def message(self) -> str:
        return (
            f"`{self.activation}` of `{self.layer}` gives {self._reach}, and `{self.target}` has mean "
            f"{self.mean:.4g} and standard deviation {self.std:.4g}"
        )

    @property
    def _reach(self) -> str:
        if self.high == float("inf"):
            return f"no number below {self.low:g}"
        return f"numbers from {self.low:g} to {self.high:g}"

    @property
    def help(self) -> str:
        return "leave the activation of the last layer out, or write `head`"


class FarTarget(Lint):
    """A target far from zero, and an output that begins at zero."""

    code: ClassVar[str] = "L110"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = "the first epochs only move the output's bias to where the targets are"
    source: ClassVar[str] = "https://karpathy.github.io/2019/04/25/recipe/ (init well)"
    bad: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: {body_mass_g: number}, missing: drop}\n"
        "architecture: [{Dense: {units: 8, activation: relu}}, head]"
    )
    good: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: {body_mass_g: number}, missing: drop}\n"
        "architecture: [{Dense: {units: 8, activation: relu}}, head]\n"
        "init: {match: {head/bias: {Constant: 4200}}}"
    )

    target: str
    layer: str
    mean: float

    @property
    def message(self) -> str:
        return f"the mean of `{self.target}` is {self.mean:.4g}, and `{self.layer}` begins at 0"

    @property
    def help(self) -> str:
        return f"write `init: {{match: {{{self.layer}/bias: {{Constant: {self.mean:.0f}}}}}}}`"


class QuantileOfClasses(Lint):
    """The quantile loss over classes."""

    code: ClassVar[str] = "L111"
    why: ClassVar[str] = (
        "a quantile is of something with an order: of a class that is there or not it is 0 or 1, and no "
        "probability"
    )
    source: ClassVar[str] = (
        "Koenker and Bassett, Econometrica 46, 1978; "
        "https://scikit-learn.org/stable/modules/linear_model.html#quantile-regression"
    )
    bad: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: {species: category}, missing: drop}\n"
        "architecture: [{Dense: {units: 8, activation: relu}}, head]\nloss: {quantile: 0.9}"
    )
    good: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: {species: category}, missing: drop}\n"
        "architecture: [{Dense: {units: 8, activation: relu}}, head]"
    )

    kind: str

    @property
    def message(self) -> str:
        return f"`quantile` is for numbers, and the target is of the kind `{self.kind}`"

    @property
    def help(self) -> str:
        return "write `loss: auto`"
