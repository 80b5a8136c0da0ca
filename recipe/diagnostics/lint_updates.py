"""L3xx: averages, class weights and loaded weights that do not fit the run."""

from typing import ClassVar

from recipe.diagnostics.lint import Lint, counted
from recipe.diagnostics.problems import Label, Severity
from recipe.diagnostics.spans import Span

_FEWEST_AVERAGED = 20
IMBALANCED = "https://www.tensorflow.org/tutorials/structured_data/imbalanced_data"


class LongAverage(Lint):
    """Averaged weights that are still those of the first step when the run ends."""

    code: ClassVar[str] = "L314"
    why: ClassVar[str] = (
        "the average begins with the weights of the first step and keeps decay^n of them after n updates: "
        "what is validated and saved is an untrained network in part"
    )
    source: ClassVar[str] = (
        "https://keras.io/api/optimizers/ (ema_momentum); Kingma and Ba, arXiv 1412.6980, section 3 (the "
        "bias of a moving average towards its start)"
    )
    bad: ClassVar[str] = "training: {steps: 2000, batch_size: 32}\nregularization: {ema: {decay: 0.9999}}"
    good: ClassVar[str] = "training: {steps: 2000, batch_size: 32}\nregularization: {ema: {decay: 0.99}}"

    decay: float
    updates: int

    @property
    def message(self) -> str:
        share, updates = self.decay**self.updates, counted(self.updates, "update")
        return f"{share:.0%} of the averaged weights are still those of the first step after {updates}"

    @property
    def help(self) -> str:
        if self.updates < _FEWEST_AVERAGED:
            return "the run is too short to average: leave `ema` out, or update it more often"
        return f"a decay of {1 - 10 / self.updates:.4g} averages over the last tenth of the run"


class FineTunedFast(Lint):
    """Loaded weights that all train at a learning rate for new ones."""

    code: ClassVar[str] = "L315"
    why: ClassVar[str] = (
        "each of the first steps moves every weight by about the learning rate, in directions that a random "
        "head gives: what the weights had learned is gone before it is used"
    )
    source: ClassVar[str] = (
        "https://keras.io/guides/transfer_learning/ (train the head first, then all at 1e-5); Howard and "
        "Ruder, arXiv 1801.06146, section 3 (gradual unfreezing, a rate for each layer)"
    )
    bad: ClassVar[str] = "init: {weights: runs/before/1}\noptimizer: {AdamW: {learning_rate: 1e-3}}"
    good: ClassVar[str] = "init: {weights: runs/before/1}\noptimizer: {AdamW: {learning_rate: 3e-5}}"

    rate: float
    weights: Span | None

    @property
    def message(self) -> str:
        return f"loaded weights all train at a learning rate of {self.rate:g}, and nothing is frozen"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.weights, "loaded here"),) if self.weights else ()

    @property
    def help(self) -> str:
        return "write 1e-5 to 1e-4, or freeze all but the head for some epochs with `optimizer.groups`"


class BalancedTwice(Lint):
    """Classes that are drawn equally often, and weighted by how rare they are."""

    code: ClassVar[str] = "L316"
    why: ClassVar[str] = (
        "either makes the classes count alike; both together make a class that is ten times rarer count ten "
        "times more"
    )
    source: ClassVar[str] = f"{IMBALANCED} (class weights, or oversampling)"
    bad: ClassVar[str] = "training: {epochs: 10, batch_size: 32, class_weight: balanced, sampling: balanced}"
    good: ClassVar[str] = "training: {epochs: 10, batch_size: 32, class_weight: balanced}"

    sampling: Span | None

    @property
    def message(self) -> str:
        return "`class_weight: balanced` weights classes that `sampling: balanced` draws equally often"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.sampling, "drawn equally often"),) if self.sampling else ()

    @property
    def help(self) -> str:
        return "keep one of the two"


class WeightedUnderSgd(Lint):
    """Class weights under an optimizer whose steps grow with the loss."""

    code: ClassVar[str] = "L317"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = (
        "a step of SGD is as large as the gradient, so a batch with rare examples makes larger ones; Adam "
        "divides by the size of the gradient"
    )
    source: ClassVar[str] = (
        f"{IMBALANCED} (optimizers whose step depends on the gradient, like SGD, may fail)"
    )
    bad: ClassVar[str] = (
        "optimizer: {SGD: {learning_rate: 0.1, momentum: 0.9}}\n"
        "training: {epochs: 10, batch_size: 32, class_weight: balanced}"
    )
    good: ClassVar[str] = "training: {epochs: 10, batch_size: 32, class_weight: balanced}"

    optimizer: str

    @property
    def message(self) -> str:
        return f"class weights change the size of the steps of `{self.optimizer}`"

    @property
    def help(self) -> str:
        return "use an optimizer such as AdamW, or clip with `regularization: {gradient_clip: 1.0}`"
