"""The learning-rate range test: the rate grows from step to step until the loss explodes.

Smith, arXiv 1506.01186, section 3.3; that the rate grows by a factor, and that the rate of the steepest
descent is suggested, are as in fastai (arXiv 2002.04688). The losses are smoothed without a lag, since a
moving mean of the steps before would suggest a rate that is too high.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from recipe.data.datasets import Arrays
from recipe.training.engines.engine import Engine, Kind
from recipe.training.orders import steps_left
from recipe.training.states import Position

# Steps, the width of the normal curve that smooths the losses.
SMOOTHING = 3.0
# The test ends where the smoothed loss is so many times the lowest one.
EXPLODED = 4.0
# The loss has to fall by so much of its first value for a suggestion to mean anything.
LEAST_FALL = 0.05
# A slope is that of a line through so many steps on either side.
NEIGHBOURS = 3


@dataclass(frozen=True, slots=True)
class RateTest:
    """What a range test gave.

    Args:
        rates: learning rate of each step.
        losses: mean loss of its batch, before its update.
        smoothed: the losses, each with those of the steps around it.
        suggestion: learning rate where the loss falls fastest; None when it does not fall.
        lowest: learning rate where the smoothed loss is lowest; None likewise.
        exploded: whether the test ended because the loss rose far above its lowest value, or was no number.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smoothed: tuple[float, ...]
    suggestion: float | None
    lowest: float | None
    exploded: bool


def range_test(engine: Engine, train: Arrays, lowest: float, highest: float, steps: int) -> RateTest:
    """Train with a learning rate that grows by the same factor in every step.

    Args:
        engine: of a network whose optimizer has a constant learning rate; its weights change.
        train: the training split.
        lowest: first learning rate.
        highest: last learning rate.
        steps: how many updates.
    """
    rates = np.geomspace(lowest, highest, steps).tolist()
    losses: list[float] = []
    for rate, block in zip(rates, _blocks(engine, train), strict=False):
        engine.reset()
        with engine.scope():
            engine.compiled.optimizer.learning_rate.assign(rate)
        engine.run(Kind.TRAIN, train, block)
        losses.append(engine.total_loss() / block.size)
        if not math.isfinite(losses[-1]) or _has_exploded(smoothed(losses)):
            break
    return judged(rates[: len(losses)], losses)


def _blocks(engine: Engine, train: Arrays) -> Iterator[np.ndarray]:
    """Batches of one epoch after the other, `(1, batch)` each."""
    epoch = 0
    while True:
        yield from steps_left(engine.compiled.program, Position(epoch, 0, 0), train)
        epoch += 1


def smoothed(losses: Sequence[float]) -> tuple[float, ...]:
    """Losses with those of the steps around them: means by a normal curve, which lag nowhere.

    >>> smoothed([2.0, 2.0, 2.0])
    (2.0, 2.0, 2.0)
    """
    steps = np.arange(len(losses))
    nearness = np.exp(-0.5 * np.square((steps[:, None] - steps) / SMOOTHING))
    means = nearness @ np.asarray(losses) / nearness.sum(axis=1)
    return tuple(round(float(mean), 9) for mean in means)


def _has_exploded(losses: Sequence[float]) -> bool:
    return losses[-1] > EXPLODED * min(losses) > 0


def judged(rates: Sequence[float], losses: Sequence[float]) -> RateTest:
    """What some losses at rising learning rates say.

    Args:
        rates: of the steps.
        losses: of the same steps; the last may be no number.
    """
    finite = [loss for loss in losses if math.isfinite(loss)]
    curve = smoothed(finite)
    exploded = len(finite) < len(losses) or (bool(curve) and _has_exploded(curve))
    suggestion = lowest = None
    bottom = min(range(len(curve)), key=curve.__getitem__, default=0)
    if bottom > 2 * NEIGHBOURS and curve[0] - curve[bottom] > LEAST_FALL * abs(curve[0]):
        inside = range(NEIGHBOURS, bottom - NEIGHBOURS + 1)
        slopes = [_slope(rates, curve, index) for index in inside]
        steepest = NEIGHBOURS + min(range(len(slopes)), key=slopes.__getitem__)
        suggestion, lowest = rates[steepest], rates[bottom]
    return RateTest(tuple(rates), tuple(losses), curve, suggestion, lowest, exploded)


def _slope(rates: Sequence[float], curve: Sequence[float], index: int) -> float:
    """How the curve falls for each factor of ten around a step: of a line through its neighbours."""
    some = slice(index - NEIGHBOURS, index + NEIGHBOURS + 1)
    return float(np.polyfit(np.log10(rates[some]), curve[some], 1)[0])
