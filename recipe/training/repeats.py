"""Whether this machine repeats itself: the same steps from the same state, computed twice."""

import hashlib
import time

import numpy as np

from recipe.data.datasets import Arrays
from recipe.training import states
from recipe.training.engines.engine import Engine, Kind

# One step always, and as many as fit into this time: sums that are split by chance need some to differ.
SECONDS = 0.1
MOST_STEPS = 32


def differing(engine: Engine, train: Arrays, batches: np.ndarray) -> tuple[str, ...]:
    """The names of the arrays of a run that two executions of its first steps leave different.

    The run is left as it was.

    Args:
        engine: that trains.
        train: the training split.
        batches: the first batches, indices of examples `(steps, batch)`.
    """
    found, seconds = _compared(engine, train, batches[:1])
    steps = min(len(batches), MOST_STEPS, int(SECONDS / seconds))
    return found if found or steps < 2 else _compared(engine, train, batches[:steps])[0]


def _compared(engine: Engine, train: Arrays, batches: np.ndarray) -> tuple[tuple[str, ...], float]:
    """What differs after two executions, and the seconds of the second, in which nothing is compiled."""
    before, block = states.arrays_of(engine, ()), batches.astype(np.int32)
    engine.run(Kind.TRAIN, train, block)
    first = _sums(engine)
    states.assign(engine, before)
    started = time.perf_counter()
    engine.run(Kind.TRAIN, train, block)
    seconds = time.perf_counter() - started
    second = _sums(engine)
    states.assign(engine, before)
    return tuple(name for name, found in second.items() if found != first[name]), seconds


def _sums(engine: Engine) -> dict[str, bytes]:
    return {
        name: hashlib.sha256(array.tobytes()).digest() for name, array in states.arrays_of(engine, ()).items()
    }
