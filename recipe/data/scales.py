"""Numbers on a scale that suits a network: how a scale is fitted, applied and undone.

Every scale is a curve, a shift and a divisor: `scaled = (curve(number) - shift) / divisor`.

| scale | curve | shift, divisor (of the training split) | in scikit-learn |
|---|---|---|---|
| `standard` | none | mean, standard deviation | `StandardScaler` |
| `robust` | none | median, distance of the quartiles | `RobustScaler` |
| `minmax` | none | smallest, largest minus smallest | `MinMaxScaler` |
| `log` | log(1 + x) | mean, standard deviation of the curve | `StandardScaler` of `log1p` |
| `quantile` | normal score of the rank | 0, 1 | `QuantileTransformer`, normal |
| `none` | none | 0, 1 | |

A divisor of zero, or by which the training split would leave float32, becomes 1. `log` takes numbers
from 0 on, `quantile` of features only.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from recipe.program.facts import Statistic

Numbers = NDArray[np.float64]

MOST_KNOTS = 256
"""Quantiles that are kept; between two of them ranks are interpolated."""

LARGEST_SCORE = NormalDist().inv_cdf(1 - 1e-7)
"""About 5.2: the normal score of whatever lies beyond the training split, as in scikit-learn."""

LARGEST = float(np.finfo(np.float32).max)
"""Of the numbers of a network."""


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale.

    Args:
        shift: of curved numbers of the training split.
        divisor: likewise.
        curve: what is done first; None for nothing.
        undo: the inverse of the curve.
        lowest: number that may be scaled.
    """

    shift: Callable[[Numbers], np.floating | float]
    divisor: Callable[[Numbers], np.floating | float]
    curve: Callable[[Numbers], Numbers] | None = None
    undo: Callable[[Numbers], Numbers] | None = None
    lowest: float = -math.inf


def _quartiles(numbers: Numbers) -> float:
    low, high = np.percentile(numbers, (25, 75))
    return float(high - low)


SCALES: Mapping[str, Scale] = MappingProxyType(
    {
        "standard": Scale(np.mean, np.std),
        "robust": Scale(np.median, _quartiles),
        "minmax": Scale(np.min, np.ptp),
        "log": Scale(np.mean, np.std, np.log1p, np.expm1, lowest=0.0),
        "none": Scale(lambda _: 0.0, lambda _: 1.0),
    }
)
QUANTILE = "quantile"


def fit(name: str, present: Numbers) -> dict[str, Statistic]:
    """The statistics of a scale.

    Args:
        name: of the scale.
        present: numbers of the training split, `(count,)`, at least one, all that the scale admits.

    Returns:
        `scaling`, and `shift` and `divisor`, or the `knots` (numbers) and `ranks` (in [0, 1]) of `quantile`.
    """
    if name == QUANTILE:
        return {"scaling": name, **_fit_quantiles(present)}
    scale = SCALES[name]
    curved = present if scale.curve is None else scale.curve(present)
    shift, divisor = float(scale.shift(curved)), float(scale.divisor(curved))
    divides = float(np.abs(curved - shift).max()) <= LARGEST * divisor and divisor > 0
    return {"scaling": name, "shift": shift, "divisor": divisor if divides else 1.0}


def apply(statistics: Mapping[str, Statistic], numbers: Numbers) -> Numbers:
    """Numbers, NaN among them perhaps, on the scale."""
    if statistics["scaling"] == QUANTILE:
        return _scores(statistics, numbers)
    curve = SCALES[str(statistics["scaling"])].curve
    curved = numbers if curve is None else curve(numbers)
    shifted: Numbers = (curved - _float(statistics, "shift")) / _float(statistics, "divisor")
    return shifted


def undo(statistics: Mapping[str, Statistic], scaled: Numbers) -> Numbers:
    """Numbers of the user from numbers on the scale, which is not `quantile`."""
    back = SCALES[str(statistics["scaling"])].undo
    curved: Numbers = scaled * _float(statistics, "divisor") + _float(statistics, "shift")
    return curved if back is None else back(curved)


def lowest_of(name: str) -> float:
    """The lowest number that a scale admits."""
    return SCALES[name].lowest if name in SCALES else -math.inf


# -- quantiles -----------------------------------------------------------------------------------


def _fit_quantiles(present: Numbers) -> dict[str, Statistic]:
    """Knots and their ranks; a number that has several ranks, since it occurs often, takes their middle."""
    ranks = np.linspace(0.0, 1.0, min(MOST_KNOTS, max(2, len(present))))
    numbers = np.percentile(present, 100 * ranks)
    knots, first, count = np.unique(numbers, return_index=True, return_counts=True)
    middles = (ranks[first] + ranks[first + count - 1]) / 2
    return {"knots": tuple(map(float, knots)), "ranks": tuple(map(float, middles))}


def _scores(statistics: Mapping[str, Statistic], numbers: Numbers) -> Numbers:
    ranks = np.interp(numbers, _floats(statistics, "knots"), _floats(statistics, "ranks"))
    scores = {rank: score_of(rank) for rank in np.unique(ranks[~np.isnan(ranks)]).tolist()}
    return np.asarray([scores.get(rank, math.nan) for rank in ranks.tolist()], dtype=np.float64)


def score_of(rank: float) -> float:
    """The normal score of a rank in [0, 1], within plus or minus `LARGEST_SCORE`."""
    edge = 1e-7
    return NormalDist().inv_cdf(min(max(rank, edge), 1.0 - edge))


def _float(statistics: Mapping[str, Statistic], name: str) -> float:
    return float(str(statistics[name]))


def _floats(statistics: Mapping[str, Statistic], name: str) -> Numbers:
    values = statistics[name]
    return np.asarray(values if isinstance(values, tuple | list) else (), dtype=np.float64)
