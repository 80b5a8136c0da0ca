"""L7xx: what a finished run shows in its numbers."""

from typing import ClassVar

from recipe.diagnostics.lint import Lint
from recipe.diagnostics.problems import Severity

KARPATHY = "https://karpathy.github.io/2019/04/25/recipe/"


class Overfitting(Lint):
    """Training far ahead of validation."""

    code: ClassVar[str] = "L701"
    why: ClassVar[str] = "what only the training examples show was learned with what holds for all"
    source: ClassVar[str] = f"{KARPATHY} (step 4: regularize)"

    metric: str
    training: float
    validation: float
    epoch: int
    knobs: tuple[str, ...]

    @property
    def message(self) -> str:
        values = f"{self.training:.3f} in training and {self.validation:.3f} in validation"
        return f"`{self.metric}` of epoch {self.epoch} is {values}: the network overfits"

    @property
    def help(self) -> str:
        return "\n".join(self.knobs)


class RisingLoss(Lint):
    """A validation loss that went up again while the training loss fell."""

    code: ClassVar[str] = "L702"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = "the epochs since made the network surer of answers that are wrong"
    source: ClassVar[str] = "Prechelt, Early stopping, but when?, Neural Networks: Tricks of the Trade, 2012"

    epoch: int
    epochs: int
    rise: float

    @property
    def message(self) -> str:
        since = f"and has risen by {self.rise:.0%} since"
        return f"the validation loss was lowest in epoch {self.epoch} of {self.epochs}, {since}"

    @property
    def help(self) -> str:
        return "write `regularization: {early_stopping: {patience: 5 epochs}}`, or train for fewer epochs"


class NothingLearned(Lint):
    """A training loss that did not fall."""

    code: ClassVar[str] = "L703"
    why: ClassVar[str] = "gradients are dead, or the learning rate is far too high or too low"
    source: ClassVar[str] = "https://cs231n.github.io/neural-networks-3/#loss (reading the loss)"

    first: float
    last: float
    epochs: int

    @property
    def message(self) -> str:
        return f"the training loss is {self.last:.4g} after {self.epochs} epochs, and was {self.first:.4g}"

    @property
    def help(self) -> str:
        return "try a learning rate ten times lower or higher, and look whether the features say anything"


class NoBetterThanGuess(Lint):
    """An accuracy that the largest class alone would give."""

    code: ClassVar[str] = "L704"
    why: ClassVar[str] = "whoever always says the largest class is right as often, without looking"
    source: ClassVar[str] = f"{KARPATHY} (step 2: dumb baselines)"

    metric: str
    value: float
    largest: str
    share: float

    @property
    def message(self) -> str:
        guess = f"always saying `{self.largest}` gives {self.share:.3f}"
        return f"the best `{self.metric}` is {self.value:.3f}, and {guess}"

    @property
    def help(self) -> str:
        return "check that features and answers belong together, then the learning rate"


class MostlyClipped(Lint):
    """A gradient that was clipped in most steps."""

    code: ClassVar[str] = "L705"
    why: ClassVar[str] = (
        "then the length of a step is the limit's, and clipping is a lower learning rate in disguise"
    )
    source: ClassVar[str] = "https://github.com/google-research/tuning_playbook (gradient clipping)"

    share: float
    limit: float

    @property
    def message(self) -> str:
        return f"{self.share:.0%} of the steps had a gradient longer than `gradient_clip` of {self.limit:g}"

    @property
    def help(self) -> str:
        return (
            "lower the learning rate, or raise the limit to what `gradient_norm` in steps.csv seldom exceeds"
        )
