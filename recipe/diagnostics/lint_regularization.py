"""L2xx: regularization and initialization that work against the rest."""

from typing import ClassVar

from recipe.diagnostics.lint import Lint, counted
from recipe.diagnostics.problems import Label, Severity
from recipe.diagnostics.spans import Span


class PenaltyUnderAdam(Lint):
    """An L2 penalty under an optimizer that divides by the size of the gradient."""

    code: ClassVar[str] = "L202"
    why: ClassVar[str] = (
        "the gradient of the penalty is divided as well, so weights with large gradients are hardly decayed: "
        "it is no weight decay"
    )
    source: ClassVar[str] = "Loshchilov and Hutter, arXiv 1711.05101, section 2"
    bad: ClassVar[str] = (
        "architecture:\n  - Flatten\n"
        "  - Dense: {units: 16, activation: relu, kernel_regularizer: {L2: 1e-4}}\n  - head\n"
        "optimizer: {Adam: {learning_rate: 1e-3}}"
    )
    good: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 16, activation: relu}}, head]\n"
        "optimizer: {Adam: {learning_rate: 1e-3}}\nregularization: {weight_decay: 1e-2}"
    )

    optimizer: str
    layers: int

    @property
    def message(self) -> str:
        return (
            f"the L2 penalty of {counted(self.layers, 'layer')} is no weight decay under `{self.optimizer}`"
        )

    @property
    def help(self) -> str:
        return "write `regularization: {weight_decay: 1e-2}` in its place"


class RegularizedTwice(Lint):
    """An L2 penalty beside weight decay."""

    code: ClassVar[str] = "L203"
    why: ClassVar[str] = "both pull the same weights towards zero, and neither number says how strongly"
    source: ClassVar[str] = "Loshchilov and Hutter, arXiv 1711.05101, section 2 (equal under plain SGD)"
    bad: ClassVar[str] = (
        "architecture:\n  - Flatten\n"
        "  - Dense: {units: 16, activation: relu, kernel_regularizer: {L2: 1e-4}}\n  - head\n"
        "regularization: {weight_decay: 1e-2}"
    )
    good: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 16, activation: relu}}, head]\n"
        "regularization: {weight_decay: 1e-2}"
    )

    layers: int
    decay: float
    other: Span | None

    @property
    def message(self) -> str:
        return (
            f"{counted(self.layers, 'layer')} with an L2 penalty, and weight decay of {self.decay:g} as well"
        )

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.other, "the decay"),) if self.other else ()

    @property
    def help(self) -> str:
        return "keep one; `weight_decay: off` removes the decay of the optimizer"


class GlorotUnderRelu(Lint):
    """A deep stack of ReLU layers without norms that begins with Glorot's variance."""

    code: ClassVar[str] = "L207"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = (
        "ReLU halves the second moment and Glorot's variance does not make up for it: over many layers the "
        "signal fades"
    )
    source: ClassVar[str] = "He, Zhang, Ren and Sun, arXiv 1502.01852, section 2.2"
    bad: ClassVar[str] = (
        f"architecture: [Flatten, {', '.join(['{Dense: {units: 16, activation: relu}}'] * 9)}, head]\n"
        "init: GlorotUniform"
    )
    good: ClassVar[str] = (
        f"architecture: [Flatten, {', '.join(['{Dense: {units: 16, activation: relu}}'] * 9)}, head]\n"
        "init: auto"
    )

    initializer: str
    layers: int

    @property
    def message(self) -> str:
        return f"{counted(self.layers, 'ReLU layer')} without a norm begin with `{self.initializer}`"

    @property
    def help(self) -> str:
        return "write `init: auto`, or `init: HeNormal`"


class HeUnderOther(Lint):
    """He's variance under an activation that is no ReLU."""

    code: ClassVar[str] = "L208"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = (
        "He's variance is twice LeCun's, to make up for what ReLU cuts off; tanh, sigmoid and SELU cut "
        "nothing off, and saturate or lose their fixed point"
    )
    source: ClassVar[str] = (
        "He et al., arXiv 1502.01852; Klambauer et al., arXiv 1706.02515 (SELU needs LeCun's variance)"
    )
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 16, activation: tanh}}, head]\ninit: HeNormal"
    )
    good: ClassVar[str] = "architecture: [Flatten, {Dense: {units: 16, activation: tanh}}, head]\ninit: auto"

    layer: str
    initializer: str
    activation: str
    wanted: str

    @property
    def message(self) -> str:
        return f"`{self.layer}` begins with `{self.initializer}`, and its activation is `{self.activation}`"

    @property
    def help(self) -> str:
        return f"write `init: auto`, which takes {self.wanted}"


class LargeDropout(Lint):
    """A dropout rate that leaves almost nothing."""

    code: ClassVar[str] = "L213"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = (
        "the rate is the share that is dropped; papers before 2015 and TensorFlow 1 gave what is kept"
    )
    source: ClassVar[str] = (
        "https://keras.io/api/layers/regularization_layers/dropout/; Srivastava et al., JMLR 15, 2014 (p is "
        "the share that is kept)"
    )
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 16, activation: relu}}, {Dropout: 0.9}, head]"
    )
    good: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 16, activation: relu}}, {Dropout: 0.1}, head]"
    )

    layer: str
    argument: str
    rate: float

    @property
    def message(self) -> str:
        return f"`{self.argument}` of `{self.layer}` drops {self.rate:.0%} of the units"

    @property
    def help(self) -> str:
        return f"if {self.rate:.0%} are to be kept, write {round(1 - self.rate, 4):g}"


class DropoutAfterSelu(Lint):
    """Ordinary dropout behind SELU."""

    code: ClassVar[str] = "L219"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = "SELU keeps mean 0 and variance 1 from layer to layer; dropout of zeros breaks both"
    source: ClassVar[str] = "Klambauer et al., Self-Normalizing Neural Networks, arXiv 1706.02515"
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 16, activation: selu}}, {Dropout: 0.1}, head]"
    )
    good: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 16, activation: selu}}, {AlphaDropout: 0.1}, head]"
    )

    layer: str
    before: str

    @property
    def message(self) -> str:
        return f"`{self.layer}` breaks the self-normalization of the SELU of `{self.before}`"

    @property
    def help(self) -> str:
        return "write `AlphaDropout`"
