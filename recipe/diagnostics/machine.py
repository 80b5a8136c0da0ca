"""R65x: what the machine cannot offer."""

from dataclasses import dataclass
from typing import ClassVar

from recipe.diagnostics.problems import Problem


@dataclass(frozen=True, slots=True)
class TooFewDevices(Problem):
    """A strategy that shares a batch over several devices on a machine with one."""

    code: ClassVar[str] = "R651"
    bad: ClassVar[str] = "runtime: {strategy: mirrored}"
    good: ClassVar[str] = "runtime: {strategy: auto}"

    strategy: str
    found: int
    kind: str

    @property
    def message(self) -> str:
        """How many there are."""
        here = f"this machine has {self.found} {self.kind}"
        return f"`strategy: {self.strategy}` needs at least 2 devices, and {here}"

    @property
    def help(self) -> str:
        """The way out."""
        return "write `strategy: auto`, which uses what is there"


@dataclass(frozen=True, slots=True)
class Diverged(Problem):
    """A loss that is no number any more."""

    code: ClassVar[str] = "R652"
    why: ClassVar[str] = "from here on every weight would be NaN"

    epoch: int
    learning_rate: float

    @property
    def message(self) -> str:
        """When it happened."""
        return f"the loss is not finite in epoch {self.epoch} (learning rate {self.learning_rate:g})"

    @property
    def help(self) -> str:
        """What usually helps."""
        return (
            "lower the learning rate, lengthen the warm-up, or write `regularization: {gradient_clip: 1.0}`"
        )
