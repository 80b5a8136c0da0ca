"""R3xx: values that are each admitted and do not go together."""

from typing import ClassVar

from recipe.diagnostics.problems import Label, Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.suggestions import meant
from recipe.diagnostics.wording import clipped, listing


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
    """What cannot leave out positions without a class: what fills up a sequence, ignored pixels."""

    code: ClassVar[str] = "R319"
    why: ClassVar[str] = "what is no class must not be learned or counted"

    name: str
    nothing: str
    instead: str

    @property
    def message(self) -> str:
        return f"`{self.name}` cannot leave out {self.nothing}"

    @property
    def help(self) -> str:
        return f"`{self.instead}` and its like can" if self.instead else f"leave `{self.name}` out"


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
