"""R326 to R329: stretches of a schedule that do not go together."""

from typing import ClassVar

from recipe.diagnostics.problems import Label, Problem
from recipe.diagnostics.spans import Span


class StretchesDoNotFit(Problem):
    """Stretches of a schedule, one after the other, that are not the run.

    Args:
        path: of the schedule.
        taken: together, in steps; in percent of the run while that is not known in steps.
        total: steps of the run; None while they are not known.
        rest: whether one of them could take the rest of the run.
    """

    code: ClassVar[str] = "R326"
    why: ClassVar[str] = (
        "a schedule says the rate of every step: none may be missing, and none is beyond the end"
    )
    bad: ClassVar[str] = (
        "training: {steps: 100}\nschedule: [{linear: {from: 0%, for: 10 steps}}, {cosine: {for: 80 steps}}]"
    )
    good: ClassVar[str] = "training: {steps: 100}\nschedule: [{linear: {from: 0%, for: 10 steps}}, cosine]"

    path: str
    taken: float
    total: int | None
    rest: bool

    @property
    def message(self) -> str:
        if self.total is None:
            return f"the stretches of `{self.path}` take {self.taken:.6g}% of the run"
        return f"the stretches of `{self.path}` take {self.taken:,} steps, and the run has {self.total:,}"

    @property
    def help(self) -> str:
        return (
            "leave `for` out of one phase: it takes the rest of the run"
            if self.rest
            else "shorten one of them"
        )


class RestTwice(Problem):
    """Two phases without a length."""

    code: ClassVar[str] = "R327"
    why: ClassVar[str] = "a phase without a length takes the rest of the run, and there is one rest"
    bad: ClassVar[str] = "schedule: [{linear: {from: 0%}}, cosine]"
    good: ClassVar[str] = "schedule: [{linear: {from: 0%, for: 5%}}, cosine]"

    path: str
    other: Span | None

    @property
    def message(self) -> str:
        return f"two phases of `{self.path}` have no length"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.other, "this one takes the rest of the run"),) if self.other else ()

    @property
    def help(self) -> str:
        return "write how long all but one of them are: `for: 5%`"


class TokensUnknown(Problem):
    """A stretch in tokens over data that has none."""

    code: ClassVar[str] = "R328"
    bad: ClassVar[str] = "schedule: {warmup_cosine: {warmup: 1M tokens}}"
    good: ClassVar[str] = "schedule: {warmup_cosine: {warmup: 500 examples}}"

    path: str
    written: str

    @property
    def message(self) -> str:
        return f"`{self.path}` of {self.written} cannot be counted: no input of the data is a sequence of ids"

    @property
    def help(self) -> str:
        return "write it in steps or examples"


class NothingToSchedule(Problem):
    """A schedule of something that the optimizer does not have."""

    code: ClassVar[str] = "R329"
    why: ClassVar[str] = (
        "a schedule is a share of what it is a schedule of, and a share of nothing is nothing"
    )
    bad: ClassVar[str] = "optimizer: {SGD: {learning_rate: 0.1}}\nschedule: {momentum: [{linear: {to: 90%}}]}"
    good: ClassVar[str] = (
        "optimizer: {SGD: {learning_rate: 0.1, momentum: 0.95}}\nschedule: {momentum: [{linear: {to: 90%}}]}"
    )

    path: str
    of: str
    received: object

    @property
    def message(self) -> str:
        state = "does not exist" if self.received is None else f"is {self.received:g}"
        return f"`{self.path}` is a share of `{self.of}`, which {state}"

    @property
    def help(self) -> str:
        return "write one above 0 there, or take the schedule out"
