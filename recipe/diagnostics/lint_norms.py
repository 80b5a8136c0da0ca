"""L2xx: norms that cannot do their work where they stand."""

from typing import ClassVar

from recipe.diagnostics.lint import Lint, counted
from recipe.diagnostics.problems import Edit, Fix, Label, Severity
from recipe.diagnostics.spans import Span


class BiasBeforeNorm(Lint):
    """A bias that the batch norm after it cancels."""

    code: ClassVar[str] = "L201"
    severity: ClassVar[Severity] = Severity.PERF
    why: ClassVar[str] = "batch norm subtracts the mean, and the bias with it"
    source: ClassVar[str] = (
        "https://docs.pytorch.org/tutorials/recipes/recipes/tuning_guide.html (no bias before batch norm)"
    )
    bad: ClassVar[str] = (
        "architecture: [{Conv2D: {filters: 8, kernel_size: 3}}, BatchNormalization, ReLU, Flatten, head]"
    )
    good: ClassVar[str] = (
        "architecture: [{Conv2D: {filters: 8, kernel_size: 3, use_bias: false}}, BatchNormalization, ReLU, "
        "Flatten, head]"
    )

    layer: str
    norm: str
    last: Span | None = None  # of several arguments in one line

    @property
    def message(self) -> str:
        return f"the bias of `{self.layer}` is cancelled by `{self.norm}` after it"

    @property
    def help(self) -> str:
        return "write `use_bias: false`"

    @property
    def fix(self) -> Fix | None:
        if self.last is None:
            return None
        source, line, column = self.last.source, self.last.end_line, self.last.end_column
        brace = Span(source, line, column, line, column + 1)
        return Fix((Edit(brace, ("}",), ", use_bias: false}"),))


class PenaltyBeforeNorm(Lint):
    """An L2 penalty on weights whose scale a batch norm takes away."""

    code: ClassVar[str] = "L204"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = (
        "the norm makes the output independent of the size of the weights, so the penalty only raises the "
        "effective learning rate; it is usual all the same, and helps by that"
    )
    source: ClassVar[str] = (
        "van Laarhoven, arXiv 1706.05350; He et al. use it with gain in residual networks (arXiv 1512.03385, "
        "section 3.4)"
    )
    bad: ClassVar[str] = (
        "architecture:\n  - Flatten\n"
        "  - Dense: {units: 16, use_bias: false, kernel_regularizer: {L2: 1e-4}}\n"
        "  - BatchNormalization\n  - ReLU\n  - head\n"
        "optimizer: {SGD: {learning_rate: 0.1, momentum: 0.9}}"
    )
    good: ClassVar[str] = (
        "architecture:\n  - Flatten\n  - Dense: {units: 16, use_bias: false}\n"
        "  - BatchNormalization\n  - ReLU\n  - head\n"
        "optimizer: {SGD: {learning_rate: 0.1, momentum: 0.9}}"
    )

    layer: str
    norm: str

    @property
    def message(self) -> str:
        return f"`{self.norm}` takes away what the L2 penalty of `{self.layer}` does, but for the step size"


class DropoutBeforeNorm(Lint):
    """A dropout directly before a batch norm."""

    code: ClassVar[str] = "L205"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = (
        "dropout changes the variance in training only, and the norm keeps the training variance for later; "
        "others see no harm at small rates"
    )
    source: ClassVar[str] = (
        "Li, Chen, Hu and Yang, arXiv 1801.05134 (variance shift); wide residual networks use it between "
        "normalized convolutions with gain (arXiv 1605.07146)"
    )
    bad: ClassVar[str] = "architecture: [Flatten, {Dense: 8}, {Dropout: 0.3}, BatchNormalization, ReLU, head]"
    good: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 8, use_bias: false}}, BatchNormalization, ReLU, "
        "{Dropout: 0.3}, head]"
    )

    layer: str
    norm: str

    @property
    def message(self) -> str:
        return f"`{self.layer}` shifts the variance that `{self.norm}` after it measures"

    @property
    def help(self) -> str:
        return "put the dropout behind the last batch norm"


class MixedNormOrder(Lint):
    """Batch norm before the activation in one place and after it in another."""

    code: ClassVar[str] = "L206"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = "either order is used in practice; both in one network is more often a slip"
    source: ClassVar[str] = (
        "Ioffe and Szegedy, arXiv 1502.03167, section 3.2 (before); Mishkin, Sergievskiy and Matas, "
        "arXiv 1606.02228 (after)"
    )
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 8, use_bias: false}}, BatchNormalization, ReLU, "
        "{Dense: {units: 8, activation: relu}}, BatchNormalization, head]"
    )
    good: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 8, use_bias: false}}, BatchNormalization, ReLU, "
        "{Dense: {units: 8, use_bias: false}}, BatchNormalization, ReLU, head]"
    )

    after: str
    before: str
    other: Span | None

    @property
    def message(self) -> str:
        return f"`{self.after}` stands after an activation, and `{self.before}` before one"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.other, "before its activation"),) if self.other else ()


class NormOverFew(Lint):
    """Batch norm over very small batches."""

    code: ClassVar[str] = "L210"
    why: ClassVar[str] = (
        "mean and variance of so few examples are noise: on ImageNet the error rises by 1 point at 8, "
        "3 at 4 and 11 at 2"
    )
    source: ClassVar[str] = "Wu and He, Group Normalization, arXiv 1803.08494, table 2"
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 16, use_bias: false}}, BatchNormalization, ReLU, head]\n"
        "training: {epochs: 10, batch_size: 4}"
    )
    good: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 16, use_bias: false}}, BatchNormalization, ReLU, head]\n"
        "training: {epochs: 10, batch_size: 32}"
    )

    norm: str
    batch_size: int

    @property
    def message(self) -> str:
        return f"`{self.norm}` sees {counted(self.batch_size, 'example')} at a time"

    @property
    def help(self) -> str:
        return "use larger batches, or `GroupNormalization` or `LayerNormalization`"


class LoneLastExample(Lint):
    """A last batch of one example in front of a batch norm."""

    code: ClassVar[str] = "L211"
    why: ClassVar[str] = (
        "over one vector the variance is 0 and the norm gives its offset whatever the example is; its moving "
        "variance takes the 0 in, each epoch"
    )
    source: ClassVar[str] = "Ioffe and Szegedy, arXiv 1502.03167, algorithm 1 (with a batch of one)"
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 16, use_bias: false}}, BatchNormalization, ReLU, head]\n"
        "training: {epochs: 10, batch_size: 32}"
    )
    good: ClassVar[str] = (
        "architecture: [Flatten, {Dense: {units: 16, use_bias: false}}, BatchNormalization, ReLU, head]\n"
        "training: {epochs: 10, batch_size: 31}"
    )

    norm: str
    examples: int
    batch_size: int

    @property
    def message(self) -> str:
        return (
            f"{self.examples:,} examples in batches of {self.batch_size} leave one over, and `{self.norm}` "
            f"cannot normalize a single vector"
        )

    @property
    def help(self) -> str:
        return "change `batch_size` a little"


class PostNormWithoutWarmup(Lint):
    """Norms on the residual stream without a warm-up."""

    code: ClassVar[str] = "L212"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = (
        "with the norm behind the addition, gradients near the output are large at the start; either a "
        "warm-up or norms inside the branch keep it stable"
    )
    source: ClassVar[str] = (
        "Xiong et al., arXiv 2002.04745; the original transformer has it, with warm-up (arXiv 1706.03762)"
    )
    bad: ClassVar[str] = """\
architecture:
  - Flatten
  - {Dense: {units: 16, activation: relu}, as: a}
  - {Dense: {units: 16, activation: relu}, as: f}
  - {Add: , from: [a, f]}
  - {LayerNormalization: , as: b}
  - {Dense: {units: 16, activation: relu}, as: g}
  - {Add: , from: [b, g]}
  - LayerNormalization
  - head"""
    good: ClassVar[str] = bad + "\nschedule: {warmup_cosine: {warmup: 5%}}"

    norm: str
    add: str

    @property
    def message(self) -> str:
        return f"`{self.norm}` normalizes the residual stream behind `{self.add}`, and there is no warm-up"

    @property
    def help(self) -> str:
        return "write `schedule: {warmup_cosine: {warmup: 5%}}`, or put the norm inside the branch"
