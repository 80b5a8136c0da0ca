"""One run, one process: who trains in a folder holds its lock, and the next one is told who that is."""

import contextlib
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from recipe.diagnostics.machine import MachineError
from recipe.diagnostics.runs import FolderInUse, RunFolderError
from recipe.training.disks import unwritable

LOCK = "run.lock"
HOLDER = "run.lock.json"
HEARTBEAT_SECONDS = 2.0
GLANCE_SECONDS = 0.2  # `recipe status` takes a lock for a moment, to see whether it is held
SILENCE_SECONDS = 8.0  # of a heart before its process counts as dead


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a run folder, as it says in `run.lock.json`.

    Args:
        pid: of the process.
        host: that it runs on.
        started: when it took the lock; UTC.
        heartbeat: when it last wrote this; UTC.
        beats: how often it wrote this, which no clock can turn back.
    """

    pid: int
    host: str
    started: str
    heartbeat: str
    beats: int


@contextmanager
def lock(folder: Path, silence_seconds: float = SILENCE_SECONDS) -> Iterator[None]:
    """Hold a run folder; the system lets go of it when this process ends, however it ends.

    On a network disk without common locks another host may hold the folder too, and here a process whose lock
    file was deleted: it is known by its heartbeat, which is watched (never dated: clocks of hosts differ)
    before the folder is taken over.

    Args:
        folder: of the run; it exists.
        silence_seconds: how long the other's heart must be still.

    Raises:
        RunFolderError: R607 when another process holds it.
        MachineError: R657 when the folder cannot be written to.
    """
    held = _acquired(folder)
    try:
        _await_silence(folder, silence_seconds)
        with _heartbeat(folder, _claim(folder)):
            yield
    finally:
        held.release()


def check_free(folder: Path) -> None:
    """Make sure that no other process of this host trains in a run folder; one that is not there is free.

    Raises:
        RunFolderError: R607 when one does.
        MachineError: R657 when the folder cannot be written to.
    """
    if (folder / LOCK).exists():
        _acquired(folder).release()


def _acquired(folder: Path) -> FileLock:
    held = FileLock(str(folder / LOCK))
    try:
        held.acquire(timeout=GLANCE_SECONDS, poll_interval=GLANCE_SECONDS / 10)
    except Timeout as error:
        raise _in_use(folder, read_holder(folder)) from error
    except OSError as error:
        raise MachineError([unwritable(folder, error)]) from error
    return held


def is_held(folder: Path) -> bool:
    """Whether a living process of this host trains in a run folder."""
    if not (folder / LOCK).exists():
        return False
    probe = FileLock(str(folder / LOCK))
    try:
        probe.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return _is_held_unwritable(folder / LOCK)
    probe.release()
    return False


def _is_held_unwritable(path: Path) -> bool:
    """Whether a lock is held whose file this user can read alone."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def read_holder(folder: Path) -> Holder | None:
    """Who holds, or held, a run folder; None when nobody says so.

    A process that was killed leaves its name behind: only `lock` knows whether it lives.
    """
    try:
        return Holder(**json.loads((folder / HOLDER).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _in_use(folder: Path, holder: Holder | None) -> RunFolderError:
    if holder is None:
        return RunFolderError([FolderInUse(None, str(folder), None, "", "", on_this_host=True)])
    here = holder.host == socket.gethostname()
    return RunFolderError([FolderInUse(None, str(folder), holder.pid, holder.host, holder.started, here)])


def _await_silence(folder: Path, seconds: float) -> None:
    """Leave when a process without a lock that we see shows a sign of life."""
    first = read_holder(folder)
    if first is None or _is_gone(first):
        return
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(min(0.1, seconds))
        now = read_holder(folder)
        if now is not None and now != first:
            raise _in_use(folder, now)


def _is_gone(holder: Holder) -> bool:
    """Whether a process of this host has ended; of another host nobody knows."""
    if holder.host != socket.gethostname():
        return False
    if holder.pid == os.getpid() or sys.platform == "win32":  # there no file that is held can be deleted
        return True
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:  # of another user
        return False
    return False


def _claim(folder: Path) -> Holder:
    """Say who holds the folder."""
    now = _utc_now()
    holder = Holder(os.getpid(), socket.gethostname(), now, now, 0)
    try:
        _write(folder, holder)
    except OSError as error:
        raise MachineError([unwritable(folder, error)]) from error
    return holder


@contextmanager
def _heartbeat(folder: Path, holder: Holder) -> Iterator[None]:
    """Go on saying it until the end."""
    stop = threading.Event()
    heart = threading.Thread(target=_beat, args=(folder, holder, stop), name="heartbeat", daemon=True)
    heart.start()
    try:
        yield
    finally:
        stop.set()
        heart.join()
        with contextlib.suppress(OSError):
            (folder / HOLDER).unlink()


def _beat(folder: Path, holder: Holder, stop: threading.Event) -> None:
    while not stop.wait(HEARTBEAT_SECONDS):
        holder = replace(holder, heartbeat=_utc_now(), beats=holder.beats + 1)
        with contextlib.suppress(OSError):  # a full disk stops the heart for a while, not the run
            _write(folder, holder)


def _write(folder: Path, holder: Holder) -> None:
    """In one step, but without waiting for the disk: after a loss of power nobody holds anything."""
    temporary = folder / f".{HOLDER}.tmp"
    temporary.write_text(json.dumps(asdict(holder), indent=1), encoding="utf-8")
    temporary.replace(folder / HOLDER)


def _utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
