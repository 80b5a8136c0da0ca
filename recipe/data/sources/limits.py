"""How much memory a source may take, asked before it is taken."""

import contextlib
import os
import sys
from pathlib import Path

from recipe.diagnostics.data_sources import DoesNotFit
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

TEXT_COST = 12
"""Bytes of memory for each byte of a table of text: a short cell is a Python string and a pointer to it.

Measured on columns of eight digits that are all different; names that repeat take less than half.
"""

_CGROUPS = (
    (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")),
    (
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
        Path("/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ),
)


def memory_left() -> int:
    """Bytes that this process can still take: of the machine, of its container, of its own limit."""
    found = [_of_the_machine(), _of_the_process(), *(_of_a_group(*files) for files in _CGROUPS)]
    return min((left for left in found if left is not None), default=sys.maxsize)


def fits(file: str, needed: int, span: Span | None, problems: list[Problem], part: str = "") -> bool:
    """Whether something fits into memory; else R557.

    Args:
        file: that holds it.
        needed: bytes of memory.
        span: where the file was named.
        problems: are appended to.
        part: of the file, such as an array; empty for all of it.
    """
    left = memory_left()
    if needed > left:
        problems.append(DoesNotFit(span, file, part, needed, left))
    return needed <= left


def _of_the_machine() -> int | None:
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def _of_the_process() -> int | None:
    """What `ulimit -v` and `ulimit -d` leave; the second does not count files that are mapped."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()
        found = []
        for limit, used in ((resource.RLIMIT_AS, pages[0]), (resource.RLIMIT_DATA, pages[5])):
            most, _ = resource.getrlimit(limit)
            if most != resource.RLIM_INFINITY:
                found.append(max(0, most - int(used) * resource.getpagesize()))
        return min(found, default=None)
    return None


def _of_a_group(most: Path, used: Path) -> int | None:
    """What the memory limit of a container leaves."""
    with contextlib.suppress(OSError, ValueError):  # `max` is no number: there is no limit
        return max(0, int(most.read_text(encoding="ascii")) - int(used.read_text(encoding="ascii")))
    return None
