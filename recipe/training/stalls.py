"""A run that hangs: the stacks of its threads are kept, and its process ends, to be started again."""

import contextlib
import faulthandler
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from recipe.diagnostics.machine import MachineError, Stalled
from recipe.diagnostics.problems import Problem, Texts
from recipe.diagnostics.rendering import render_text
from recipe.training.signals import STDERR, leave

STACKS = "stacks.txt"
# Looks, not seconds, are counted: a process that was suspended has not stalled when it wakes up.
LOOKS = 10
# What hangs may be the disk that the last words are for.
LAST_WORDS_SECONDS = 5.0
WIDTH = 100


@dataclass(slots=True)
class Watchdog:
    """Ends the process, with 6, when nothing is done for too long.

    The thread that hangs cannot be woken, so nothing is saved: the run goes on at its newest checkpoint.

    Args:
        minutes: without anything done that are too long; None watches nothing.
        num_done: how much is done so far.
        stacks: the file for the stacks of all threads.
        tell: told of it before the process ends.
    """

    minutes: float | None
    num_done: Callable[[], int]
    stacks: Path
    tell: Callable[[Problem], None]
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> "Watchdog":
        if self.minutes is not None:
            self._thread = threading.Thread(target=self._watch, args=(self.minutes,), daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self, minutes: float) -> None:
        seen, idle = self.num_done(), 0
        while not self._over.wait(60 * minutes / LOOKS):
            done = self.num_done()
            seen, idle = done, idle + 1 if done == seen else 0
            if idle == LOOKS:
                last_words = threading.Thread(target=self._say, args=(minutes,), daemon=True)
                last_words.start()
                last_words.join(LAST_WORDS_SECONDS)
                leave(MachineError.exit_code)

    def _say(self, minutes: float) -> None:
        problem = Stalled(None, minutes, str(self.stacks))
        told = render_text([problem], Texts(), colour=False, width=WIDTH, ascii_only=True)
        os.write(STDERR, f"\n{told}".encode())
        with contextlib.suppress(OSError):  # the disk may be what hangs
            with self.stacks.open("w", encoding="utf-8") as file:
                faulthandler.dump_traceback(file, all_threads=True)
            self.tell(problem)
