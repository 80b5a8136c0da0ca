"""The gap: how much worse a metric is on the validation data than on the training data."""

import math
from collections.abc import Iterable, Mapping

from recipe.catalog import lookup
from recipe.catalog.calls import Call

LOSS = "loss"


def gap_of(values: Mapping[str, float], metric: str, direction: str) -> float:
    """The gap of one epoch; above 0 where the validation is worse, nan where either was not measured.

    The training value is what the network gave while it learned: with dropout and augmentation, and a mean
    over the epoch. So it is lower than that of the finished network, and the gap is rather too small.

    Args:
        values: logged in the epoch, by name.
        metric: without `val_`.
        direction: in which it gets better: `max` or `min`.

    >>> gap_of({"accuracy": 0.75, "val_accuracy": 0.5}, "accuracy", "max")
    0.25
    """
    training, validation = values.get(metric, math.nan), values.get(f"val_{metric}", math.nan)
    return training - validation if direction == "max" else validation - training


def gap_metric(metrics: Iterable[Call]) -> tuple[str, str]:
    """The metric whose gap is looked at, and its direction: the first of which more is better, else the loss.

    A gap of accuracy reads the same in every task; how large a gap of losses is hangs on the loss.
    """
    named = ((str(metric.get("name")), lookup.direction_of(metric.name)) for metric in metrics)
    return next(((name, "max") for name, direction in named if direction == "max"), (LOSS, "min"))
