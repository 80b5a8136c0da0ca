"""L...: what is admitted and probably not meant, each with its source."""

from dataclasses import dataclass
from typing import ClassVar

from recipe.diagnostics.problems import Problem, Severity


@dataclass(frozen=True, slots=True)
class BiasBeforeNorm(Problem):
    """A bias that the batch norm after it cancels."""

    code: ClassVar[str] = "L201"
    severity: ClassVar[Severity] = Severity.PERF
    why: ClassVar[str] = (
        "batch norm subtracts the mean, and the bias with it (PyTorch performance tuning guide)"
    )
    bad: ClassVar[str] = "architecture: [{Conv2D: {filters: 8, kernel_size: 3}}, BatchNormalization]"
    good: ClassVar[str] = (
        "architecture: [{Conv2D: {filters: 8, kernel_size: 3, use_bias: false}}, BatchNormalization]"
    )

    layer: str
    norm: str

    @property
    def message(self) -> str:
        """Which bias, and what cancels it."""
        return f"the bias of `{self.layer}` is cancelled by `{self.norm}` after it"

    @property
    def help(self) -> str:
        """How to leave it out."""
        return "write `use_bias: false`"


@dataclass(frozen=True, slots=True)
class LongWarmup(Problem):
    """A warm-up that takes most of the run."""

    code: ClassVar[str] = "L303"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = "the tuning playbook: a warm-up should not be more than 10% of the run"
    bad: ClassVar[str] = "schedule: {warmup_cosine: {warmup: 90%}}"
    good: ClassVar[str] = "schedule: {warmup_cosine: {warmup: 5%}}"

    schedule: str
    share: float

    @property
    def message(self) -> str:
        """How long it is."""
        return f"the warm-up of `{self.schedule}` is {self.share:.0%} of the run"

    @property
    def help(self) -> str:
        """What is usual."""
        return "5% to 10% is usual"
