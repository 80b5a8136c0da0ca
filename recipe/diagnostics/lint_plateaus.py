"""L3xx: reducing the learning rate on a plateau."""

from typing import ClassVar

from recipe.diagnostics.lint import Lint
from recipe.diagnostics.problems import Label, Severity
from recipe.diagnostics.spans import Span

PLATEAU = "https://keras.io/api/callbacks/reduce_lr_on_plateau/"


class PlateauWithSchedule(Lint):
    """Two that set the learning rate."""

    code: ClassVar[str] = "L306"
    severity: ClassVar[Severity] = Severity.ERROR
    why: ClassVar[str] = (
        "an optimizer with a schedule refuses to have its rate set: the callback would raise a TypeError at "
        "the first plateau, in the middle of the run"
    )
    source: ClassVar[str] = f"{PLATEAU}; Keras's `Optimizer.learning_rate` raises for a schedule"
    bad: ClassVar[str] = (
        "schedule: warmup_cosine\ntraining: {epochs: 30, callbacks: [{ReduceLROnPlateau: {patience: 3}}]}"
    )
    good: ClassVar[str] = "training: {epochs: 30, callbacks: [{ReduceLROnPlateau: {patience: 3}}]}"

    schedule: str
    other: Span | None

    @property
    def message(self) -> str:
        return f"`ReduceLROnPlateau` and the schedule `{self.schedule}` both set the learning rate"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.other, "the schedule"),) if self.other else ()

    @property
    def help(self) -> str:
        return "keep one of them"


class PlateauAfterStop(Lint):
    """A plateau that is waited for longer than the run lives without progress."""

    code: ClassVar[str] = "L307"
    why: ClassVar[str] = "early stopping ends the run before the rate is ever reduced"
    source: ClassVar[str] = f"{PLATEAU}; https://keras.io/api/callbacks/early_stopping/ (`patience` of both)"
    bad: ClassVar[str] = (
        "training: {epochs: 60, callbacks: [{ReduceLROnPlateau: {patience: 10}}]}\n"
        "regularization: {early_stopping: {patience: 5 epochs}}"
    )
    good: ClassVar[str] = (
        "training: {epochs: 60, callbacks: [{ReduceLROnPlateau: {patience: 4}}]}\n"
        "regularization: {early_stopping: {patience: 12 epochs}}"
    )

    plateau: int
    stopping: int
    other: Span | None

    @property
    def message(self) -> str:
        return (
            f"`ReduceLROnPlateau` waits {self.plateau} epochs, and early stopping ends the run after "
            f"{self.stopping}"
        )

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.other, "early stopping"),) if self.other else ()

    @property
    def help(self) -> str:
        return "give early stopping two to three times the patience of the plateau"


class PlateauCannotReduce(Lint):
    """A plateau callback whose numbers leave no room to reduce anything."""

    code: ClassVar[str] = "L308"
    severity: ClassVar[Severity] = Severity.ERROR
    why: ClassVar[str] = "the new rate would not be below the old one"
    source: ClassVar[str] = f"{PLATEAU} (new_lr = max(lr * factor, min_lr))"
    bad: ClassVar[str] = "training: {epochs: 30, callbacks: [{ReduceLROnPlateau: {min_lr: 0.01}}]}"
    good: ClassVar[str] = "training: {epochs: 30, callbacks: [{ReduceLROnPlateau: {min_lr: 1e-6}}]}"

    argument: str
    value: float
    limit: float

    @property
    def message(self) -> str:
        written = f"`{self.argument}` is {self.value:g}"
        return f"`ReduceLROnPlateau` never reduces: {written}, not below {self.limit:g}"

    @property
    def help(self) -> str:
        return "write `factor: 0.1`" if self.argument == "factor" else "write `min_lr: 1e-6`"
