"""How far a run is: one live line on a terminal, one line an epoch elsewhere."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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
_BAR = 20  # cells
BOLD, DIM, GREEN, CYAN = "1", "2", "32", "36"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the live line.

    Args:
        text: plain.
        style: of a terminal, such as `1` for bold; empty for none.
        gap: between it and the next.
    """

    text: str
    style: str = ""
    gap: str = _GAP

    @property
    def painted(self) -> str:
        """The text in its style."""
        return f"\x1b[{self.style}m{self.text}\x1b[0m" if self.style else self.text


def bar(share: float, *, ascii_only: bool) -> tuple[Piece, Piece, Piece]:
    """A bar that is filled up to a share, and the share.

    >>> "".join(piece.text + piece.gap for piece in bar(0.5, ascii_only=True))
    '==========----------  50%  '
    """
    full, rest = "=-" if ascii_only else "━─"
    filled = round(_BAR * min(max(share, 0.0), 1.0))
    done, left = Piece(full * filled, CYAN, gap=""), Piece(rest * (_BAR - filled), DIM, gap=" ")
    return done, left, Piece(f"{share:4.0%}")


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
    """Draws one line again and again: a bar of the whole run, its loss now, and what the last epoch gave.

    Args:
        stream: a terminal.
        title: stands before everything, such as `seed 2/5`.
        clock: in seconds.
    """

    stream: TextIO
    title: str = ""
    clock: Callable[[], float] = time.monotonic
    pace: Pace | None = None
    measured: tuple[Piece, ...] = ()
    drawn: float = 0.0

    def begin(self, program: Program, parameters: int) -> None:
        """Training starts; the first step is compiled now, which takes seconds."""
        self.pace = Pace.of(program, self.clock)
        self._draw(Piece("compiling the first step ..."), Piece(f"{parameters:,} parameters", DIM))

    def block(self, step: int, epoch: int, logs: Mapping[str, float]) -> None:
        """A block of steps is done."""
        if self.pace is None:
            return
        speed, left = self.pace.at(step)
        if self.clock() - self.drawn >= _REDRAW_SECONDS:
            loss = (Piece(f"loss {number_text(logs['loss'])}"),) if "loss" in logs else ()
            share = step / max(1, self.pace.total_steps)
            shown = bar(share, ascii_only=terminals.is_ascii_only(self.stream))
            pieces = (Piece(left), *loss, *self.measured, Piece(speed, DIM))
            self._draw(Piece(f"epoch {epoch}/{self.pace.epochs}", BOLD), *shown, *pieces)

    def epoch(self, row: "EpochRow", best: "Best") -> None:
        """An epoch and its validation are done; the next line shows what they gave."""
        others = {name: value for name, value in row.logs.items() if name != "loss"}
        texts = logs_parts(others, first="val_")
        watched = best.monitor.metric
        improved = best.epoch == row.epoch
        self.measured = tuple(
            Piece(text, GREEN if improved and text.startswith(f"{watched} ") else "") for text in texts
        )
        if best.epoch and not improved:
            told = Piece(f"best {number_text(best.value)} in epoch {best.epoch}", DIM)
            self.measured = (*self.measured[:1], told, *self.measured[1:])

    def tell(self, problem: Problem) -> None:
        """Write a problem where the line was; the next block draws the line again."""
        terminals.tell(self.stream, _ERASE + drawn((problem,), Texts(), self.stream) + "\n")

    def close(self) -> None:
        """Clear the line, however training ended."""
        terminals.tell(self.stream, _ERASE)

    def _draw(self, *pieces: Piece) -> None:
        """Draw as many pieces as fit, the first for certain: a line that wraps cannot be erased."""
        self.drawn = self.clock()
        told = [piece for piece in (Piece(self.title, DIM), *pieces) if piece.text]
        room = terminals.width_of(self.stream) - 1
        ends = accumulate(len(piece.text) + len(piece.gap) for piece in told)
        fitting = [piece for piece, end in zip(told, ends, strict=True) if end - len(piece.gap) <= room] or [
            replace(told[0], text=told[0].text[:room])
        ]
        colour = terminals.has_colour(self.stream)
        line = "".join((piece.painted if colour else piece.text) + piece.gap for piece in fitting)
        terminals.tell(self.stream, _ERASE + line.rstrip())


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
        planned = str(self.pace.epochs)
        position = f"epoch {row.epoch:>{len(planned)}}/{planned}"
        mark = "best" if best.epoch == row.epoch else ""
        parts = (position, *logs_parts(row.logs), *self.pace.at(row.step), mark)
        terminals.tell(self.stream, _GAP.join(filter(None, parts)) + "\n")

    def tell(self, problem: Problem) -> None:
        """Write a problem."""
        terminals.tell(self.stream, drawn((problem,), Texts(), self.stream) + "\n")

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
