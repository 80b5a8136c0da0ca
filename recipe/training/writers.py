"""Saving beside the training: one background thread that commits checkpoints in their order."""

import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from recipe.diagnostics.machine import CheckpointNotSaved, MachineError
from recipe.program.disks import error_name, free_bytes, words_of
from recipe.training.checkpoints import commit, prune
from recipe.training.disks import unwritable


class AsyncWriter:
    """Commits checkpoints in the background, one at a time, and prunes the old ones.

    A failure is raised once: by the `submit` after it, which then submits nothing, or by `close`. The writer
    can be used after it, so the caller decides whether the run goes on.

    Args:
        keep: how many checkpoints stay, at least 2.
    """

    def __init__(self, keep: int):
        self._keep = keep
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="checkpoints")
        self._pending: Future[None] | None = None

    def submit(self, target: Path, files: Callable[[], Mapping[str, bytes]]) -> None:
        """Save in the background, once the save before has ended.

        Args:
            target: the folder of the checkpoint, named by `manifests.folder_name`.
            files: gives the content by file name; called in the background, on arrays that nobody changes.

        Raises:
            MachineError: R659 when the save before did not succeed, R657 when it could not prune.
            FileExistsError: when the target of the save before was there: one step is saved once.
        """
        self._settle()
        self._pending = self._executor.submit(_save, target, files, self._keep)

    def close(self) -> None:
        """Wait for the last save.

        Raises:
            MachineError: R659 when it did not succeed, R657 when it could not prune.
        """
        try:
            self._settle()
        finally:
            self._executor.shutdown()

    def __enter__(self) -> "AsyncWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
            return
        with contextlib.suppress(MachineError):  # what ended the run is told
            self.close()

    def _settle(self) -> None:
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()


def _save(target: Path, files: Callable[[], Mapping[str, bytes]], keep: int) -> None:
    contents = files()
    try:
        commit(target, contents)
    except FileExistsError:
        raise
    except OSError as error:
        needed = sum(map(len, contents.values()))
        facts = (error_name(error), words_of(error), needed, free_bytes(target.parent))
        raise MachineError([CheckpointNotSaved(None, str(target), *facts)]) from error
    try:
        prune(target.parent, keep)
    except OSError as error:
        raise MachineError([unwritable(target.parent, error)]) from error
