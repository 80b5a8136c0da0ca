"""The Program: everything a run is, as data.

The compiler builds it, eject prints it, the run folder keeps it, lint reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from recipe.catalog.calls import Call, Unknown
from recipe.diagnostics.spans import Span
from recipe.program.facts import Facts
from recipe.program.graphs import Graph
from recipe.program.plans import DataPlan


class Phase(StrEnum):
    """When a step of the batch program runs."""

    ALWAYS = "always"
    TRAINING = "training"


class Side(StrEnum):
    """What a step of the batch program changes."""

    INPUT = "input"
    TARGET = "target"
    WEIGHT = "weight"
    BATCH = "batch"


@dataclass(frozen=True, slots=True)
class BatchStep:
    """One step between gathering a batch and training on it.

    Args:
        name: unique, as a layer's.
        call: a layer: it maps one array; of `weight` the classes of a target to the weights of its losses;
            of `batch` the whole batch, inputs, targets and weights by name.
        side: what it changes.
        phase: random steps run in training only.
        of: name of the input or target, where there are several.
        mask: name of the target that is moved with the image; empty where nothing is.
    """

    name: str
    call: Call
    side: Side
    phase: Phase
    of: str = ""
    mask: str = ""


@dataclass(frozen=True, slots=True)
class Objective:
    """What is minimized and measured at one output.

    Args:
        target: that the output says.
        loss: what is minimized.
        metrics: what is measured, each with its name.
        weight: of the loss in the sum over all outputs.
        one_hot: whether the targets must be one-hot for them.
    """

    target: str
    loss: Call
    metrics: tuple[Call, ...]
    weight: float = 1.0
    one_hot: bool = False


@dataclass(frozen=True, slots=True)
class Decay:
    """Decoupled weight decay (arXiv 1711.05101); biases and norm parameters are always excluded.

    Args:
        value: per step and unit of learning rate.
        exclude: further patterns over weight paths (`*` within a part, `**` across).
        coupled: whether the decay is added to the gradient instead.
    """

    value: float
    exclude: tuple[str, ...]
    coupled: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Weights that are updated in another way.

    Args:
        match: pattern over weight paths.
        learning_rate: factor.
        weight_decay: in place of the optimizer's; None leaves that.
        layer_decay: factor from each level of the network to the one before it; 1 leaves them equal.
        frozen_steps: for how many steps from the start they are not trained.
        frozen: whether they are never trained.
        span: where it was written.
    """

    match: str
    learning_rate: float = 1.0
    weight_decay: float | None = None
    layer_decay: float = 1.0
    frozen_steps: int | Unknown = 0
    frozen: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """What lies between a gradient and a weight, beside the optimizer and Keras's own clipping.

    Args:
        groups: weights that are updated in another way; the first that matches counts.
        adaptive_clip: largest norm of the gradient of a unit as a share of that of its weights; 0 is none.
        noise: variance of the noise on the gradient in the first step; 0 is none.
        noise_decay: how fast the variance falls.
        centralized: whether gradients lose their mean over the inputs of each unit.
        average_decay: of the averaged weights; None keeps none.
        average_every: steps between two updates of the average.
    """

    groups: tuple[Group, ...] = ()
    adaptive_clip: float = 0.0
    noise: float = 0.0
    noise_decay: float = 0.55
    centralized: bool = False
    average_decay: float | None = None
    average_every: int | Unknown = 1


@dataclass(frozen=True, slots=True)
class EarlyStopping:
    """Stop after `patience` epochs without an improvement of `metric` by more than `minimum_delta`."""

    metric: str
    direction: str
    patience: int | Unknown
    minimum_delta: float
    after: int | Unknown


@dataclass(frozen=True, slots=True)
class Plateau:
    """Lower the learning rate when a metric no longer improves.

    Args:
        metric: that is watched.
        direction: `min` or `max`: which way it gets better.
        factor: the learning rate is multiplied by it.
        patience: epochs without an improvement.
        minimum_delta: the least change that counts as improvement.
        cooldown: epochs after a reduction that are not counted.
        floor: the least product of the factors.
        after_steps: updates of a warm-up, before which nothing is watched.
    """

    metric: str
    direction: str
    factor: float
    patience: int | Unknown
    minimum_delta: float
    cooldown: int | Unknown
    floor: float
    after_steps: int


@dataclass(frozen=True, slots=True)
class Checkpointing:
    """How often the state of a run is saved.

    Args:
        steps: between two checkpoints; None when steps do not decide.
        minutes: between two checkpoints; None when the clock does not decide.
        keep: how many stay.
    """

    steps: int | None = None
    minutes: float | None = None
    keep: int = 2


@dataclass(frozen=True, slots=True)
class Monitor:
    """Which epoch is best: the largest (`max`) or smallest (`min`) value of a logged metric."""

    metric: str
    direction: str


@dataclass(frozen=True, slots=True)
class Overfitting:
    """How far the validation may fall behind the training.

    Args:
        metric: whose gap is looked at, without `val_`.
        direction: in which it gets better: `max` or `min`.
        gap: the largest that is taken.
        patience: epochs in a row that are too many.
        stops: whether the run ends then.
    """

    metric: str
    direction: str
    gap: float
    patience: int | Unknown
    stops: bool


@dataclass(frozen=True, slots=True)
class Tracking:
    """Who is told of a run beside its folder.

    Args:
        tensorboard: whether `events/` is written.
        mlflow: whether MLflow is told.
        experiment: of MLflow.
        store: the folder of MLflow's runs; empty for the one that its environment names.
    """

    tensorboard: bool = False
    mlflow: bool = False
    experiment: str = ""
    store: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """A value of a logged metric that is good enough: at least (`max`) or at most (`min`) this one."""

    metric: str
    direction: str
    value: float


@dataclass(frozen=True, slots=True)
class Training:
    """How long, settled with the real size of the data.

    Args:
        epochs: passes over the data; the last may be cut by `total_steps`.
        batch_size: examples per update.
        steps_per_epoch: updates in one pass, the smaller last batch counted.
        total_steps: updates in the whole run.
        accumulate: parts in which a batch is computed, one after the other.
        sampling: `shuffled`, `ordered` as the source has them, or `balanced`.
        balanced_by: the target whose classes are drawn equally often; empty where none is.
        validate_every: epochs from one validation to the next.
        minutes: of training at most; None where the clock does not decide.
    """

    epochs: int | Unknown
    batch_size: int | Unknown
    steps_per_epoch: int | Unknown
    total_steps: int | Unknown
    accumulate: int = 1
    sampling: str = "shuffled"
    balanced_by: str = ""
    validate_every: int = 1
    minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Runtime:
    """Machine, precision and the root seed.

    Args:
        backend: of Keras.
        precision: of layers.
        strategy: how devices share a batch.
        seed: root of all randomness.
        deterministic: whether operations that do not repeat are refused.
        engine: how steps are executed; `auto` is measured.
        precision_reason: why, where `auto` left the precision open.
        block: updates in one call; None leaves it to the clock.
        examples: where they lie while it trains: `device`, `stream`, or `auto` by their size.
    """

    backend: str
    precision: str
    strategy: str
    seed: int
    deterministic: bool
    engine: str
    precision_reason: str = ""
    block: int | None = None
    examples: str = "auto"


@dataclass(frozen=True, slots=True)
class Program:
    """A whole training run.

    Args:
        name: of the run folder.
        spec: the checked spec, every value with its origin.
        data: what to read.
        facts: what the data turned out to be; None before it is read.
        graph: the network.
        batch: steps between gathering a batch and training on it.
        objectives: what is minimized and measured, one for each output.
        optimizer: the update rule, learning rate and clipping included.
        schedule: the learning rate over the steps; None for a constant one.
        decay: weight decay; None leaves the optimizer's own.
        training: how long.
        early_stopping: when to stop before.
        monitor: which epoch is best.
        checkpointing: how often the state is saved.
        callbacks: further Keras callbacks.
        runtime: machine, precision, seed.
        plateau: when the schedule is lowered; None for a schedule that is not `reduce_on_plateau`.
        settings: schedules of other numbers of the optimizer, by its argument, such as `momentum`.
        goals: at which the run ends, all of them in one epoch.
        overfitting: how far the validation may fall behind; None where nobody watches it.
        tracking: who is told beside the run folder.
        update: what else lies between a gradient and a weight.
        contents: sha256 of the files beside the spec that decide what is trained, by a path below their key.
    """

    name: str
    spec: Call
    data: DataPlan
    facts: Facts | None
    graph: Graph
    batch: tuple[BatchStep, ...]
    objectives: tuple[Objective, ...]
    optimizer: Call
    schedule: Call | None
    decay: Decay | None
    training: Training
    early_stopping: EarlyStopping | None
    monitor: Monitor
    checkpointing: Checkpointing
    callbacks: tuple[Call, ...]
    runtime: Runtime
    plateau: Plateau | None = None
    settings: Mapping[str, Call] = field(default_factory=dict)
    goals: tuple[Goal, ...] = ()
    overfitting: Overfitting | None = None
    tracking: Tracking = Tracking()
    update: Update = Update()
    contents: Mapping[str, str] = field(default_factory=dict)

    @property
    def imports(self) -> tuple[str, ...]:
        """The modules of the user whose classes it names."""
        written = self.spec.get("imports")
        return tuple(map(str, written)) if isinstance(written, tuple) else ()

    @property
    def loss(self) -> Call:
        """What is minimized; of several outputs, at the first."""
        return self.objectives[0].loss

    @property
    def metrics(self) -> tuple[Call, ...]:
        """What is measured at any output, each with its name."""
        return tuple(metric for objective in self.objectives for metric in objective.metrics)
