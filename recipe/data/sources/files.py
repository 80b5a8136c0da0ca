"""Files of a source: found by path or pattern, opened, unpacked."""

import bz2
import contextlib
import gzip
import hashlib
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from recipe.diagnostics.data_files import CorruptFile, MissingFile, OtherFormat, UnreadableFile
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

CHUNK = 1 << 18
"""Bytes that are unpacked at a time."""


class Refused(Exception):  # noqa: N818
    """Reading a file ends here; carries why."""

    def __init__(self, problem: Problem):
        self.problem = problem
        super().__init__(problem.message)


def paths_of(written: object) -> tuple[str, ...]:
    """The paths and patterns that an argument names: one, or a list of them."""
    return tuple(map(str, written)) if isinstance(written, tuple | list) else (str(written),)


def find(path: str | Iterable[str], span: Span | None, problems: list[Problem]) -> tuple[Path, ...]:
    """The files that paths or patterns (`*`, `?`, `[...]`, `**`) name, each sorted by name; none: R501."""
    paths = (path,) if isinstance(path, str) else tuple(path)
    return tuple(dict.fromkeys(file for one in paths for file in _find(one, span, problems)))


def _find(path: str, span: Span | None, problems: list[Problem]) -> tuple[Path, ...]:
    exact = Path(path).expanduser()
    if exact.exists():
        return (exact,)
    folder, pattern = _fixed_folder(exact)
    found = sorted(file for file in folder.glob(pattern) if file.is_file()) if pattern else []
    if not found:
        folder = folder if pattern else exact.parent
        neighbours = sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []
        problems.append(MissingFile(span, path, str(folder), folder.is_dir(), tuple(neighbours)))
    return tuple(found)


def _fixed_folder(path: Path) -> tuple[Path, str]:
    """The part of a path before its first wildcard, and the pattern below it (empty without a wildcard)."""
    wild = [position for position, part in enumerate(path.parts) if re.search(r"[*?\[]", part)]
    if not wild:
        return path, ""
    return Path(*path.parts[: wild[0]]), "/".join(path.parts[wild[0] :])


class Stream(Protocol):
    """Bytes that are read one chunk after the other."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""

    def close(self) -> None:
        """Let the file go."""


def _open_zip(path: Path, span: Span | None) -> Stream:
    """The one file in a zip archive."""
    archive = zipfile.ZipFile(path)
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) != 1 or members[0].flag_bits & 1:
        archive.close()
        found = "a zip archive with a password" if len(members) == 1 else f"one of {len(members)} files"
        raise Refused(OtherFormat(span, path.name, "a zip archive of one file", found, "unpack it"))
    return archive.open(members[0])


_Opener = Callable[[Path, Span | None], Stream]

# How files are unpacked, by the end of their name: (format, opener).
PACKED: Mapping[str, tuple[str, _Opener]] = MappingProxyType(
    {
        ".gz": ("gzip", lambda path, _: gzip.GzipFile(path)),
        ".bz2": ("bzip2", lambda path, _: bz2.BZ2File(path)),
        ".xz": ("xz", lambda path, _: lzma.LZMAFile(path)),  # noqa: SIM115 - closed with `Unpacked`
        ".zip": ("zip", _open_zip),
    }
)
_DAMAGE = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


def unpacked_size(path: Path, most: int) -> int:
    """Bytes that a file has when it is unpacked, which is counted: what it says of itself may be wrong.

    At least those that it has on the disk, so that a damaged one is not taken for small.

    Args:
        path: of the file.
        most: bytes beyond which counting stops. It stops at damage too, which reading tells.
    """
    if path.suffix.lower() not in PACKED:
        return path.stat().st_size
    _, opener = PACKED[path.suffix.lower()]
    count = 0
    with (
        contextlib.suppress(Refused, OSError, *_DAMAGE),
        contextlib.closing(opener(path, None)) as file,
    ):
        while count <= most and (chunk := file.read(CHUNK)):
            count += len(chunk)
    return max(count, path.stat().st_size)


class Unpacked:
    """The bytes of a file, unpacked as its name says, a chunk at a time.

    Args:
        path: of the file.
        span: where it was named.
        most: bytes that it may unpack to.
        too_much: the problem when it has more, from the bytes that were counted.
    """

    def __init__(self, path: Path, span: Span | None, most: int, too_much: Callable[[int], Problem]):
        self.path, self.span, self.count = path, span, 0
        self._most, self._too_much, self._digest = most, too_much, hashlib.sha256()
        self._format, opener = PACKED.get(path.suffix.lower(), ("", lambda path, _: path.open("rb")))
        try:
            self._file: Stream = opener(path, span)
        except (*_DAMAGE, OSError) as error:
            raise Refused(self._problem(error)) from error

    def __enter__(self) -> "Unpacked":
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def read(self) -> bytes:
        """The next bytes, at most `CHUNK`; none at the end.

        Raises:
            Refused: R502 or R503, or what `too_much` says.
        """
        try:
            chunk = self._file.read(CHUNK)
        except (*_DAMAGE, OSError) as error:
            raise Refused(self._problem(error)) from error
        self.count += len(chunk)
        if self.count > self._most:
            raise Refused(self._too_much(self.count))
        self._digest.update(chunk)
        return chunk

    @property
    def digest(self) -> str:
        """Sha256 of what was read so far."""
        return self._digest.hexdigest()

    def _problem(self, error: BaseException) -> Problem:
        is_damage = self._format and (isinstance(error, _DAMAGE) or getattr(error, "errno", None) is None)
        if is_damage:
            return CorruptFile(self.span, self.path.name, self._format, str(error))
        reason = getattr(error, "strerror", None) or str(error)
        return UnreadableFile(self.span, str(self.path), str(reason).lower())
