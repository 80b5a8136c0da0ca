"""R3xx: what a run is asked for, and does not go together."""

from typing import ClassVar

from recipe.diagnostics.problems import Label, Problem, Severity
from recipe.diagnostics.spans import Span
from recipe.diagnostics.suggestions import meant
from recipe.diagnostics.wording import clipped


class NotLogged(Problem):
    """A watched metric that the run does not log."""

    code: ClassVar[str] = "R307"
    why: ClassVar[str] = "Keras would warn every epoch and train on without ever stopping or saving the best"
    bad: ClassVar[str] = "monitor: {best: val_acc}"
    good: ClassVar[str] = "monitor: {best: val_accuracy}"

    path: str
    metric: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"`{self.path}` watches `{clipped(self.metric)}`, which is not logged"

    @property
    def label(self) -> str:
        nearest = meant(self.metric, self.known)
        return f"did you mean `{nearest}`?" if nearest else ""

    @property
    def help(self) -> str:
        text = f"known here: {', '.join(self.known)}"
        needs_validation = self.metric.startswith("val_") and not any(
            name.startswith("val_") for name in self.known
        )
        return (
            f"{text}; there is no validation data: write `data.split.validation`"
            if needs_validation
            else text
        )


class DirectionUnknown(Problem):
    """A watched metric of which nobody knows whether more is better."""

    code: ClassVar[str] = "R308"
    bad: ClassVar[str] = "metrics: [Mean]\nmonitor: {best: val_mean}"
    good: ClassVar[str] = "metrics: [Mean]\nmonitor: {best: {max: val_mean}}"

    metric: str
    is_goal: bool = False

    @property
    def message(self) -> str:
        return f"whether more or less of `{clipped(self.metric)}` is better is not known"

    @property
    def help(self) -> str:
        metric = clipped(self.metric)
        if self.is_goal:
            return "a goal is a loss, or a metric of Keras that has a better direction"
        return f"write `{{max: {metric}}}` in place of its name, or `{{min: {metric}}}`"


class ScheduleTwice(Problem):
    """A Keras schedule, which brings its own learning rate, beside one of the optimizer."""

    code: ClassVar[str] = "R309"
    bad: ClassVar[str] = (
        "optimizer: {Adam: {learning_rate: 0.1}}\n"
        "schedule: {CosineDecay: {initial_learning_rate: 0.1, decay_steps: 1000}}"
    )
    good: ClassVar[str] = (
        "optimizer: Adam\nschedule: {CosineDecay: {initial_learning_rate: 0.1, decay_steps: 1000}}"
    )

    schedule: str
    other: Span | None

    @property
    def message(self) -> str:
        return f"`{self.schedule}` brings its own learning rate, and the optimizer has one too"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.other, "this one would be ignored"),) if self.other else ()


class StretchTooLong(Problem):
    """A part of the run that is longer than the run."""

    code: ClassVar[str] = "R310"
    bad: ClassVar[str] = "training: {steps: 100}\nschedule: {warmup_cosine: {warmup: 200 steps}}"
    good: ClassVar[str] = "training: {steps: 100}\nschedule: {warmup_cosine: {warmup: 5%}}"

    path: str
    written: str
    steps: int | None
    run: str

    @property
    def message(self) -> str:
        written, steps = self.written, f"{self.steps} steps"
        length = written if self.steps is None or written == steps else f"{written} ({steps})"
        return f"`{self.path}` of {length} is longer than the whole run" + (
            f" of {self.run}" if self.run else ""
        )

    @property
    def help(self) -> str:
        return "a share always fits: `5%` of the run is usual for a warm-up"


class StrategyRefuses(Problem):
    """A word that this strategy cannot keep right."""

    code: ClassVar[str] = "R315"

    path: str
    strategy: str
    reason: str

    @property
    def message(self) -> str:
        return f"`{self.path}` cannot be kept right under `strategy: {self.strategy}`: {self.reason}"

    @property
    def help(self) -> str:
        return "use `strategy: single`, or leave it out"


class StrategyChanges(StrategyRefuses):
    """A word that means something slightly else under this strategy."""

    code: ClassVar[str] = "R316"
    severity: ClassVar[Severity] = Severity.WARNING

    @property
    def message(self) -> str:
        return f"`{self.path}` is not the same under `strategy: {self.strategy}`: {self.reason}"

    @property
    def help(self) -> str:
        return ""


class SourcesOverlap(Problem):
    """`data.source` beside sources of single parts, or none at all."""

    code: ClassVar[str] = "R317"
    bad: ClassVar[str] = "data: {source: {bundled: digits}, train: {bundled: digits}}"
    good: ClassVar[str] = "data: {source: {bundled: digits}}"

    written: tuple[str, ...]

    @property
    def message(self) -> str:
        if not self.written:
            return "`data` needs a `source`, or a `train` source"
        listed = " and ".join(f"`{key}`" for key in self.written)
        if "source" not in self.written:
            return f"`data` has {listed}, and nothing to train on"
        return f"`data` has {listed}; `source` stands alone"

    @property
    def help(self) -> str:
        return "write `source` alone, or `train` with the other parts beside it"


class NothingToTrain(Problem):
    """An architecture without a layer."""

    code: ClassVar[str] = "R318"
    bad: ClassVar[str] = "architecture: []"
    good: ClassVar[str] = "architecture: [Flatten, head]"

    @property
    def message(self) -> str:
        return "`architecture` has no layer"


class RunTooLong(Problem):
    """More epochs or steps than any run can take."""

    code: ClassVar[str] = "R323"
    why: ClassVar[str] = "a number that no machine can count to is a slip, or an attack"
    bad: ClassVar[str] = "training: {epochs: 1000000000000}"
    good: ClassVar[str] = "training: {epochs: 10}"

    path: str
    most: int
    received: str

    @property
    def message(self) -> str:
        return f"`{self.path}` must be at most {self.most:,}. Received: {self.received}"
