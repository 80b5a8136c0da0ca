"""How far a run is: one live line on a terminal, one line an epoch elsewhere."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, TextIO

from recipe.cli import terminals
from recipe.cli.output import drawn
from recipe.diagnostics.problems import Problem, Texts
from recipe.program.programs import Program
from recipe.report.tables import duration_text, number_text

if TYPE_CHECKING:
    from recipe.training.rows import Best, EpochRow

_REDRAW_SECONDS = 0.1
_ERASE = "\r\x1b[K"
_GAP = "  "


@dataclass(slots=True)
class Pace:
    """How fast a run goes.

    The clock starts at the end of the first block: compiling the first step says nothing about the others.

    Args:
        epochs: planned.
        total_steps: planned.
        examples_per_step: mean over an epoch, whose last batch may be smaller.
        clock: in seconds.
    """

    epochs: int
    total_steps: int
    examples_per_step: float
    clock: Callable[[], float]
    first: tuple[int, float] | None = None

    @classmethod
    def of(cls, program: Program, clock: Callable[[], float]) -> "Pace":
        """The pace of a Program whose data were read."""
        training = program.training
        per_epoch, total, epochs = (
            int(str(n)) for n in (training.steps_per_epoch, training.total_steps, training.epochs)
        )
        examples = program.facts.examples["train"] if program.facts else 0
        return cls(epochs, total, examples / max(1, per_epoch), clock)

    def at(self, step: int) -> tuple[str, str]:
        """Speed and the time that is left; empty until they are known."""
        if self.first is None:
            self.first = (step, self.clock())
            return "", ""
        steps, seconds = step - self.first[0], self.clock() - self.first[1]
        if steps <= 0 or seconds <= 0:
            return "", ""
        left = (self.total_steps - step) * seconds / steps
        speed = steps * self.examples_per_step / seconds
        return f"{speed:,.0f} examples/s", f"ETA {duration_text(left)}"


@dataclass(slots=True)
class LiveLine:
    """Draws one line again and again; the last metrics stay in it until there are new ones.

    Args:
        stream: a terminal.
        title: stands before everything, such as `seed 2/5`.
        clock: in seconds.
    """

    stream: TextIO
    title: str = ""
    clock: Callable[[], float] = time.monotonic
    pace: Pace | None = None
    measured: tuple[str, ...] = ()
    drawn: float = 0.0

    def begin(self, program: Program, parameters: int) -> None:
        """Training starts; the first step is compiled now, which takes seconds."""
        self.pace = Pace.of(program, self.clock)
        self._draw("compiling the first step ...", f"{parameters:,} parameters")

    def block(self, step: int, epoch: int, logs: Mapping[str, float]) -> None:
        """A block of steps is done."""
        if self.pace is None:
            return
        speed, left = self.pace.at(step)
        if self.clock() - self.drawn >= _REDRAW_SECONDS:
            self._draw(f"epoch {epoch}/{self.pace.epochs}", left, *self.measured, speed)

    def epoch(self, row: "EpochRow", best: "Best") -> None:
        """An epoch and its validation are done; the next line shows what they gave."""
        self.measured = logs_parts(row.logs, first="val_")

    def tell(self, problem: Problem) -> None:
        """Write a problem where the line was; the next block draws the line again."""
        self.stream.write(_ERASE + drawn((problem,), Texts(), self.stream) + "\n")
        self.stream.flush()

    def close(self) -> None:
        """Clear the line, however training ended."""
        self.stream.write(_ERASE)
        self.stream.flush()

    def _draw(self, *parts: str) -> None:
        """Draw as many parts as fit, the first for certain: a line that wraps cannot be erased."""
        self.drawn = self.clock()
        told = [part for part in (self.title, *parts) if part]
        room = terminals.width_of(self.stream) - 1
        lengths = accumulate(len(part) + len(_GAP) for part in told)
        fitting = [part for part, length in zip(told, lengths, strict=True) if length - len(_GAP) <= room]
        self.stream.write(_ERASE + _GAP.join(fitting or told[:1])[:room])
        self.stream.flush()


@dataclass(slots=True)
class EpochLines:
    """Writes one line an epoch.

    Args:
        stream: a file or pipe.
        clock: in seconds.
    """

    stream: TextIO
    clock: Callable[[], float] = time.monotonic
    pace: Pace | None = None

    def begin(self, program: Program, parameters: int) -> None:
        """Training starts."""
        self.pace = Pace.of(program, self.clock)

    def block(self, step: int, epoch: int, logs: Mapping[str, float]) -> None:
        """Nothing is written inside an epoch; the first block starts the clock."""
        if self.pace is not None and self.pace.first is None:
            self.pace.at(step)

    def epoch(self, row: "EpochRow", best: "Best") -> None:
        """An epoch and its validation are done."""
        if self.pace is None:
            return
        position = f"epoch {row.epoch}/{self.pace.epochs}"
        mark = "best" if best.epoch == row.epoch else ""
        parts = (position, *logs_parts(row.logs), *self.pace.at(row.step), mark)
        self.stream.write(_GAP.join(filter(None, parts)) + "\n")
        self.stream.flush()

    def tell(self, problem: Problem) -> None:
        """Write a problem."""
        self.stream.write(drawn((problem,), Texts(), self.stream) + "\n")
        self.stream.flush()

    def close(self) -> None:
        """Nothing is left to clear."""


@dataclass(slots=True)
class Silent:
    """Says nothing."""

    def begin(self, program: Program, parameters: int) -> None:
        """Training starts."""

    def block(self, step: int, epoch: int, logs: Mapping[str, float]) -> None:
        """A block of steps is done."""

    def epoch(self, row: "EpochRow", best: "Best") -> None:
        """An epoch and its validation are done."""

    def tell(self, problem: Problem) -> None:
        """There is something to know."""

    def close(self) -> None:
        """Nothing is left to clear."""


Listener = LiveLine | EpochLines | Silent


def logs_parts(logs: Mapping[str, float], first: str = "") -> tuple[str, ...]:
    """Loss and metrics, a text each; after the loss those whose name begins with `first`.

    >>> logs_parts({"loss": 0.25, "accuracy": 0.9, "val_accuracy": 0.875}, first="val_")
    ('loss 0.2500', 'val_accuracy 0.8750', 'accuracy 0.9000')
    """
    ordered = sorted(logs, key=lambda name: (name != "loss", not name.startswith(first)))
    return tuple(f"{name} {number_text(logs[name])}" for name in ordered)
