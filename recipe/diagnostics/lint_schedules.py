"""L3xx: schedules that do not fit the run."""

from typing import ClassVar

from recipe.diagnostics.lint import Lint
from recipe.diagnostics.problems import Label, Severity
from recipe.diagnostics.spans import Span

PLAYBOOK = "https://github.com/google-research/tuning_playbook"
COSINE = "https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay/"


class LongWarmup(Lint):
    """A warm-up that takes most of the run."""

    code: ClassVar[str] = "L303"
    why: ClassVar[str] = "while the rate rises, little of the run is left to train at its peak"
    source: ClassVar[str] = f"{PLAYBOOK} (a warm-up should not be more than 10% of the run)"
    bad: ClassVar[str] = "schedule: {warmup_cosine: {warmup: 90%}}"
    good: ClassVar[str] = "schedule: {warmup_cosine: {warmup: 5%}}"

    schedule: str
    share: float

    @property
    def message(self) -> str:
        return f"the warm-up of `{self.schedule}` is {self.share:.0%} of the run"

    @property
    def help(self) -> str:
        return "5% to 10% is usual"


class DecayEndsEarly(Lint):
    """A schedule that reaches zero long before the run ends."""

    code: ClassVar[str] = "L304"
    why: ClassVar[str] = "what comes after is computed and paid for, and changes no weight"
    source: ClassVar[str] = (
        "https://karpathy.github.io/2019/04/25/recipe/ (do not trust learning rate decay defaults)"
    )
    bad: ClassVar[str] = (
        "optimizer: Adam\ntraining: {steps: 10000, batch_size: 32}\n"
        "schedule: {CosineDecay: {initial_learning_rate: 1e-3, decay_steps: 2000}}"
    )
    good: ClassVar[str] = (
        "optimizer: {Adam: {learning_rate: 1e-3}}\ntraining: {steps: 10000, batch_size: 32}\n"
        "schedule: {warmup_cosine: {warmup: 0%}}"
    )

    schedule: str
    end: int
    total: int

    @property
    def message(self) -> str:
        return f"`{self.schedule}` is at its floor after {self.end:,} of the run's {self.total:,} steps"

    @property
    def help(self) -> str:
        return f"write `decay_steps: {self.total}`, or `warmup_cosine`, which always spans the run"


class DecayCutOff(Lint):
    """A schedule that is far from its end when the run ends."""

    code: ClassVar[str] = "L305"
    why: ClassVar[str] = "most of the gain of a decay comes at its end, which the run never reaches"
    source: ClassVar[str] = f"{COSINE} (`decay_steps`); {PLAYBOOK} (decay to the end of the run)"
    bad: ClassVar[str] = (
        "optimizer: Adam\ntraining: {steps: 1000, batch_size: 32}\n"
        "schedule: {CosineDecay: {initial_learning_rate: 1e-3, decay_steps: 10000}}"
    )
    good: ClassVar[str] = (
        "optimizer: Adam\ntraining: {steps: 1000, batch_size: 32}\n"
        "schedule: {CosineDecay: {initial_learning_rate: 1e-3, decay_steps: 1000}}"
    )

    schedule: str
    end: int
    total: int

    @property
    def message(self) -> str:
        return f"`{self.schedule}` needs {self.end:,} steps, and the run has {self.total:,}"

    @property
    def help(self) -> str:
        return f"write `decay_steps: {self.total}`, or `warmup_cosine`, which always spans the run"


class StoppedBeforeDecay(Lint):
    """Early stopping beside a schedule whose gain comes at its end."""

    code: ClassVar[str] = "L310"
    severity: ClassVar[Severity] = Severity.INFO
    why: ClassVar[str] = (
        "stopping while the rate is high gives up what the end of the decay brings; the best weights are "
        "kept anyway. Others stop early all the same, to save time"
    )
    source: ClassVar[str] = (
        f"{PLAYBOOK} (early stopping is usually not necessary); "
        "https://karpathy.github.io/2019/04/25/recipe/ (lists early stopping among the regularizers)"
    )
    bad: ClassVar[str] = (
        "training: {epochs: 60}\nschedule: {warmup_cosine: {warmup: 5%}}\n"
        "regularization: {early_stopping: {patience: 5 epochs}}"
    )
    good: ClassVar[str] = "training: {epochs: 60}\nschedule: {warmup_cosine: {warmup: 5%}}"

    schedule: str
    other: Span | None

    @property
    def message(self) -> str:
        return f"early stopping may end the run before `{self.schedule}` has brought the rate down"

    @property
    def help(self) -> str:
        return "without it, `monitor.best` still decides which weights are the best"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.other, "the schedule"),) if self.other else ()


class BoundaryAfterEnd(Lint):
    """A step of the learning rate that comes after the run."""

    code: ClassVar[str] = "L313"
    why: ClassVar[str] = "the rate is never reduced there; boundaries count steps, not epochs or examples"
    source: ClassVar[str] = (
        "https://keras.io/api/optimizers/learning_rate_schedules/piecewise_constant_decay/ (`boundaries`)"
    )
    bad: ClassVar[str] = (
        "optimizer: Adam\ntraining: {steps: 1000, batch_size: 32}\n"
        "schedule: {PiecewiseConstantDecay: {boundaries: [500, 5000], values: [1e-3, 1e-4, 1e-5]}}"
    )
    good: ClassVar[str] = (
        "optimizer: Adam\ntraining: {steps: 1000, batch_size: 32}\n"
        "schedule: {PiecewiseConstantDecay: {boundaries: [500, 900], values: [1e-3, 1e-4, 1e-5]}}"
    )

    boundary: int
    total: int

    @property
    def message(self) -> str:
        return f"the boundary at step {self.boundary:,} lies after the run's {self.total:,} steps"
