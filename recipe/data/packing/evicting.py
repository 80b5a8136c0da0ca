"""What lies in the cache of packed data, and what goes when it is too much."""

import contextlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recipe.data.packing.packs import about_of, pack_folders, packs_folder
from recipe.program.manifests import DamagedError
from recipe.program.writing import write_atomically

_LIMIT = "limit.json"
REMOVING = ".removing."


@dataclass(frozen=True, slots=True)
class Kept:
    """One pack in the cache.

    Args:
        name: of its folder.
        title: of what was packed; empty where that cannot be read.
        root: folder of the files it was made of.
        rows: examples.
        bytes: on the disk.
        used: when a run last opened it, seconds since 1970.
    """

    name: str
    title: str
    root: str
    rows: int
    bytes: int
    used: float


def kept() -> Sequence[Kept]:
    """All packs, the one that was used last first."""
    found = (_kept(folder) for folder in pack_folders())
    return sorted(filter(None, found), key=lambda one: -one.used)


def _kept(folder: Path) -> Kept | None:
    try:
        stats = [path.stat() for path in folder.iterdir()]
        used = folder.stat().st_mtime
    except OSError:  # removed by another process meanwhile
        return None
    try:
        about: Mapping[str, object] = about_of(folder)
    except DamagedError:
        about = {}
    bytes_on_disk = sum(one.st_size for one in stats)
    rows = int(str(about.get("rows", 0)))
    return Kept(
        folder.name, str(about.get("title", "")), str(about.get("root", "")), rows, bytes_on_disk, used
    )


def remove(name: str) -> None:
    """Delete a pack. Runs that read it go on: the system keeps an open file until it is closed.

    Args:
        name: of its folder.

    Raises:
        OSError: when the system refuses.
    """
    folder = packs_folder() / name
    removing = folder.with_name(REMOVING + name)
    shutil.rmtree(removing, ignore_errors=True)
    folder.rename(removing)
    shutil.rmtree(removing)


def limit() -> int | None:
    """How many bytes packs may take together; None where nobody set a limit."""
    try:
        found = json.loads((packs_folder() / _LIMIT).read_text(encoding="utf-8"))
        return int(found["bytes"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def set_limit(most: int | None) -> None:
    """Set how many bytes packs may take together, and remove those used longest ago beyond that."""
    path = packs_folder() / _LIMIT
    if most is None:
        path.unlink(missing_ok=True)
    else:
        write_atomically(path, json.dumps({"bytes": most}).encode())
    make_room(0)


def make_room(needed: int) -> None:
    """Remove the packs that were used longest ago until a new one stays within the limit.

    Args:
        needed: bytes of the new one. It is packed even where it alone is over the limit.
    """
    most = limit()
    if most is None:
        return
    total = needed
    for one in kept():
        total += one.bytes
        if total > most:
            with contextlib.suppress(OSError):
                remove(one.name)
                total -= one.bytes
