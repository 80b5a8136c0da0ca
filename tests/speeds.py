"""How fast this machine is now: limits in seconds of the processor are those of one machine, and hold on all.

Virtual machines that share their cores take up to twice the processor time for the same work from one moment
to the next; a limit in seconds alone would measure that.
"""

import time
from collections.abc import Callable

# Seconds of `_work` on the machine that the limits were set on. Inferred, not timed there: one of the hostile
# texts, `expressions`, took 1.015 s on it, and as long as 58.7 times `_work` elsewhere.
REFERENCE = 0.0173


def slowness() -> float:
    """How many times longer than the machine of the limits this one takes now; at least 1."""
    return max(1.0, min(_seconds() for _ in range(3)) / REFERENCE)


def least_seconds(work: Callable[[], object], enough: float) -> float:
    """Seconds of the processor that something takes, at the speed of the machine of the limits.

    Args:
        work: what is timed, up to three times: a collection of garbage, or a neighbour, makes a time longer.
        enough: a time below it is the last.
    """
    least = float("inf")
    for _ in range(3):
        start = time.process_time()
        work()
        least = min(least, (time.process_time() - start) / slowness())
        if least < enough:
            break
    return least


def _seconds() -> float:
    start = time.process_time()
    _work()
    return time.process_time() - start


def _work() -> None:
    """What a check does most: texts, dictionaries, and questions about types."""
    words: dict[str, int] = {}
    for index in range(60_000):
        key = f"layer_{index % 97}"
        words[key] = words.get(key, 0) + len(key)
        if isinstance(words, dict) and key.startswith("x"):
            pass
