"""R3xx: slots and rates of regularization that do not find each other."""

from typing import ClassVar

from recipe.diagnostics.problems import Problem
from recipe.diagnostics.suggestions import meant
from recipe.diagnostics.wording import clipped


class SlotWithoutRate(Problem):
    """A dropout layer without a rate in a spec that gives none."""

    code: ClassVar[str] = "R303"
    bad: ClassVar[str] = "architecture: [Dropout]"
    good: ClassVar[str] = "architecture: [{Dropout: 0.2}]"

    layer: str

    @property
    def message(self) -> str:
        return f"`{self.layer}` has no rate and the spec gives none"

    @property
    def help(self) -> str:
        return f"write `{self.layer}: 0.2`, or `regularization: {{dropout: 0.2}}` for all of them"


class RateWithoutSlot(Problem):
    """A dropout rate in a spec without a layer that takes it."""

    code: ClassVar[str] = "R304"
    why: ClassVar[str] = "a rate that nothing uses would be a setting silently lost"
    bad: ClassVar[str] = "architecture: [Flatten, head]\nregularization: {dropout: 0.2}"
    good: ClassVar[str] = "architecture: [Flatten, Dropout, head]\nregularization: {dropout: 0.2}"

    path: str

    @property
    def message(self) -> str:
        return f"`{self.path}` changes nothing: no layer takes its rate"

    @property
    def help(self) -> str:
        return "put `- Dropout` where units are to be dropped, or remove the rate"


class SlotPatternMatchesNothing(Problem):
    """A pattern of `init.match` that fits no slot."""

    code: ClassVar[str] = "R314"
    bad: ClassVar[str] = "init: {match: {'dense/kernl': Zeros}}"
    good: ClassVar[str] = "init: {match: {'dense/kernel': Zeros}}"

    pattern: str
    slots: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"the pattern `{clipped(self.pattern)}` matches no weight slot"

    @property
    def label(self) -> str:
        nearest = meant(self.pattern, self.slots)
        return f"did you mean `{nearest}`?" if nearest else ""

    @property
    def help(self) -> str:
        return f"slots are such as {', '.join(self.slots[:4])}" if self.slots else ""


class TakesNoSmoothing(Problem):
    """Label smoothing beside a loss that has none."""

    code: ClassVar[str] = "R320"
    why: ClassVar[str] = "the smoothing would change nothing"
    bad: ClassVar[str] = "loss: MeanSquaredError\nregularization: {label_smoothing: 0.1}"
    good: ClassVar[str] = "loss: auto\nregularization: {label_smoothing: 0.1}"

    loss: str

    @property
    def message(self) -> str:
        return f"the loss `{self.loss}` takes no label smoothing"

    @property
    def help(self) -> str:
        return "leave `label_smoothing` out, or write `loss: auto` where the target has classes"


class TooManyPatterns(Problem):
    """More patterns over weight slots than any honest spec has."""

    code: ClassVar[str] = "R322"
    why: ClassVar[str] = "each pattern is compared with each slot, and checking a spec must stay quick"

    num_patterns: int
    num_slots: int
    most: int

    @property
    def message(self) -> str:
        return (
            f"patterns times weight slots must be at most {self.most:,}. "
            f"Received: {self.num_patterns:,} patterns over {self.num_slots:,} slots"
        )
