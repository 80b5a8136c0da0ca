"""Ctrl-C and SIGTERM: a word at once, an end at the next border between blocks, and a second one leaves."""

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from types import FrameType, TracebackType
from typing import Any

STDERR = 2
# `timeout`, shells and terminals signal a process and its group: one wish, which arrives twice at once.
ONE_WISH_SECONDS = 0.025
FLUSH_SECONDS = 0.2
_KEPT = "no file is half written, and a run goes on where it was saved last"
LAST_WORDS: Mapping[int, str] = {
    signal.SIGTERM: f"ended by SIGTERM: {_KEPT}",
    signal.SIGHUP: f"ended since the terminal was closed: {_KEPT}",
}


def _wait_for_the_border(number: int, frame: FrameType | None) -> None:
    """Stands where Python would raise KeyboardInterrupt in the middle of a step."""


class Watcher:
    """Watches for signals while a run trains.

    Python runs its handlers between bytecodes only, and a block is one long call. So the system's handler
    wakes a thread, which says the word within milliseconds; the loop asks `stop_requested` between blocks.
    Outside of the main thread, where Python takes no handlers, it does nothing. A signal that is ignored
    (`nohup`) stays so.

    Args:
        words: what to say on stderr, by signal; its keys are the signals that are watched.
    """

    _handler = staticmethod(_wait_for_the_border)

    def __init__(self, words: Mapping[int, str]):
        self._words = dict(words)
        self._descriptor = STDERR
        self._previous: dict[int, Any] = {}
        self._previous_descriptor = -1
        self._sockets: tuple[socket.socket, socket.socket] | None = None
        self._thread: threading.Thread | None = None
        self._first: int | None = None

    @property
    def stop_requested(self) -> int | None:
        """The signal that asked for the end; None while nobody did."""
        return self._first

    def __enter__(self) -> "Watcher":
        if threading.current_thread() is not threading.main_thread():
            return self
        reader, writer = self._sockets = socket.socketpair()
        writer.setblocking(False)
        self._thread = threading.Thread(target=self._watch, args=(reader,), name="signals", daemon=True)
        self._thread.start()
        self._previous_descriptor = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        for number in self._words:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._previous[number] = signal.signal(number, self._handler)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._restore)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._sockets is None or self._thread is None:
            return
        reader, writer = self._sockets
        self._restore()
        writer.shutdown(socket.SHUT_WR)  # a forked child may hold a copy, which closing would not end
        writer.close()
        self._thread.join()
        reader.close()

    def _restore(self) -> None:
        """Give the signals back; also in a forked child, whose signals are no wish to end this run."""
        if self._sockets is None:
            return
        self._sockets = None
        for number, handler in self._previous.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        signal.set_wakeup_fd(self._previous_descriptor)

    def _watch(self, reader: socket.socket) -> None:
        while received := reader.recv(64):
            self._forward(received)
            wishes = [number for number in received if number in self._words]
            if wishes and self._first is not None:
                leave(128 + wishes[0])
            if wishes:
                self._obey(wishes[0])
                self._drop_echoes(reader)

    def _forward(self, received: bytes) -> None:
        """Whoever was woken by signals before, such as a notebook's event loop, still is."""
        if self._previous_descriptor >= 0:
            with contextlib.suppress(OSError):
                os.write(self._previous_descriptor, received)

    def _obey(self, number: int) -> None:
        self._first = number
        with contextlib.suppress(OSError):  # a terminal that is gone hears nothing
            os.write(self._descriptor, f"{self._words[number]}\n".encode())

    def _drop_echoes(self, reader: socket.socket) -> None:
        time.sleep(ONE_WISH_SECONDS)
        reader.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            self._forward(reader.recv(64))
        reader.setblocking(True)


def _wait_for_the_end(number: int, frame: FrameType | None) -> None:
    """Stands where the system would end the process without a word."""


class Leaver(Watcher):
    """Ends the process at once when a signal comes, with a word, unless a `Watcher` inside of it watches."""

    _handler = staticmethod(_wait_for_the_end)

    def __enter__(self) -> "Leaver":
        with contextlib.suppress(OSError):  # a process may have none
            self._descriptor = os.dup(STDERR)  # which is silenced while a framework is loaded
        super().__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        if self._descriptor != STDERR:
            os.close(self._descriptor)

    def _obey(self, number: int) -> None:
        if signal.getsignal(number) is self._handler:
            super()._obey(number)
            leave(128 + number)


def leave(code: int) -> None:
    """End the process now, whatever its threads do; a stream that does not take its rest is left.

    Args:
        code: of the exit; a signal's is 128 + its number, as a shell reports it.
    """
    flush = threading.Thread(target=_flush, daemon=True)
    flush.start()
    flush.join(FLUSH_SECONDS)
    os._exit(code)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
