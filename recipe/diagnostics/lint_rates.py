"""L3xx: learning rates that do not fit the optimizer."""

from typing import ClassVar

from recipe.diagnostics.lint import Lint
from recipe.diagnostics.problems import Severity

PLAYBOOK = "https://github.com/google-research/tuning_playbook"


class HighRate(Lint):
    """A learning rate for SGD under Adam."""

    code: ClassVar[str] = "L301"
    why: ClassVar[str] = (
        "Adam moves each weight by about the learning rate in each step, whatever the gradient: 0.1 is "
        "a value for SGD"
    )
    source: ClassVar[str] = "https://karpathy.github.io/2019/04/25/recipe/ (adam is safe: 3e-4)"
    bad: ClassVar[str] = "optimizer: {Adam: {learning_rate: 0.1}}"
    good: ClassVar[str] = "optimizer: {Adam: {learning_rate: 1e-3}}"

    optimizer: str
    rate: float

    @property
    def message(self) -> str:
        return f"a learning rate of {self.rate:g} is very high for `{self.optimizer}`"

    @property
    def help(self) -> str:
        return "start at 3e-4 to 3e-3"


class NoMomentum(Lint):
    """SGD without momentum."""

    code: ClassVar[str] = "L302"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = (
        "Keras's default momentum is 0; nearly every published recipe uses 0.9, though plain SGD does as "
        "well with very small batches"
    )
    source: ClassVar[str] = (
        f"Sutskever et al., ICML 2013; {PLAYBOOK} (with momentum); Shallue et al., arXiv 1811.03600 (equal "
        "at small batches)"
    )
    bad: ClassVar[str] = "optimizer: {SGD: {learning_rate: 0.1}}"
    good: ClassVar[str] = "optimizer: {SGD: {learning_rate: 0.1, momentum: 0.9}}"

    @property
    def message(self) -> str:
        return "`SGD` runs without momentum"

    @property
    def help(self) -> str:
        return "write `momentum: 0.9`"


class Unclipped(Lint):
    """A recurrent network or a transformer at a high rate, without clipping."""

    code: ClassVar[str] = "L309"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = (
        "gradients through time can explode in a single step; others find a lower rate or a longer warm-up "
        "enough"
    )
    source: ClassVar[str] = (
        f"Pascanu, Mikolov and Bengio, arXiv 1211.5063 (clip); {PLAYBOOK} (only where instability is seen)"
    )
    bad: ClassVar[str] = (
        "architecture: [{Reshape: [8, 8]}, {LSTM: 16}, head]\noptimizer: {Adam: {learning_rate: 5e-3}}"
    )
    good: ClassVar[str] = (
        "architecture: [{Reshape: [8, 8]}, {LSTM: 16}, head]\noptimizer: {Adam: {learning_rate: 5e-3}}\n"
        "regularization: {gradient_clip: 1.0}"
    )

    layer: str
    rate: float

    @property
    def message(self) -> str:
        return f"`{self.layer}` trains at a learning rate of {self.rate:g} without gradient clipping"

    @property
    def help(self) -> str:
        return "write `regularization: {gradient_clip: 1.0}`"


class SlowAdadelta(Lint):
    """Adadelta at a learning rate for Adam."""

    code: ClassVar[str] = "L311"
    why: ClassVar[str] = (
        "Adadelta finds its own step size and multiplies it by the rate: the paper has 1.0, Keras's default "
        "of 0.001 makes every step a thousand times too small"
    )
    source: ClassVar[str] = "Zeiler, arXiv 1212.5701; https://keras.io/api/optimizers/adadelta/ (use 1.0)"
    bad: ClassVar[str] = "optimizer: Adadelta"
    good: ClassVar[str] = "optimizer: {Adadelta: {learning_rate: 1.0}}"

    rate: float

    @property
    def message(self) -> str:
        return f"`Adadelta` runs at a learning rate of {self.rate:g}, and its paper at 1"

    @property
    def help(self) -> str:
        return "write `Adadelta: {learning_rate: 1.0}`"


class StrongDecay(Lint):
    """Weight decay that forgets the weights within a hundred steps."""

    code: ClassVar[str] = "L312"
    why: ClassVar[str] = (
        "a step multiplies each weight by 1 - learning rate x decay, so weights hold on to about "
        "1 / (learning rate x decay) steps; usual recipes hold on to an epoch or more"
    )
    source: ClassVar[str] = "Loshchilov and Hutter, arXiv 1711.05101; Wang and Aitchison, arXiv 2405.13698"
    bad: ClassVar[str] = (
        "optimizer: {SGD: {learning_rate: 0.1, momentum: 0.9}}\nregularization: {weight_decay: 0.5}"
    )
    good: ClassVar[str] = (
        "optimizer: {SGD: {learning_rate: 0.1, momentum: 0.9}}\nregularization: {weight_decay: 5e-4}"
    )

    decay: float
    rate: float

    @property
    def message(self) -> str:
        share = self.decay * self.rate
        return (
            f"weight decay of {self.decay:g} at a learning rate of {self.rate:g} takes {share:.0%} of each "
            f"weight in every step"
        )

    @property
    def help(self) -> str:
        return "usual: 5e-4 at a rate of 0.1 (SGD), 1e-2 to 0.3 at a rate of 1e-3 (AdamW)"


class IdleNesterov(Lint):
    """Nesterov momentum of SGD without momentum."""

    code: ClassVar[str] = "L318"
    why: ClassVar[str] = (
        "Nesterov's gradient is taken further along the momentum, and Keras's default momentum is 0: every "
        "step is that of plain SGD"
    )
    source: ClassVar[str] = "Sutskever et al., ICML 2013; https://keras.io/api/optimizers/sgd/"
    bad: ClassVar[str] = "optimizer: {SGD: {learning_rate: 0.1, nesterov: true}}"
    good: ClassVar[str] = "optimizer: {SGD: {learning_rate: 0.1, momentum: 0.9, nesterov: true}}"

    @property
    def message(self) -> str:
        return "`nesterov` changes nothing without `momentum`"

    @property
    def help(self) -> str:
        return "write `momentum: 0.9`"
