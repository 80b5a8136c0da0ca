"""How long the steps of a run take, and how long they wait for their examples."""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

Item = TypeVar("Item")

# Step times are counted in classes that are 1 % wide, however many there are.
_WIDTH = math.log(1.01)


@dataclass(slots=True)
class Timing:
    """Counts the blocks of a run; the first of each batch size compiles and is left out.

    Args:
        clock: in seconds.
    """

    clock: Callable[[], float] = time.perf_counter
    examples: int = 0
    seconds: float = 0.0
    waited: float = 0.0
    _classes: dict[int, Counter[int]] = field(default_factory=dict)

    def waiting(self, items: Iterator[Item]) -> Iterator[Item]:
        """The same items, with the time that each was waited for."""
        while True:
            started = self.clock()
            try:
                item = next(items)
            except StopIteration:
                return
            self.waited += self.clock() - started
            yield item

    def add(self, steps: int, batch_size: int, seconds: float) -> None:
        """Count a block in.

        Args:
            steps: in it.
            batch_size: of each.
            seconds: that they took together.
        """
        if batch_size not in self._classes:
            self._classes[batch_size] = Counter()
            return
        self.examples += steps * batch_size
        self.seconds += seconds
        self._classes[batch_size][round(math.log(max(seconds, 1e-9) / steps) / _WIDTH)] += steps

    def step_seconds(self, share: float) -> float | None:
        """The time that a share of the steps on a whole batch do not exceed; None when there were none.

        Args:
            share: between 0 and 1; 0.5 is the median.
        """
        classes = self._classes[max(self._classes)] if self._classes else Counter[int]()
        left = share * classes.total()
        for number in sorted(classes):
            left -= classes[number]
            if left <= 0:
                return math.exp(number * _WIDTH)
        return None
