"""`optimizer.groups`, settled once the paths of weights are known: who matches, and what follows for each."""

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import keras

from recipe.catalog.calls import Call
from recipe.compiler.levels import levels
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.updates import GroupsMatched, NothingLearns, PatternMatchesNothing
from recipe.program.programs import Group, Program
from recipe.program.sections import section


@dataclass(frozen=True, slots=True)
class Groups:
    """What groups mean for the weights of a network.

    Args:
        members: paths of the weights of each group, in the order of the groups.
        rates: factors of the learning rate by path, where it is not 1.
        decays: weight decays by path, where a group says one.
        frozen: paths of weights that are never trained.
        thaws: the step from which a weight is trained, by path, where that is not the first.
        levels: number of levels that `layer_decay` counts.
    """

    members: tuple[tuple[Group, tuple[str, ...]], ...] = ()
    rates: Mapping[str, float] = field(default_factory=dict)
    decays: Mapping[str, float] = field(default_factory=dict)
    frozen: frozenset[str] = frozenset()
    thaws: Mapping[str, int] = field(default_factory=dict)
    levels: int = 0

    def frozen_at(self, step: int) -> frozenset[str]:
        """Paths of the weights that are not trained for now.

        Args:
            step: updates so far.
        """
        return frozenset(path for path, thaw in self.thaws.items() if thaw > step)

    def frozen_layers(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Names of the layers of which no weight is ever trained.

        Args:
            paths: of all weights of the network.
        """
        names = dict.fromkeys(path.partition("/")[0] for path in paths)
        live = {path.partition("/")[0] for path in paths if path not in self.frozen}
        return tuple(name for name in names if name not in live)

    def left(self, step: int) -> int | None:
        """How many steps remain until the next weights are trained; None when none wait."""
        return min((thaw - step for thaw in self.thaws.values() if thaw > step), default=None)


NO_GROUPS = Groups()
MOST_SUGGESTED = 200  # paths that are compared with a pattern that matches none


def settle_groups(program: Program, model: Any, problems: list[Problem]) -> Groups:
    """The groups of a Program over the weights of its network.

    Args:
        program: with facts.
        model: built; its weights need no values.
        problems: where patterns without a weight go.
    """
    groups = program.update.groups
    if not groups:
        return NO_GROUPS
    paths = [weight.path for weight in model.weights]
    level = levels(paths, frozenset(one.name for one in model.layers if isinstance(one, keras.Model)))
    last = max(level.values(), default=0)
    owner: dict[str, Group] = {}
    members = []
    for group in groups:
        matched = [path for path in paths if fnmatch.fnmatchcase(path, group.match)]
        free = tuple(path for path in matched if path not in owner)
        if not free:
            known = tuple(paths[:MOST_SUGGESTED])
            problem = PatternMatchesNothing(group.span, "optimizer.groups", group.match, known, len(matched))
            problems.append(problem)
        owner |= dict.fromkeys(free, group)
        members.append((group, free))
    trained = {weight.path for weight in model.trainable_weights}
    rates = {
        path: group.learning_rate * group.layer_decay ** (last - level[path])
        for path, group in owner.items()
        if path in trained
    }
    settled = Groups(
        members=tuple(members),
        rates={path: factor for path, factor in rates.items() if factor != 1.0},
        decays={
            path: group.weight_decay
            for path, group in owner.items()
            if group.weight_decay is not None and path in trained
        },
        frozen=frozenset(path for path, group in owner.items() if group.frozen),
        thaws={
            path: int(str(group.frozen_steps)) for path, group in owner.items() if group.frozen_steps != 0
        },
        levels=last + 1,
    )
    _check_learning(settled, trained, groups, problems)
    return settled


def check_exclusions(program: Program, model: Any, problems: list[Problem]) -> None:
    """Tell the patterns of what does not decay that match no weight; R355."""
    paths = [weight.path for weight in model.weights]
    path = "regularization.weight_decay.exclude"
    for pattern in program.decay.exclude if program.decay else ():
        if not fnmatch.filter(paths, pattern):
            span, known = _span_of_exclusion(program), tuple(paths[:MOST_SUGGESTED])
            problems.append(PatternMatchesNothing(span, path, pattern, known))


def _span_of_exclusion(program: Program) -> Span | None:
    written = section(program.spec, "regularization").get("weight_decay")
    return written.span_of("exclude") if isinstance(written, Call) else None


def _check_learning(
    groups: Groups, trained: set[str], written: tuple[Group, ...], problems: list[Problem]
) -> None:
    for step in (0, *sorted(set(groups.thaws.values()))):
        if trained <= groups.frozen | groups.frozen_at(step):
            span = next((group.span for group in written if group.frozen or group.frozen_steps != 0), None)
            problems.append(NothingLearns(span, step))
            return


def freeze(model: Any, groups: Groups) -> None:
    """Take the weights that are never trained out of what a model trains."""
    for weight in model.weights:
        if weight.path in groups.frozen:
            weight.trainable = False
    for layer in resting_layers(model, groups.frozen):
        layer.trainable = False


def resting_layers(model: Any, frozen: frozenset[str]) -> list[Any]:
    """The layers all of whose weights are frozen, statistics of batch norm among them."""
    found = []
    for layer in model._flatten_layers() if frozen else ():
        own = [*layer._trainable_variables, *layer._non_trainable_variables]
        weights = {one.path for one in own}
        if weights and weights <= frozen:
            found.append(layer)
    return found


@contextmanager
def resting(model: Any, frozen: frozenset[str]) -> Iterator[None]:
    """Let layers that are wholly frozen compute as in inference, as batch norm does, while one traces."""
    layers = resting_layers(model, frozen)
    before = [layer._trainable for layer in layers]
    try:
        for layer in layers:
            layer._trainable = False
        yield
    finally:
        for layer, was in zip(layers, before, strict=True):
            layer._trainable = was


def told(groups: Groups) -> GroupsMatched | None:
    """What the groups match, for whoever starts a run; None where there are none."""
    return GroupsMatched(None, tuple(lines(groups))) if groups.members else None


def lines(groups: Groups) -> Iterator[str]:
    """What each group matches and means, in words."""
    for group, paths in groups.members:
        words = []
        rates = [groups.rates.get(path, 1.0) for path in paths]
        if group.frozen:
            words.append("never trained")
        elif group.frozen_steps:
            words.append(f"frozen for {group.frozen_steps} steps")
        if not group.frozen and set(rates) != {1.0}:
            low, high = min(rates), max(rates)
            words.append(f"learning rate x{low:.3g}" + ("" if low == high else f" to x{high:.3g}"))
        if group.layer_decay != 1.0:
            words.append(f"over {groups.levels} levels")
        if group.weight_decay is not None:
            words.append(f"weight decay {group.weight_decay:g}")
        count = f"{len(paths)} weight{'' if len(paths) == 1 else 's'}"
        yield f"`{group.match}` {count}{''.join(f', {word}' for word in words)}"
