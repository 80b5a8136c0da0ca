"""L4xx: what is watched, and what is done about it."""

from typing import ClassVar

from recipe.diagnostics.lint import Lint
from recipe.diagnostics.problems import Label, Severity
from recipe.diagnostics.spans import Span
from recipe.diagnostics.suggestions import meant

STOPPING = "https://keras.io/api/callbacks/early_stopping/"


class WatchesNothing(Lint):
    """A callback that watches a metric that the run does not log."""

    code: ClassVar[str] = "L401"
    severity: ClassVar[Severity] = Severity.ERROR
    why: ClassVar[str] = "Keras warns at the end of every epoch and trains on, and the callback never acts"
    source: ClassVar[str] = f"{STOPPING} (`monitor`)"
    bad: ClassVar[str] = "training: {epochs: 30, callbacks: [{ReduceLROnPlateau: {monitor: val_acc}}]}"
    good: ClassVar[str] = "training: {epochs: 30, callbacks: [{ReduceLROnPlateau: {monitor: val_accuracy}}]}"

    callback: str
    metric: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"`{self.callback}` watches `{self.metric}`, which is not logged"

    @property
    def label(self) -> str:
        nearest = meant(self.metric, self.known)
        return f"did you mean `{nearest}`?" if nearest else ""

    @property
    def help(self) -> str:
        return f"logged: {', '.join(self.known)}"


class WrongDirection(Lint):
    """A direction in which the watched metric gets worse."""

    code: ClassVar[str] = "L402"
    severity: ClassVar[Severity] = Severity.ERROR
    why: ClassVar[str] = "the worst epoch would be kept as the best"
    source: ClassVar[str] = f"{STOPPING} (`mode`)"
    bad: ClassVar[str] = "monitor: {best: {min: val_accuracy}}"
    good: ClassVar[str] = "monitor: {best: {max: val_accuracy}}"

    path: str
    metric: str
    written: str
    known: str

    @property
    def message(self) -> str:
        word = "more" if self.known == "max" else "less"
        return f"`{self.path}` says `{self.written}`, and of `{self.metric}` {word} is better"

    @property
    def help(self) -> str:
        return f"write `{self.known}`"


class PatienceOutlastsRun(Lint):
    """A patience that the run never exhausts."""

    code: ClassVar[str] = "L403"
    why: ClassVar[str] = "the earliest it can act is at the end of the run, so it never does"
    source: ClassVar[str] = f"{STOPPING} (`patience`)"
    bad: ClassVar[str] = "training: {epochs: 10}\nregularization: {early_stopping: {patience: 20 epochs}}"
    good: ClassVar[str] = "training: {epochs: 60}\nregularization: {early_stopping: {patience: 20 epochs}}"

    name: str
    earliest: int
    epochs: int

    @property
    def message(self) -> str:
        return (
            f"`{self.name}` acts after epoch {self.earliest} at the earliest, and the run has {self.epochs}"
        )

    @property
    def help(self) -> str:
        return "the best weights are kept without it: `monitor.best` decides which"


class KeepsLastWeights(Lint):
    """Keras's early stopping without the best weights."""

    code: ClassVar[str] = "L404"
    why: ClassVar[str] = (
        "it leaves the weights of `patience` epochs after the best: its default restores none"
    )
    source: ClassVar[str] = f"{STOPPING} (`restore_best_weights`)"
    bad: ClassVar[str] = "training: {epochs: 60, callbacks: [{EarlyStopping: {patience: 5}}]}"
    good: ClassVar[str] = "training: {epochs: 60}\nregularization: {early_stopping: {patience: 5 epochs}}"

    @property
    def message(self) -> str:
        return "`EarlyStopping` stops and leaves the last weights, not the best"

    @property
    def help(self) -> str:
        return "write `regularization: {early_stopping: {patience: 5 epochs}}`, which restores them"


class WatchesTraining(Lint):
    """A training metric that decides, where there is validation data."""

    code: ClassVar[str] = "L405"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = (
        "a training metric goes on improving while the network overfits; it is right only to see whether "
        "anything is learned at all"
    )
    source: ClassVar[str] = (
        "https://karpathy.github.io/2019/04/25/recipe/ (early stopping on the validation loss); its step "
        "'overfit' watches the training loss on purpose"
    )
    bad: ClassVar[str] = "monitor: {best: accuracy}"
    good: ClassVar[str] = "monitor: {best: val_accuracy}"

    path: str
    metric: str

    @property
    def message(self) -> str:
        return f"`{self.path}` watches `{self.metric}` on the examples that are trained on"

    @property
    def label(self) -> str:
        return f"did you mean `val_{self.metric}`?"


class SameFile(Lint):
    """Two callbacks that write one file."""

    code: ClassVar[str] = "L406"
    severity: ClassVar[Severity] = Severity.ERROR
    why: ClassVar[str] = "each writes over what the other wrote"
    source: ClassVar[str] = "https://keras.io/api/callbacks/csv_logger/ (`append: false` begins a new file)"
    bad: ClassVar[str] = (
        "training: {epochs: 10, callbacks: [{CSVLogger: log.csv}, {CSVLogger: {filename: log.csv}}]}"
    )
    good: ClassVar[str] = "training: {epochs: 10, callbacks: [{CSVLogger: log.csv}]}"

    path: str
    other: Span | None

    @property
    def message(self) -> str:
        return f"two callbacks write `{self.path}`"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.other, "here too"),) if self.other else ()

    @property
    def help(self) -> str:
        return "give each a file of its own"
