"""How fast this machine is now: limits in seconds of the processor are those of one machine, and hold on all.

Virtual machines that share their cores take up to twice the processor time for the same work from one moment
to the next; a limit in seconds alone would measure that.
"""

import time

# Seconds of `_work` on the machine that the limits were set on. Inferred, not timed there: one of the hostile
# texts, `expressions`, took 1.015 s on it, and as long as 58.7 times `_work` elsewhere.
REFERENCE = 0.0173


def slowness() -> float:
    """How many times longer than the machine of the limits this one takes now; at least 1."""
    return max(1.0, min(_seconds() for _ in range(3)) / REFERENCE)


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
