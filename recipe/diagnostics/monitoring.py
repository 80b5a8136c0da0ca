"""R37x and R63x: what watches a run, and who is told of it."""

from typing import ClassVar

from recipe.diagnostics.machine import MachineError
from recipe.diagnostics.problems import Problem, Severity
from recipe.diagnostics.wording import without_secrets


class NoValidation(Problem):
    """A watch on the gap to the validation, or how often to validate, in a spec without validation data."""

    code: ClassVar[str] = "R370"
    why: ClassVar[str] = "to validate is to measure on examples that were not trained on"
    bad: ClassVar[str] = "data: {source: {bundled: digits}}\nmonitor: {overfitting: 0.15}"
    good: ClassVar[str] = (
        "data: {source: {bundled: digits}, split: {validation: 10%}}\nmonitor: {overfitting: 0.15}"
    )

    path: str
    says: str

    @property
    def message(self) -> str:
        return f"`{self.path}` {self.says}, and there is no validation data"

    @property
    def help(self) -> str:
        return "write `data: {split: {validation: 10%}}`, or a source `validation`"


class TrackerMissing(Problem):
    """A package that `monitor` asks for and that is not installed."""

    code: ClassVar[str] = "R630"
    why: ClassVar[str] = "a run that should be tracked and is not would be seen only when it has ended"

    path: str
    package: str

    @property
    def message(self) -> str:
        return f"`{self.path}` needs the package {self.package}, which is not installed"

    @property
    def help(self) -> str:
        extra = self.path.rpartition(".")[2]
        return f"install it with `pip install 'keras-recipe[{extra}]'`, or take `{self.path}` out of the spec"


class TrackerRefused(Problem):
    """A tracker that does not take a run."""

    code: ClassVar[str] = "R631"
    why: ClassVar[str] = "it is asked before the first step, so that nothing is trained in vain"

    path: str
    reason: str

    @property
    def message(self) -> str:
        return f"`{self.path}` cannot be used: {without_secrets(self.reason)}"

    @property
    def help(self) -> str:
        return "name a folder that can be written to in `monitor: {mlflow: {store: FOLDER}}`"


class TrackerFailed(Problem):
    """A tracker that no longer takes what a run tells it, while the run goes on."""

    code: ClassVar[str] = "R632"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = (
        "a run is worth more than its copy elsewhere: it goes on, and its folder has everything"
    )

    path: str
    reason: str

    @property
    def message(self) -> str:
        reason = without_secrets(self.reason)
        return f"`{self.path}` failed and is told no more of this run: {reason}"

    @property
    def help(self) -> str:
        return "metrics.csv in the run folder has what is missing there"


class TooFarBehind(Problem):
    """A gap between training and validation that is larger than `monitor.overfitting` takes.

    Args:
        metric: whose gap it is.
        training: its value in training.
        validation: in validation.
        epoch: from 1.
        gap: the largest that is taken.
        patience: epochs in a row in which it was larger.
        knobs: what may be turned in this spec.
        stops: whether the run ends.
    """

    code: ClassVar[str] = "R633"
    severity: ClassVar[Severity] = Severity.WARNING
    why: ClassVar[str] = (
        "what a network knows of the training examples and not of others is of no use; which knobs of the "
        "spec are not turned yet is read from it"
    )

    metric: str
    training: float
    validation: float
    epoch: int
    gap: float
    patience: int
    knobs: tuple[str, ...]
    stops: bool

    @property
    def message(self) -> str:
        values = f"{self.training:.3f} in training and {self.validation:.3f} in validation"
        since = f" for {self.patience} epochs" if self.patience > 1 else ""
        end = "; the run stops" if self.stops else ""
        found = abs(self.training - self.validation)
        return (
            f"`{self.metric}` is {values} in epoch {self.epoch}: a gap of {found:.3f}, "
            f"above {self.gap:g}{since}{end}"
        )

    @property
    def help(self) -> str:
        return "\n".join(self.knobs)


class TrackerError(MachineError):
    """A tracker that a spec asks for cannot be used."""


class SeveralValues(Problem):
    """A metric that is a number for each class, where the log has one for each metric."""

    code: ClassVar[str] = "R371"
    why: ClassVar[str] = "a run is compared, stopped and chosen by single numbers"
    bad: ClassVar[str] = "metrics: [F1Score]"
    good: ClassVar[str] = "metrics: [{F1Score: {average: macro}}]"

    name: str
    argument: str

    @property
    def message(self) -> str:
        without = f"`{self.name}` without `{self.argument}`"
        return f"{without} is a number for each class, and the log takes one number of a metric"

    @property
    def help(self) -> str:
        return (
            f"write how they become one: `{self.name}: {{{self.argument}: macro}}` is their mean, `weighted` "
            "that by the examples of each class, `micro` counts all of them together"
        )
