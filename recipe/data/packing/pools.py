"""Tasks shared over processes, one for each core that this process may use."""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Lock, local
from types import TracebackType

from recipe.data.packing.worker import Answer, Task, answer_of, task_line, work

FEWEST_TASKS = 4
"""For fewer tasks no process is started: each takes a third of a second to begin."""

# The package itself is left out: it would load every floor, and a worker needs two modules of one.
_START = """
import sys, types
package = types.ModuleType("recipe")
package.__path__ = [sys.argv[1]]
sys.modules["recipe"] = package
from recipe.data.packing import worker
worker.serve(sys.stdin.buffer, sys.stdout.buffer)
"""


class WorkerError(RuntimeError):
    """A worker ended without an answer: the system killed it, or it has a bug."""


def answered(tasks: Sequence[Task]) -> Iterator[tuple[Task, Answer]]:
    """The answers of all tasks, in the order in which they come.

    Raises:
        WorkerError: when a process of ours ends before its time.
    """
    if len(tasks) < FEWEST_TASKS:
        yield from ((task, work(task)) for task in tasks)
        return
    with _Pool(min(_cores(), len(tasks))) as pool:
        yield from pool.answered(tasks)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Pool:
    """Processes, each with a thread that hands it tasks and waits for its answers.

    Args:
        size: how many.
    """

    def __init__(self, size: int):
        self._size = size
        self._executor = ThreadPoolExecutor(size, thread_name_prefix="packing")
        self._own = local()
        self._started: list[subprocess.Popen[bytes]] = []
        self._lock = Lock()

    def answered(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Answer]]:
        """The answers, in the order in which they come; few tasks lie ahead, so that memory stays flat."""
        left = deque(tasks)
        running: dict[Future[Answer], Task] = {}
        while left or running:
            while left and len(running) < 2 * self._size:
                task = left.popleft()
                running[self._executor.submit(self._ask, task)] = task
            done = next(as_completed(running))
            yield running.pop(done), done.result()

    def _ask(self, task: Task) -> Answer:
        process = self._process()
        if process.stdin is None or process.stdout is None:
            raise WorkerError("a worker has no pipes")
        try:
            process.stdin.write(task_line(task))
            process.stdin.flush()
        except BrokenPipeError:
            pass  # its last words are read below
        line = process.stdout.readline()
        if not line:
            raise WorkerError(f"a process that decodes images ended with exit code {process.wait()}")
        return answer_of(line)

    def _process(self) -> "subprocess.Popen[bytes]":
        """The process of this thread."""
        process: subprocess.Popen[bytes] | None = getattr(self._own, "process", None)
        if process is None:
            command = [sys.executable, "-c", _START, str(Path(__file__).parents[2])]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._own.process = process
            with self._lock:
                self._started.append(process)
        return process

    def __enter__(self) -> "_Pool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all processes; after an error without waiting for what they do."""
        if kind is not None:
            for process in self._started:
                process.kill()
        self._executor.shutdown(cancel_futures=True)
        for process in self._started:
            if process.stdin is not None:
                process.stdin.close()
            if process.stdout is not None:
                process.stdout.close()
            process.wait()
