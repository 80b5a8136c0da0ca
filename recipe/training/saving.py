"""What happens between two blocks of a run with a folder: checkpoints by the clock, an end on a signal."""

import contextlib
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, NoReturn

from safetensors import SafetensorError

from recipe.diagnostics.machine import MachineError
from recipe.diagnostics.problems import Problem, RecipeError
from recipe.diagnostics.runs import Interrupted, OtherFormat, RunFolderError, UnreadableRunFile
from recipe.program.manifests import DamagedError, OtherFormatError
from recipe.program.programs import Checkpointing
from recipe.training import checkpoints
from recipe.training.manifests import folder_name, read
from recipe.training.signals import Watcher
from recipe.training.states import State
from recipe.training.writers import AsyncWriter

# A process that is killed loses about so much; a small run may end before its first checkpoint.
LEAST_SECONDS = 5.0
# Taking a State stops training for a moment, which may cost a hundredth of the run.
COST_FACTOR = 100.0


class PreemptedError(RecipeError):
    """A run that SIGTERM ended between two blocks; its checkpoint is saved."""

    exit_code: ClassVar[int] = 128 + signal.SIGTERM


class HungUpError(RecipeError):
    """A run whose terminal was closed; its checkpoint is saved."""

    exit_code: ClassVar[int] = 128 + signal.SIGHUP


class CancelledError(RecipeError):
    """A run that Ctrl-C ended between two blocks; its checkpoint is saved."""

    exit_code: ClassVar[int] = 128 + signal.SIGINT


ENDED_BY: Mapping[int, type[RecipeError]] = {
    signal.SIGTERM: PreemptedError,
    signal.SIGHUP: HungUpError,
    signal.SIGINT: CancelledError,
}
WORDS: Mapping[int, str] = {
    signal.SIGTERM: "stopping after this block, then saving ...",
    signal.SIGHUP: "the terminal was closed: stopping after this block, then saving ...",
    signal.SIGINT: "stopping after this block, then saving (Ctrl-C again leaves at once) ...",
}


@dataclass(slots=True)
class Saver:
    """The border of a run.

    Args:
        folder: of the run's checkpoints.
        writer: commits in the background.
        watcher: knows whether a signal asked for the end.
        checkpointing: how often to save; by the clock and the cost of it, unless said.
        last_step: of the run; the state after it is always saved, so that a finished run may grow.
        before: called before a checkpoint is written, for files that it speaks of.
    """

    folder: Path
    writer: AsyncWriter
    watcher: Watcher
    checkpointing: Checkpointing
    last_step: int = 0
    before: Callable[[], None] = lambda: None
    _saved_step: int = -1
    _saved_at: float = field(default_factory=time.monotonic)
    _cost: float = 0.0

    def __call__(self, step: int, take: Callable[[], State]) -> None:
        """Save when it is time, or leave when a signal asked for it.

        Raises:
            PreemptedError, HungUpError, CancelledError: R610 after the last checkpoint is on the disk.
            MachineError: R659 when a checkpoint could not be saved.
        """
        number = self.watcher.stop_requested
        if number is not None:
            self._leave(take(), number)
        if self._is_due(step):
            started = time.monotonic()
            self._submit(take())
            self._saved_at = time.monotonic()
            self._cost = self._saved_at - started

    def leave(self) -> None:
        """Leave when a signal asked for it after the last step: what is measured then, a resume measures.

        Raises:
            PreemptedError, HungUpError, CancelledError: R610 with the newest checkpoint.
        """
        number = self.watcher.stop_requested
        if number is not None:
            self._end(number, max(self._saved_step, 0))

    def stopping(self) -> bool:
        """Whether a signal asked for the end."""
        return self.watcher.stop_requested is not None

    def _is_due(self, step: int) -> bool:
        if step == self.last_step:
            return True
        if self.checkpointing.steps is not None:
            return step - max(self._saved_step, 0) >= self.checkpointing.steps
        seconds = max(LEAST_SECONDS, COST_FACTOR * self._cost)
        if self.checkpointing.minutes is not None:
            seconds = 60 * self.checkpointing.minutes
        return time.monotonic() - self._saved_at >= seconds

    def rescue(self, state: State) -> None:
        """Save the last good State of a run that diverged; nothing else is saved in its place."""
        self._submit(state)

    def _submit(self, state: State) -> None:
        step = state.position.step
        if step == self._saved_step:
            return
        self.before()
        self.writer.submit(self.folder / folder_name(step), state.to_files)
        self._saved_step = step

    def _leave(self, state: State, number: int) -> None:
        """Save this very step; a save before it that failed, on a full disk perhaps, is tried no more."""
        with contextlib.suppress(MachineError):
            self._submit(state)
        self._submit(state)
        self._end(number, state.position.step)

    def _end(self, number: int, step: int) -> NoReturn:
        self.writer.close()
        raise ENDED_BY[number]([Interrupted(None, step, str(self.folder.parent))])

    def resumed(self, state: State) -> None:
        """The checkpoint that this run begins with needs no second save."""
        self._saved_step = state.position.step


def newest_state(folder: Path, problems: list[Problem]) -> State | None:
    """The State of the newest whole checkpoint; None when there is none.

    Args:
        folder: of the run's checkpoints.
        problems: gains a warning for each damaged checkpoint that was passed over.

    Raises:
        RunFolderError: R604 when another version of recipe wrote it, R609 when there are checkpoints and
            none is whole: never a silent fresh start.
    """
    found = checkpoints.newest(folder, problems)
    fatal = [problem for problem in problems if problem.severity == "error"]
    if fatal:
        raise RunFolderError(fatal)
    if found is None:
        return None
    try:
        files: Mapping[str, bytes] = read(found)
        return State.from_files(files)
    except OtherFormatError as other:
        raise RunFolderError([OtherFormat(None, str(found), other.found, other.known)]) from other
    except (DamagedError, ValueError, KeyError, TypeError, SafetensorError) as error:
        remedy = "`recipe fit SPEC --fresh` trains anew in another folder"
        raise RunFolderError([UnreadableRunFile(None, str(found), str(error), remedy)]) from error
