"""How often values occur: numbers in bins, names by their frequency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 20  # of numbers
MOST_NAMES = 20  # the others are counted together
LOOKED_AT = 5000  # examples of an array whose values are counted


@dataclass(frozen=True, slots=True)
class Distribution:
    """How often values occur.

    Args:
        counts: of each bin, or of each name, the most frequent first.
        edges: of the bins, one more than there are; empty of names.
        names: of what is counted; empty of numbers.
        others: how many have another name.
    """

    counts: tuple[int, ...]
    edges: tuple[float, ...] = ()
    names: tuple[str, ...] = ()
    others: int = 0


def of_ids(ids: NDArray[np.generic], names: tuple[str, ...]) -> Distribution:
    """How often each id occurs, by its name where ids have names."""
    found, counts = np.unique(ids, return_counts=True)
    known = [names[one] if names else str(one) for one in found.tolist()]
    return _counted(known, counts.tolist())


def of_numbers(numbers: NDArray[Any]) -> Distribution | None:
    """Bins of equal width, as many as there are values when these are few."""
    finite = numbers[np.isfinite(numbers)].astype(np.float64)
    if not len(finite):
        return None
    bins = min(BINS, len(np.unique(finite[:LOOKED_AT])))
    counts, edges = np.histogram(finite, bins=max(1, bins))
    return Distribution(tuple(counts.tolist()), tuple(edges.tolist()))


def of_names(counts: Mapping[str, int]) -> Distribution | None:
    """The most frequent names; None where nearly all are different."""
    counts = dict(sorted(counts.items()))
    if not counts or (len(counts) > MOST_NAMES and max(counts.values()) < 3):
        return None
    return _counted(tuple(counts), tuple(counts.values()))


def _counted(names: Sequence[str], counts: Sequence[int]) -> Distribution:
    pairs = sorted(zip(names, counts, strict=True), key=lambda pair: -pair[1])
    shown = pairs[:MOST_NAMES]
    rest = sum(count for _, count in pairs[MOST_NAMES:])
    return Distribution(
        tuple(count for _, count in shown), names=tuple(name for name, _ in shown), others=rest
    )
