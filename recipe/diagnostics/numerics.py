"""R652, R655, R656, R675 and R677: numbers that are none, do not repeat, leap, or stand still."""

from typing import ClassVar

from recipe.diagnostics.problems import Problem, Severity

SHOWN_EXAMPLES = 8


class Diverged(Problem):
    """A loss or a weight that is no number any more.

    Args:
        epoch: from 1.
        step: the update that broke, from 1.
        learning_rate: of that update.
        gradient_norm: of its batch.
        first: what was not finite first, in words; empty when repeating the steps did not break again.
        examples: of its batch: their numbers in the source of the data, from 0.
    """

    code: ClassVar[str] = "R652"
    why: ClassVar[str] = (
        "from here on every weight would be NaN, so the run goes back to the step before and saves it; "
        "the step that broke is then computed once more to see what was not finite first"
    )

    epoch: int
    step: int
    learning_rate: float
    gradient_norm: float
    first: str
    examples: tuple[int, ...]

    @property
    def message(self) -> str:
        """When it happened, and how far from the usual."""
        what = "a weight" if self.first.startswith("the weight") else "the loss"
        norm = f", gradient norm {self.gradient_norm:g}" if self.first else ""
        return (
            f"{what} is not finite in epoch {self.epoch} at step {self.step} "
            f"(learning rate {self.learning_rate:g}{norm})"
        )

    @property
    def help(self) -> str:
        """What broke, and what usually helps."""
        if not self.first:
            return "the same steps did not break again: this machine does not repeat itself"
        listed = ", ".join(map(str, self.examples[:SHOWN_EXAMPLES]))
        more = len(self.examples) - SHOWN_EXAMPLES
        batch = f"{listed} and {more} more" if more > 0 else listed
        return f"not finite first: {self.first}; the batch: examples {batch}\n{self._remedy}"

    @property
    def _remedy(self) -> str:
        if self.first.startswith("a value of"):
            return "mend that example, or take it out of the data"
        return (
            "lower the learning rate, lengthen the warm-up, or write `regularization: {gradient_clip: 1.0}`"
        )


class NotRepeatable(Problem):
    """A machine on which the same steps from the same state give other numbers.

    Args:
        differing: how many of the arrays of the run differ.
        first: the name of one of them.
    """

    code: ClassVar[str] = "R655"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = (
        "before the first step the same steps are computed twice; where they differ, operations of this "
        "machine do not repeat, and neither a resumed run nor a second one ends with the same bits"
    )

    differing: int
    first: str

    @property
    def message(self) -> str:
        """What is lost."""
        return (
            f"this run cannot be repeated bit for bit: the same steps gave other numbers in "
            f"{self.differing} arrays, `{self.first}` among them"
        )

    @property
    def help(self) -> str:
        """The ways out."""
        return "write `runtime: {deterministic: true}`, or take it that a resumed run ends close by"


class MetricNotFinite(Problem):
    """A metric that is no number in an epoch whose loss is one.

    Args:
        epoch: from 1.
        names: of the metrics.
    """

    code: ClassVar[str] = "R656"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = "such an epoch is never the best; it is told once for each metric"

    epoch: int
    names: tuple[str, ...]

    @property
    def message(self) -> str:
        """Which, and since when."""
        verb = "is" if len(self.names) == 1 else "are"
        listed = ", ".join(f"`{name}`" for name in self.names)
        return f"{listed} {verb} not finite in epoch {self.epoch}, which counts as no improvement"

    @property
    def help(self) -> str:
        """Where to look."""
        return "look for a division by zero in the metric, and for NaN or infinity in the validation data"


class LossSpike(Problem):
    """A loss that stays far above what it was, and is still a number.

    Args:
        step: the update after which it was told.
        loss: of the last block, the mean over its examples.
        usual: the median of the blocks before.
    """

    code: ClassVar[str] = "R675"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = (
        "a step too far can throw the weights where the loss is flat and large, from where a run may never "
        "come back; it is told once"
    )

    step: int
    loss: float
    usual: float

    @property
    def message(self) -> str:
        """How large it is, and how large it was."""
        times = self.loss / self.usual
        return (
            f"the loss is {self.loss:.4g} at step {self.step}, {times:.0f} times its usual {self.usual:.4g}"
        )

    @property
    def help(self) -> str:
        """What usually helps."""
        return (
            "lower the learning rate, lengthen the warm-up, or write `regularization: {gradient_clip: 1.0}`"
        )


class StillWeights(Problem):
    """Weights whose gradient was zero in every step.

    Args:
        paths: of the weights.
    """

    code: ClassVar[str] = "R677"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = (
        "nothing that these weights do reaches the loss: their units are dead, or something before the loss "
        "passes no gradient back; they are what they were at the start, less their decay"
    )

    paths: tuple[str, ...]

    @property
    def message(self) -> str:
        """Which, and how many."""
        others = len(self.paths) - 1
        more = f" and {others} more" if others else ""
        return f"the gradient of `{self.paths[0]}`{more} was zero in every step"

    @property
    def help(self) -> str:
        """What usually helps."""
        return (
            "try a lower learning rate or `LeakyReLU` where a ReLU follows, and look for a layer that "
            "rounds, compares or takes an `argmax` on the way to the head"
        )
