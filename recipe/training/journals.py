"""`log.txt`: what a run says, each line with its time in UTC."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from recipe.diagnostics.problems import Problem, RecipeError, Texts
from recipe.diagnostics.rendering import render_concise
from recipe.program.programs import Program
from recipe.program.writing import append
from recipe.training.rows import Best, EpochRow

LOG = "log.txt"


@dataclass(frozen=True, slots=True)
class Journal:
    """Adds to the end of the file, so that nothing of a killed process is lost but its last half line.

    Args:
        path: of the file.
    """

    path: Path

    def say(self, text: str) -> None:
        """Write a text, a stamp before each line."""
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        append(self.path, "".join(f"{stamp} {line}\n" for line in text.splitlines()))

    @contextmanager
    def told(self, problems: Sequence[Problem]) -> Iterator[None]:
        """Write what is known at the start, and how it ends."""
        for problem in problems:
            self.tell(problem)
        try:
            yield
        except BaseException as error:
            with contextlib.suppress(OSError):  # a full disk; what ended the run is told
                self._tell_the_end(error)
            raise
        self.say("trained to the end")

    def _tell_the_end(self, error: BaseException) -> None:
        if not isinstance(error, RecipeError):
            self.say(f"ended by {type(error).__name__}: {error}")
            return
        for problem in error.problems:
            self.tell(problem)

    def begin(self, program: Program, parameters: int) -> None:
        """Training starts."""
        training = program.training
        length = f"{training.epochs} epochs, {training.total_steps} steps"
        self.say(f"{program.name} trains: {length}, {parameters} parameters")

    def block(self, step: int, epoch: int, logs: Mapping[str, float]) -> None:
        """Blocks stand in `steps.csv`."""

    def epoch(self, row: EpochRow, best: Best) -> None:
        """An epoch and its validation are done."""
        measured = "  ".join(f"{name} {value:.6g}" for name, value in row.logs.items())
        mark = "  best" if best.epoch == row.epoch else ""
        self.say(f"epoch {row.epoch}  step {row.step}  {measured}{mark}")

    def tell(self, problem: Problem) -> None:
        """Whatever is told on the terminal."""
        self.say(render_concise((problem,), Texts()).rstrip())
