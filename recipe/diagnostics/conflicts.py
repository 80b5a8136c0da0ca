"""R3xx: values that are each admitted and do not go together."""

from typing import ClassVar

from recipe.diagnostics.problems import Label, Problem, Severity
from recipe.diagnostics.spans import Span
from recipe.diagnostics.suggestions import meant
from recipe.diagnostics.text import clipped
from recipe.diagnostics.values import listing


def _counted(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


class Exclusive(Problem):
    """Two keys of which only one may be written."""

    code: ClassVar[str] = "R301"
    bad: ClassVar[str] = "training: {epochs: 5, steps: 1000}"
    good: ClassVar[str] = "training: {epochs: 5}"

    path: str
    first: str
    second: str
    other: Span | None = None

    @property
    def message(self) -> str:
        return f"`{self.path}` has both `{self.first}` and `{self.second}`; write one"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.other, "the other"),) if self.other else ()

    @property
    def help(self) -> str:
        return f"`{self.first}: off` removes one that was inherited"


class OneIsNeeded(Problem):
    """Several keys of which at least one must be written."""

    code: ClassVar[str] = "R302"
    bad: ClassVar[str] = "training: {batch_size: 32}"
    good: ClassVar[str] = "training: {epochs: 5, batch_size: 32}"

    path: str
    keys: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"`{self.path}` needs {' or '.join(f'`{key}`' for key in self.keys)}"


class SlotWithoutRate(Problem):
    """A dropout layer without a rate in a spec that gives none."""

    code: ClassVar[str] = "R303"
    bad: ClassVar[str] = "architecture: [Dropout]"
    good: ClassVar[str] = "architecture: [{Dropout: 0.2}]"

    layer: str

    @property
    def message(self) -> str:
        return f"`{self.layer}` has no rate and the spec gives none"

    @property
    def help(self) -> str:
        return f"write `{self.layer}: 0.2`, or `regularization: {{dropout: 0.2}}` for all of them"


class RateWithoutSlot(Problem):
    """A dropout rate in a spec without a layer that takes it."""

    code: ClassVar[str] = "R304"
    why: ClassVar[str] = "a rate that nothing uses would be a setting silently lost"
    bad: ClassVar[str] = "architecture: [Flatten, head]\nregularization: {dropout: 0.2}"
    good: ClassVar[str] = "architecture: [Flatten, Dropout, head]\nregularization: {dropout: 0.2}"

    path: str

    @property
    def message(self) -> str:
        return f"`{self.path}` changes nothing: no layer takes its rate"

    @property
    def help(self) -> str:
        return "put `- Dropout` where units are to be dropped, or remove the rate"


class UnknownOutput(Problem):
    """A `from` that names nothing that came before it."""

    code: ClassVar[str] = "R305"
    bad: ClassVar[str] = "architecture:\n  - Flatten:\n    as: flat\n  - head:\n    from: falt"
    good: ClassVar[str] = "architecture:\n  - Flatten:\n    as: flat\n  - head:\n    from: flat"

    name: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"no earlier layer here is called `{clipped(self.name)}`"

    @property
    def label(self) -> str:
        nearest = meant(self.name, self.known)
        return f"did you mean `{nearest}`?" if nearest else ""

    @property
    def help(self) -> str:
        return "" if self.label else f"known here: {listing(self.known)}"


class NameTaken(Problem):
    """One name for two layers of one scope."""

    code: ClassVar[str] = "R306"
    bad: ClassVar[str] = "architecture:\n  - Flatten:\n    as: x\n  - Dense: 10\n    as: x"
    good: ClassVar[str] = "architecture:\n  - Flatten:\n    as: x\n  - Dense: 10\n    as: y"

    name: str
    other: Span | None
    owner: str = ""

    @property
    def message(self) -> str:
        return f"the name `{self.name}` is taken{f' by {self.owner}' if self.owner else ''}"

    @property
    def further(self) -> tuple[Label, ...]:
        return (Label(self.other, "here"),) if self.other else ()

    @property
    def help(self) -> str:
        return "write another name with `as`"


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

    @property
    def message(self) -> str:
        return f"whether more or less of `{clipped(self.metric)}` is better is not known"

    @property
    def help(self) -> str:
        return f"write `monitor: {{best: {{max: {clipped(self.metric)}}}}}` or `min`"


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
    steps: int
    total: int

    @property
    def message(self) -> str:
        written, steps = self.written, f"{self.steps} steps"
        length = steps if written == steps else f"{written} ({steps})"
        return f"`{self.path}` of {length} is longer than the whole run of {self.total} steps"

    @property
    def help(self) -> str:
        return "a share always fits: `5%` of the run is usual for a warm-up"


class DoesNotFitTarget(Problem):
    """A loss, metric or word that does not fit what the target is."""

    code: ClassVar[str] = "R311"

    path: str
    name: str
    kind: str
    instead: str = ""

    @property
    def message(self) -> str:
        return f"`{self.name}` in `{self.path}` does not fit a target that is {_target_words(self.kind)}"

    @property
    def help(self) -> str:
        return f"write {self.instead}" if self.instead else ""


def _target_words(kind: str) -> str:
    return kind if kind == "labels" else f"a {kind}"


class CountsFilling(Problem):
    """A loss or a metric of one-hot classes, where sequences are filled up with what is no class."""

    code: ClassVar[str] = "R319"
    why: ClassVar[str] = "what fills up a sequence is no step, and must not be learned or counted"

    name: str

    @property
    def message(self) -> str:
        return f"`{self.name}` takes classes one-hot, and what fills up a sequence has none"

    @property
    def help(self) -> str:
        return "a target that is a sequence takes `SparseCategoricalCrossentropy` and metrics of its like"


class NoOutput(Problem):
    """An architecture with fewer heads than targets, or none."""

    code: ClassVar[str] = "R312"
    bad: ClassVar[str] = "architecture: [Flatten, head, head]"
    good: ClassVar[str] = "architecture: [Flatten, head]"

    targets: tuple[str, ...]
    heads: int

    @property
    def message(self) -> str:
        listed = f" ({', '.join(self.targets)})" if self.targets else ""
        targets = f"{_counted(len(self.targets), 'target')}{listed}"
        return f"the data has {targets}, and the architecture has {_counted(self.heads, 'head')}"

    @property
    def help(self) -> str:
        return "end the architecture with one `head` for each target"


class HeadAfterAll(Problem):
    """A probability at the end of a network whose loss was told to expect logits, or the reverse."""

    code: ClassVar[str] = "R313"
    why: ClassVar[str] = "the loss would apply softmax twice, or not at all, and accuracy would stall"
    bad: ClassVar[str] = "loss: {SparseCategoricalCrossentropy: {from_logits: false}}"
    good: ClassVar[str] = "loss: SparseCategoricalCrossentropy"

    loss: str
    logits: bool

    @property
    def message(self) -> str:
        given = "logits" if self.logits else "probabilities"
        return f"the network ends in {given}, and `{self.loss}` is told the opposite"

    @property
    def help(self) -> str:
        return "leave `from_logits` out: it follows from the last layer"


class SlotPatternMatchesNothing(Problem):
    """A pattern of `init.match` that fits no slot."""

    code: ClassVar[str] = "R314"
    bad: ClassVar[str] = "init: {match: {'dense/kernl': Zeros}}"
    good: ClassVar[str] = "init: {match: {'dense/kernel': Zeros}}"

    pattern: str
    slots: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"the pattern `{clipped(self.pattern)}` matches no weight slot"

    @property
    def label(self) -> str:
        nearest = meant(self.pattern, self.slots)
        return f"did you mean `{nearest}`?" if nearest else ""

    @property
    def help(self) -> str:
        return f"slots are such as {', '.join(self.slots[:4])}" if self.slots else ""


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


class TakesNoSmoothing(Problem):
    """Label smoothing beside a loss that has none."""

    code: ClassVar[str] = "R320"
    why: ClassVar[str] = "the smoothing would change nothing"
    bad: ClassVar[str] = "loss: MeanSquaredError\nregularization: {label_smoothing: 0.1}"
    good: ClassVar[str] = "loss: auto\nregularization: {label_smoothing: 0.1}"

    loss: str

    @property
    def message(self) -> str:
        return f"the loss `{self.loss}` takes no label smoothing"

    @property
    def help(self) -> str:
        return "leave `label_smoothing` out, or write `loss: auto` where the target has classes"


class UnknownTarget(Problem):
    """A head for a target that the data does not have."""

    code: ClassVar[str] = "R321"
    why: ClassVar[str] = "the size of a head follows from its target, so it is not written"
    bad: ClassVar[str] = "architecture: [Flatten, {head: wages}]"
    good: ClassVar[str] = "architecture: [Flatten, head]"

    name: str
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"the data has no target `{clipped(self.name)}`"

    @property
    def label(self) -> str:
        nearest = meant(self.name, self.known)
        return f"did you mean `{nearest}`?" if nearest else ""

    @property
    def help(self) -> str:
        return "" if self.label else f"its targets: {', '.join(self.known)}"


class TooManyPatterns(Problem):
    """More patterns over weight slots than any honest spec has."""

    code: ClassVar[str] = "R322"
    why: ClassVar[str] = "each pattern is compared with each slot, and checking a spec must stay quick"

    num_patterns: int
    num_slots: int
    most: int

    @property
    def message(self) -> str:
        return (
            f"patterns times weight slots must be at most {self.most:,}. "
            f"Received: {self.num_patterns:,} patterns over {self.num_slots:,} slots"
        )


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


class OneForSeveral(Problem):
    """One loss, or one list of metrics, for several targets."""

    code: ClassVar[str] = "R325"
    why: ClassVar[str] = "targets of different kinds need losses and metrics of their own"
    bad: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: {species: category, year: number}, missing: drop}\n"
        "architecture: [{head: species}, {head: year}]\n"
        "loss: MeanSquaredError"
    )
    good: ClassVar[str] = (
        "data: {source: {bundled: penguins}, target: {species: category, year: number}, missing: drop}\n"
        "architecture: [{head: species}, {head: year}]\n"
        "loss: {year: MeanSquaredError}"
    )

    section: str
    targets: tuple[str, ...]

    @property
    def message(self) -> str:
        return f"`{self.section}` is written once, and there are {_counted(len(self.targets), 'target')}"

    @property
    def help(self) -> str:
        shown = ", ".join(f"{name}: auto" for name in self.targets[:3])
        return f"write it for each target that needs another than `auto`: `{self.section}: {{{shown}}}`"
