"""Packing: what is there already is opened; else a source is decoded once, and appears whole or not at all.

One process packs a source while others wait for it. A process that is killed leaves a temporary folder, which
the next one deletes: the system let go of its lock.
"""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from filelock import FileLock, Timeout

from recipe.data.packing import evicting
from recipe.data.packing.columns import TABLE
from recipe.data.packing.listings import Listing, listing_of
from recipe.data.packing.packs import (
    ABOUT,
    FORMAT,
    Form,
    Pack,
    folder_of,
    head_of,
    open_pack,
    packs_folder,
    remember,
    stamps_of,
    with_key,
)
from recipe.data.packing.telling import tell
from recipe.diagnostics.packs import CacheRefuses, CacheTooSmall, PackedAnew, PackError
from recipe.diagnostics.problems import Problem
from recipe.program.disks import error_name, free_bytes, sync_folder, words_of, write_and_sync
from recipe.program.manifests import MANIFEST, DamagedError, manifest

_WRITING = ".writing."


@dataclass(frozen=True, slots=True)
class Filled:
    """What filling a pack gave.

    Args:
        digests: sha256 of every file, in the order of the listing, 32 bytes each.
        about: what the source wants to know when the pack is opened again; JSON.
    """

    digests: bytes
    about: Mapping[str, Any]


class Work(Protocol):
    """What is to be packed."""

    @property
    def title(self) -> str:
        """How messages call it."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """All that decides what becomes of the files; JSON."""

    @property
    def listing(self) -> Listing:
        """The files."""

    @property
    def rows(self) -> int:
        """How many examples the arrays have."""

    def forms(self, problems: list[Problem]) -> tuple[Form, ...] | None:
        """The arrays that are packed; none of a table; None after a Problem."""

    def needed(self, forms: tuple[Form, ...]) -> int:
        """Bytes on the disk, at most."""

    def fill(self, folder: Path, forms: tuple[Form, ...], problems: list[Problem]) -> Filled | None:
        """Write all examples into the files of the forms, which have their size already, or into others.

        Args:
            folder: of the files.
            forms: of the arrays.
            problems: what is wrong with the source is appended.

        Returns:
            None after a Problem.
        """


def opened(work: Work, problems: list[Problem]) -> Pack | None:
    """The pack of a source: that of an earlier run, else packed now; None after a Problem.

    Raises:
        PackError: R622 or R623 for the cache.
    """
    damaged: list[str] = []
    key = _key(work)
    found = _known(work, key, damaged)
    if found is None:
        try:
            with _locked(work.title, key):
                found = _known(work, key, damaged) or _same(work, key, damaged)
                found = found or _packed(work, key, problems)
        except OSError as error:
            raise PackError([_refused(error)]) from error
    if found is not None:
        problems += [PackedAnew(None, work.title, reason) for reason in dict.fromkeys(damaged)]
        with contextlib.suppress(OSError):  # of a cache that may only be read
            os.utime(found.path)
    return found


def _key(work: Work) -> str:
    content = json.dumps([FORMAT, work.settings, work.listing.names_and_sizes], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:24]


def _known(work: Work, key: str, damaged: list[str]) -> Pack | None:
    """A pack of files that were not touched since."""
    stamp = work.listing.stamp
    folders = (folder for folder in with_key(key) if stamp in stamps_of(folder))
    return next(filter(None, (_whole(folder, damaged) for folder in folders)), None)


def _same(work: Work, key: str, damaged: list[str]) -> Pack | None:
    """A pack of files that were touched or copied, and have the same content."""
    if not with_key(key):
        return None
    folder = folder_of(key, content_of(_digests(work.listing)))
    found = _whole(folder, damaged) if folder.is_dir() else None
    if found is not None and work.listing.is_settled:
        with contextlib.suppress(OSError):
            remember(folder, work.listing.stamp)
    return found


def _whole(folder: Path, damaged: list[str]) -> Pack | None:
    try:
        return open_pack(folder)
    except DamagedError as error:
        damaged.append(str(error))
        return None


def content_of(digests: bytes) -> str:
    """Sha256 of the content of all files, from that of each."""
    return hashlib.sha256(digests).hexdigest()


def _digests(listing: Listing) -> bytes:
    def digest(name: str) -> bytes:
        with (listing.root / name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()

    with ThreadPoolExecutor(os.cpu_count()) as executor:
        return b"".join(executor.map(digest, listing.names, chunksize=64))


@contextmanager
def _locked(title: str, key: str) -> Iterator[None]:
    """Be the only process that packs this; say so while another one does."""
    locks = packs_folder() / ".locks"
    locks.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(locks / f"{key}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell(title, 0, 0)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _packed(work: Work, key: str, problems: list[Problem]) -> Pack | None:
    forms = work.forms(problems)
    if forms is None:
        return None
    needed = work.needed(forms)
    evicting.make_room(needed)
    free = free_bytes(packs_folder())
    if free is not None and free < needed:
        raise PackError([CacheTooSmall(None, str(packs_folder()), work.title, needed, free)])
    temporary = packs_folder() / f"{_WRITING}{key}"
    _discard(temporary)  # of a process that was killed
    temporary.mkdir()
    try:
        for form in forms:
            _allot(temporary, form, work.rows)
        filled = work.fill(temporary, forms, problems)
        if filled is None:
            _discard(temporary)
            return None
        folder = folder_of(key, content_of(filled.digests))
        _seal(temporary, folder, work, forms, filled)
    except BaseException:
        with contextlib.suppress(OSError):
            _discard(temporary)
        raise
    return open_pack(folder)


def _allot(folder: Path, form: Form, rows: int) -> None:
    for name, (dtype, example) in form.files().items():
        width = Form(name, dtype, example).width
        with (folder / name).open("xb") as file:
            file.truncate(rows * width)


def _seal(temporary: Path, folder: Path, work: Work, forms: tuple[Form, ...], filled: Filled) -> None:
    """Put a pack in place: on the disk and whole when this returns, and absent before."""
    about = {
        "title": work.title,
        "root": str(work.listing.root),
        "rows": work.rows,
        "digest": content_of(filled.digests),
        "arrays": [{"name": form.name, "dtype": form.dtype, "example": form.example} for form in forms],
        **filled.about,
    }
    write_and_sync(temporary / ABOUT, json.dumps(about).encode())
    large = {*(f"{form.name}.values" for form in forms), TABLE}
    small = [path for path in sorted(temporary.iterdir()) if path.name not in large]
    for path in temporary.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    contents = {path.name: path.read_bytes() for path in small}
    write_and_sync(temporary / MANIFEST, manifest(head_of(folder), contents))
    listing = work.listing
    if listing.is_settled and listing_of(listing.root, listing.names).stamp == listing.stamp:
        remember(temporary, listing.stamp)
    sync_folder(temporary)
    _discard(folder)  # a damaged one of the same content
    temporary.rename(folder)
    sync_folder(folder.parent)


def _discard(folder: Path) -> None:
    """Delete a folder of ours, renamed first: half of it never has a live name."""
    if not os.path.lexists(folder):
        return
    removing = folder.with_name(evicting.REMOVING + folder.name.removeprefix(_WRITING))
    shutil.rmtree(removing, ignore_errors=True)
    folder.rename(removing)
    shutil.rmtree(removing, ignore_errors=True)


def _refused(error: OSError) -> CacheRefuses:
    return CacheRefuses(None, str(packs_folder()), error_name(error), words_of(error))
