"""R36x: when a run ends."""

from typing import ClassVar

from recipe.diagnostics.problems import Problem


class OutOfReach(Problem):
    """A goal that no run can reach."""

    code: ClassVar[str] = "R365"
    why: ClassVar[str] = "such a metric ends at 1, so the run would never stop at it"
    bad: ClassVar[str] = "training: {epochs: 5, stop_at: {val_accuracy: 94}}"
    good: ClassVar[str] = "training: {epochs: 5, stop_at: {val_accuracy: 0.94}}"

    metric: str
    value: float

    @property
    def message(self) -> str:
        return f"`training.stop_at.{self.metric}` must be at most 1. Received: {self.value:g}"

    @property
    def help(self) -> str:
        value = self.value
        return f"{value:g} per cent is `{value:g}%` or `{value / 100:g}`" if value <= 100 else ""


class ShareOfNothing(Problem):
    """A goal in per cent, of a metric that has no whole."""

    code: ClassVar[str] = "R367"
    why: ClassVar[str] = "only a metric that ends at 1 has a whole, of which per cent are a share"
    bad: ClassVar[str] = (
        "architecture: [Flatten, {Dense: 1}]\nloss: MeanSquaredError\n"
        "metrics: [MeanAbsolutePercentageError]\n"
        "training: {epochs: 5, stop_at: {val_mean_absolute_percentage_error: 5%}}"
    )
    good: ClassVar[str] = bad.replace("5%", "5")

    metric: str
    value: float

    @property
    def message(self) -> str:
        return f"`training.stop_at.{self.metric}` must be a number. Received: {100 * self.value:g}%"

    @property
    def help(self) -> str:
        return f"write `{100 * self.value:g}` or `{self.value:g}`"
