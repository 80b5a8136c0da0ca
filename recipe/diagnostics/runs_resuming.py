"""R61x: a run folder that meets another spec, other data or another machine than it began with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from recipe.diagnostics.problems import Problem, Severity

MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Change:
    """A value of a spec that is not what a run began with.

    Args:
        path: of the value, such as `optimizer.AdamW.learning_rate`.
        before: the value that the run began with.
        before_at: where it was written then, `mine.yaml:9`; empty when nobody wrote it.
        after: the value now.
        after_at: where it is written now.
    """

    path: str
    before: str
    before_at: str
    after: str
    after_at: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that the bits of a run hang on beside its spec and data: then and now."""

    name: str
    before: str
    after: str


class OtherRun(Problem):
    """A run folder that was begun with another spec, where the values that differ shaped steps it has done.

    Args:
        path: the folder.
        step: the last one that it saved.
        changes: what differs.
    """

    code: ClassVar[str] = "R611"
    why: ClassVar[str] = (
        "a run goes on only where every step it has done would be done the same way by the new spec"
    )

    path: str
    step: int
    changes: tuple[Change, ...]

    @property
    def message(self) -> str:
        """Which value it is, and how many there are."""
        more = len(self.changes) - 1
        values = f" and {more} more value{'s' if more > 1 else ''}" if more else ""
        first = self.changes[0].path
        did = f"did {self.step} step{'s' if self.step > 1 else ''} with" if self.step else "began with"
        return f"`{self.path}` {did} another `{first}`{values} than this spec"

    @property
    def help(self) -> str:
        """Three lines a value, and the ways out."""
        return f"{_difference(self.changes)}\n{self._ways_out}"

    @property
    def _ways_out(self) -> str:
        fork = f"`--fork {self.path}` goes on from its weights in a folder of its own; " if self.step else ""
        absolute = "an absolute schedule (in steps or epochs, not in percent) may grow; "
        longer = any(change.path in ("training.epochs", "training.steps") for change in self.changes)
        return f"{absolute if longer else ''}{fork}without `--run` this spec is a run of its own"


def _difference(changes: Sequence[Change]) -> str:
    lines = []
    for change in changes[:MOST_SHOWN]:
        before = f"{change.before}  ({change.before_at})" if change.before_at else change.before
        after = f"{change.after}  ({change.after_at})" if change.after_at else change.after
        lines += [change.path, f"- {before}", f"+ {after}"]
    more = len(changes) - MOST_SHOWN
    return "\n".join([*lines, f"and {more} more"] if more > 0 else lines)


class ChangedData(Problem):
    """Data that are not those a run began with.

    Args:
        path: the run folder.
        before: steps in an epoch when it began.
        after: steps in an epoch now.
    """

    code: ClassVar[str] = "R612"
    why: ClassVar[str] = "half of a run on other data is no run that anybody asked for"

    path: str
    before: int
    after: int

    @property
    def message(self) -> str:
        """Which run, and how much longer an epoch is."""
        longer = f": an epoch had {self.before} steps, and has {self.after}"
        return f"the data have changed since `{self.path}` began{longer if self.before != self.after else ''}"

    @property
    def help(self) -> str:
        """The ways out."""
        accept = f"accept them with `recipe fit SPEC --run {self.path} --allow-data-change`, "
        fork = f"or start a run on the new data from its weights with `--fork {self.path}`"
        return f"bring the old data back, {accept if self.before == self.after else ''}{fork}"


class DataChangeAccepted(Problem):
    """A run that goes on with other data than it began with, as was asked for.

    Args:
        path: the run folder.
        step: the last one on the old data.
    """

    code: ClassVar[str] = "R613"
    severity: ClassVar[Severity] = Severity.WARNING

    path: str
    step: int

    @property
    def message(self) -> str:
        """What is lost."""
        return (
            f"`{self.path}` learns from other data after step {self.step}: no single spec and data give "
            "its weights again, and its metrics before and after do not compare"
        )


class OtherEnvironment(Problem):
    """A run folder whose run began on another machine, with other versions or with another engine.

    Args:
        path: the folder.
        conditions: what differs.
    """

    code: ClassVar[str] = "R614"
    why: ClassVar[str] = (
        "the same machine, versions, threads and engine give the same bits; others give a run that "
        "differs from one that never stopped"
    )

    path: str
    conditions: tuple[Condition, ...]

    @property
    def message(self) -> str:
        """What is not as it was."""
        names = [f"`{condition.name}`" for condition in self.conditions]
        shown = ", ".join(names[:MOST_SHOWN])
        more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
        return f"`{self.path}` cannot go on as it began: it had another {shown}{more}"

    @property
    def help(self) -> str:
        """A table, and the ways out."""
        return f"{_table(self.conditions)}\nbring it back, or accept it with `--engine-changed`"


def _table(conditions: Sequence[Condition]) -> str:
    rows = [("", "then", "now"), *((one.name, one.before, one.after) for one in conditions)]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(f"{name:<{widths[0]}}  {then:<{widths[1]}}  {now}".rstrip() for name, then, now in rows)


class EnvironmentAccepted(Problem):
    """A run that goes on under other conditions than it began with, as was asked for.

    Args:
        path: the run folder.
        step: the last one under the old conditions.
        conditions: what differs.
    """

    code: ClassVar[str] = "R615"
    severity: ClassVar[Severity] = Severity.WARNING

    path: str
    step: int
    conditions: tuple[Condition, ...]

    @property
    def message(self) -> str:
        """What is lost."""
        return (
            f"the weights of `{self.path}` will not be bit-identical to those of a run that never stopped: "
            f"the conditions changed after step {self.step}"
        )

    @property
    def help(self) -> str:
        """What changed."""
        return _table(self.conditions)


class UnfitWeights(Problem):
    """A network or optimizer that cannot start from the checkpoint of another run.

    Args:
        span: the architecture of the spec.
        path: the checkpoint.
        weights: that do not fit, each with its shape there and here; a shape is empty where there is none.
    """

    code: ClassVar[str] = "R616"
    why: ClassVar[str] = "weights are known by their path, and one of another shape cannot be taken over"

    path: str
    weights: tuple[tuple[str, str, str], ...]

    @property
    def message(self) -> str:
        """How many do not fit."""
        count = len(self.weights)
        what = "a weight" if count == 1 else f"{count} weights"
        return f"{what} of this spec and of `{self.path}` do not fit"

    @property
    def help(self) -> str:
        """Which ones."""
        shown = [
            f"{name}: {there or 'absent'} there, {here or 'absent'} here"
            for name, there, here in self.weights[: 2 * MOST_SHOWN]
        ]
        more = len(self.weights) - len(shown)
        return "\n".join([*shown, f"and {more} more"] if more else shown)


class NothingLeft(Problem):
    """A run that is to go on from a step at which the new spec has already ended.

    Args:
        span: how long the spec trains.
        path: the run that it starts from.
        step: its last one.
        total: steps of the spec.
    """

    code: ClassVar[str] = "R617"
    why: ClassVar[str] = "a run that is forked goes on at its step, so that schedule and optimizer agree"

    path: str
    step: int
    total: int

    @property
    def message(self) -> str:
        """Both numbers."""
        return f"nothing is left to train: `{self.path}` stands at step {self.step} of {self.total}"

    @property
    def help(self) -> str:
        """The way out."""
        return "raise `training.epochs` or `training.steps`"


class NoCheckpoint(Problem):
    """A run that is to be forked, or to grow, and has saved no state of its training.

    Args:
        path: the run folder.
    """

    code: ClassVar[str] = "R618"

    path: str

    @property
    def message(self) -> str:
        """Which run."""
        return f"`{self.path}` has no checkpoint to go on from"

    @property
    def help(self) -> str:
        """The way out."""
        return "train it further, or choose another run: `recipe status RUN` says where one stands"
