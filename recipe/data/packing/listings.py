"""The files of a source: what their names, sizes and times say of their content."""

import hashlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SETTLED_SECONDS = 2.0
"""A file that changed less than this ago may change again without another time: disks count coarsely."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Files, in the order of the examples.

    Args:
        root: that the names are relative to.
        names: with `/` on every system.
        sizes: in bytes, `(files,)`.
        times: when content and state last changed, nanoseconds, `(files, 2)`.
        listed: when this was asked, seconds.
    """

    root: Path
    names: tuple[str, ...]
    sizes: NDArray[np.int64]
    times: NDArray[np.int64]
    listed: float

    def __len__(self) -> int:
        return len(self.names)

    @property
    def names_and_sizes(self) -> str:
        """Sha256 over what a copy of the files has too."""
        digest = hashlib.sha256("\n".join(self.names).encode("utf-8", "surrogateescape"))
        digest.update(self.sizes.astype("<i8").tobytes())
        return digest.hexdigest()

    @property
    def stamp(self) -> str:
        """Sha256 over all that is known without reading the files: the same, and nothing was touched.

        The time of the state is the system's: no program sets it back.
        """
        digest = hashlib.sha256(self.names_and_sizes.encode())
        digest.update(self.times.astype("<i8").tobytes())
        return digest.hexdigest()

    @property
    def is_settled(self) -> bool:
        """Whether the last change lies so far back that another one would show."""
        newest = int(self.times.max()) / 1e9 if len(self) else 0.0
        return newest < self.listed - SETTLED_SECONDS


def listing_of(root: Path, names: Iterable[str]) -> Listing:
    """Look at files.

    Args:
        root: that the names are relative to.
        names: of files.

    Raises:
        OSError: when one is not there.
    """
    listed = time.time()
    kept = tuple(names)
    folder = f"{root}/"  # a million paths are joined in the time of some ten thousand `Path`
    found = [os.stat(folder + name) for name in kept]  # noqa: PTH116
    sizes = np.fromiter((one.st_size for one in found), dtype=np.int64, count=len(found))
    times = np.asarray([(one.st_mtime_ns, one.st_ctime_ns) for one in found], dtype=np.int64).reshape(-1, 2)
    return Listing(root, kept, sizes, times, listed)


def walk(root: Path) -> tuple[str, ...]:
    """Every file below a folder but hidden ones, sorted; links are followed, circles are not.

    Raises:
        OSError: when a folder cannot be read.
    """

    def refuse(error: OSError) -> None:
        raise error

    names: list[str] = []
    seen: set[str] = set()
    for folder, folders, files in os.walk(root, followlinks=True, onerror=refuse):
        real = os.path.realpath(folder)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        below = os.path.relpath(folder, root).replace(os.sep, "/")
        prefix = "" if below == "." else f"{below}/"
        names += [prefix + name for name in files if name[0] != "."]
    return tuple(sorted(names))
