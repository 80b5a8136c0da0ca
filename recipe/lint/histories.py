"""Rules over the numbers of a finished run, a row an epoch."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from recipe.catalog import lookup
from recipe.diagnostics.lint import Lint
from recipe.diagnostics.lint_runs import (
    MostlyClipped,
    NoBetterThanGuess,
    NothingLearned,
    Overfitting,
    RisingLoss,
)
from recipe.diagnostics.problems import Problem
from recipe.lint.classes import PLAIN_ACCURACIES
from recipe.program.knobs import knobs
from recipe.program.programs import Program
from recipe.program.sections import section

Rows = Sequence[Mapping[str, float]]
"""What was measured, by the names in `metrics.csv`, an epoch each."""

GAP = 0.1
RISE = 0.2
FEW_EPOCHS = 3
FALL = 0.01
BETTER = 0.01
MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class RunRule:
    """One rule.

    Args:
        problem: what it tells; code and source stand there.
        find: everything that it finds in the rows of a run.
    """

    problem: type[Lint]
    find: Callable[[Program, Rows], Iterable[Problem]]


def overfitting(program: Program, rows: Rows) -> Iterator[Overfitting]:
    """L701: a share that is a tenth higher in training than in validation, in the best epoch.

    A spec that says itself how large the gap may be is told of it while it trains.
    """
    if program.overfitting is not None:
        return
    best = _best(program, rows)
    for metric in program.metrics:
        name = str(metric.get("name"))
        training, validation = rows[best].get(name, math.nan), rows[best].get(f"val_{name}", math.nan)
        is_share = lookup.direction_of(metric.name) == "max" and 0 <= validation <= training <= 1
        if is_share and training - validation > GAP:
            span = program.spec.span_of("regularization")
            yield Overfitting(span, name, training, validation, best + 1, knobs(program))
            return


def rising_loss(program: Program, rows: Rows) -> Iterator[RisingLoss]:
    """L702: a validation loss a fifth above its lowest, while the training loss fell on."""
    losses = [row.get("val_loss", math.nan) for row in rows]
    if program.early_stopping is not None or not all(math.isfinite(loss) for loss in losses):
        return
    lowest = min(range(len(losses)), key=losses.__getitem__)
    has_fallen = rows[-1].get("loss", math.nan) < rows[lowest].get("loss", math.nan)
    if losses[lowest] > 0 and losses[-1] > (1 + RISE) * losses[lowest] and has_fallen:
        span = program.spec.span_of("training")
        yield RisingLoss(span, lowest + 1, len(rows), losses[-1] / losses[lowest] - 1)


def nothing_learned(program: Program, rows: Rows) -> Iterator[NothingLearned]:
    """L703: a training loss that is not a hundredth lower after some epochs."""
    first, last = (rows[index].get("loss", math.nan) for index in (0, -1))
    if len(rows) > FEW_EPOCHS and last > (1 - FALL) * first > 0:
        yield NothingLearned(program.spec.span_of("optimizer"), first, last, len(rows))


def no_better_than_guess(program: Program, rows: Rows) -> Iterator[NoBetterThanGuess]:
    """L704: a validation accuracy that stayed at the share of the largest class.

    Where one class is much larger, a network may rank the others well and still name that one. A crossentropy
    below that of the shares alone, which is their entropy, says that it does.
    """
    targets = program.facts.targets if program.facts else ()
    names = [str(metric.get("name")) for metric in program.metrics if metric.name in PLAIN_ACCURACIES]
    if len(targets) != 1 or targets[0].are_labels or not sum(targets[0].counts) or not names:
        return
    reached = max((row.get(f"val_{names[0]}", math.nan) for row in rows), default=math.nan)
    largest = max(range(len(targets[0].counts)), key=targets[0].counts.__getitem__)
    shares = [count / sum(targets[0].counts) for count in targets[0].counts]
    share, entropy = shares[largest], -sum(share * math.log(share) for share in shares if share > 0)
    losses = [row.get("val_loss", math.inf) for row in rows if "Crossentropy" in program.loss.name]
    if (
        len(rows) > FEW_EPOCHS
        and reached <= share + BETTER
        and min(losses, default=math.inf) > (1 - FALL) * entropy
    ):
        span = program.spec.span_of("optimizer")
        yield NoBetterThanGuess(span, f"val_{names[0]}", reached, targets[0].classes[largest], share)


def mostly_clipped(program: Program, rows: Rows) -> Iterator[MostlyClipped]:
    """L705: a gradient that was clipped in more than half of the steps of the run."""
    shares = [row["clipped"] for row in rows if "clipped" in row]
    share = sum(shares) / len(shares) if shares else 0.0
    if share > MOSTLY:
        span = section(program.spec, "regularization").span_of("gradient_clip")
        limit = float(str(program.optimizer.get("global_clipnorm")))
        yield MostlyClipped(span, share, limit)


def _best(program: Program, rows: Rows) -> int:
    """The row that the monitor likes best; the last where it is not measured."""
    name, sign = program.monitor.metric, 1 if program.monitor.direction == "max" else -1
    values = [sign * row.get(name, math.nan) for row in rows]
    known = [index for index, value in enumerate(values) if math.isfinite(value)]
    return max(known, key=values.__getitem__, default=len(rows) - 1)


RUN_RULES: tuple[RunRule, ...] = (
    RunRule(Overfitting, overfitting),
    RunRule(RisingLoss, rising_loss),
    RunRule(NothingLearned, nothing_learned),
    RunRule(NoBetterThanGuess, no_better_than_guess),
    RunRule(MostlyClipped, mostly_clipped),
)


def lint_run(program: Program, rows: Rows) -> list[Problem]:
    """Everything that the rules find in the rows of a run."""
    return [problem for rule in RUN_RULES for problem in rule.find(program, rows)] if rows else []
