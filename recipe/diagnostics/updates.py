"""R350-R359: what stands between a gradient and a weight, and does not go together."""

from typing import ClassVar

from recipe.diagnostics.problems import Problem, Severity
from recipe.diagnostics.suggestions import meant
from recipe.diagnostics.wording import clipped, listing


class TooManyParts(Problem):
    """A batch that is computed in more parts than it has examples."""

    code: ClassVar[str] = "R350"
    why: ClassVar[str] = "a part has at least one example, so the number written would not be the one used"
    bad: ClassVar[str] = "training: {epochs: 5, batch_size: 4, accumulate: 8}"
    good: ClassVar[str] = "training: {epochs: 5, batch_size: 32, accumulate: 8}"

    parts: int
    examples: int

    @property
    def message(self) -> str:
        return (
            f"`training.accumulate` must be at most the examples of a batch, {self.examples:,}. "
            f"Received: {self.parts:,}"
        )

    @property
    def help(self) -> str:
        return "`batch_size` is the examples of one update; `accumulate` divides them"


class OneClipping(Problem):
    """A clipping of the gradient that says no limit."""

    code: ClassVar[str] = "R351"
    bad: ClassVar[str] = "regularization: {gradient_clip: {}}"
    good: ClassVar[str] = "regularization: {gradient_clip: {norm: 1.0}}"

    @property
    def message(self) -> str:
        return "`regularization.gradient_clip` needs `global_norm`, `norm`, `value` or `adaptive`"

    @property
    def help(self) -> str:
        return "`gradient_clip: 1.0` is the global norm"


class NoLayerTakes(Problem):
    """A penalty or a norm for layers of which there are none."""

    code: ClassVar[str] = "R352"
    why: ClassVar[str] = "it would be a setting silently lost"
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: 8}, head]\nregularization: {l2: {value: 1e-4, match: dens}}"
    )
    good: ClassVar[str] = (
        "architecture: [Flatten, {Dense: 8}, head]\nregularization: {l2: {value: 1e-4, match: dense}}"
    )

    path: str
    pattern: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"`{self.path}` changes nothing: no layer that takes it fits `{clipped(self.pattern)}`"

    @property
    def label(self) -> str:
        nearest = meant(self.pattern, self.known)
        return f"did you mean `{nearest}`?" if nearest else ""

    @property
    def help(self) -> str:
        return f"layers that take it are {listing(self.known)}" if self.known else ""


class GroupDoesNothing(Problem):
    """A group of weights of which nothing is said."""

    code: ClassVar[str] = "R353"
    why: ClassVar[str] = "a group that changes nothing hides its weights from the groups below it"
    bad: ClassVar[str] = "optimizer:\n  SGD: {learning_rate: 0.1}\n  groups: [{match: 'head/*'}]"
    good: ClassVar[str] = (
        "optimizer:\n  SGD: {learning_rate: 0.1}\n  groups: [{match: 'head/*', learning_rate: x10}]"
    )

    pattern: str

    @property
    def message(self) -> str:
        return f"the group `{clipped(self.pattern)}` says nothing about its weights"

    @property
    def help(self) -> str:
        ways = "`learning_rate: x0.1`, `weight_decay`, `layer_decay` or `freeze`"
        return f"write {ways}; `learning_rate: x1` leaves them as they are"


class PartsOfSum(Problem):
    """A loss that is a sum over the batch, or a mean by its weights, computed in parts."""

    code: ClassVar[str] = "R354"
    why: ClassVar[str] = "gradients of parts are averaged by examples, as the mean over a batch is"
    bad: ClassVar[str] = (
        "training: {epochs: 3, accumulate: 2}\nloss: {SparseCategoricalCrossentropy: {reduction: sum}}"
    )
    good: ClassVar[str] = "training: {epochs: 3, accumulate: 2}\nloss: SparseCategoricalCrossentropy"

    loss: str
    reduction: str

    @property
    def message(self) -> str:
        how = "takes the sum" if self.reduction == "sum" else "divides by the weights"
        return f"`{self.loss}` {how} of the whole batch, and `training.accumulate` takes means over its parts"

    @property
    def help(self) -> str:
        scaled = ", and divide the learning rate by it instead" if self.reduction == "sum" else ""
        return f"leave `reduction` out{scaled}"


class PatternMatchesNothing(Problem):
    """A pattern of `optimizer.groups`, or of what does not decay, that fits no weight."""

    code: ClassVar[str] = "R355"
    why: ClassVar[str] = "its weights would be trained as all others are, without a word"

    path: str
    pattern: str
    known: tuple[str, ...]
    taken: int = 0

    @property
    def message(self) -> str:
        if self.taken:
            return f"every weight that `{clipped(self.pattern)}` matches belongs to a group above it"
        return f"the pattern `{clipped(self.pattern)}` of `{self.path}` matches no weight"

    @property
    def label(self) -> str:
        nearest = "" if self.taken else meant(self.pattern, self.known)
        return f"did you mean `{nearest}`?" if nearest else ""

    @property
    def help(self) -> str:
        if self.taken:
            return "the first group that matches counts: put it further up, or remove it"
        return f"weights are such as {', '.join(self.known[:4])}"


class NothingLearns(Problem):
    """Groups that freeze every weight at once."""

    code: ClassVar[str] = "R356"

    step: int

    @property
    def message(self) -> str:
        since = "" if self.step == 0 else f" from step {self.step} on"
        return f"`optimizer.groups` freezes every weight{since}, so there is nothing to train"


class GroupsMatched(Problem):
    """What the patterns of `optimizer.groups` match."""

    code: ClassVar[str] = "R357"
    severity: ClassVar[Severity] = Severity.INFO

    lines: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"`optimizer.groups`: {'; '.join(self.lines)}"
