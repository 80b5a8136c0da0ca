"""Folders that are whole or damaged: the manifest, written last, and everything compared with it.

A manifest begins with a sum of itself in every format, so that a damaged one is not taken for that of another
version. Then comes a head, which says what the folder is: its format, and the step or the key that its name
stands for too.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
LARGEST_MANIFEST = 1 << 20  # bytes; ours have a few hundred

Head = Mapping[str, int | str | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """What the manifest says of one file.

    Args:
        bytes: its size.
        sha256: of its content, 64 hexadecimal digits.
    """

    bytes: int
    sha256: str


class DamagedError(ValueError):
    """A folder is not what was written; the words say which file and how."""


class OtherFormatError(DamagedError):
    """What is read was written in another format, by another version of recipe."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(f"it has the format {found}, expected {known}")
        self.found, self.known = found, known


def summed(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a file of ours, after the key `sha256` with a sum of it."""
    return {"sha256": sum_of(content), **content}


def sum_of(content: Mapping[str, Any]) -> str:
    """sha256 over all keys of a file of ours but `sha256`, 64 hexadecimal digits."""
    others = {name: part for name, part in content.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(others, sort_keys=True).encode()).hexdigest()


def is_whole(content: Mapping[str, Any]) -> bool:
    """Whether a file of ours says what was written; one without a sum is taken as it is."""
    return bool(content.get("sha256", sum_of(content)) == sum_of(content))


def check_format(content: Mapping[str, Any], known: int) -> None:
    """Make sure that a file of ours is of the format that is read.

    Args:
        content: of the file, whose key `format` is compared.
        known: the format.

    Raises:
        OtherFormatError: when it is of another, as its sum confirms if it has one.
        KeyError, TypeError, ValueError: when it says none, or is damaged.
    """
    if (found := int(content["format"])) == known:
        return
    if not is_whole(content):
        raise DamagedError(f"it has the format {found}, expected {known}, and its sha256 differs")
    raise OtherFormatError(found, known)


def manifest(head: Head, files: Mapping[str, bytes]) -> bytes:
    """The manifest of a folder that is about to be written.

    Args:
        head: what the folder is.
        files: content by file name.
    """
    entries = {
        name: Entry(len(content), hashlib.sha256(content).hexdigest()) for name, content in files.items()
    }
    return _rendered(head, entries)


def _rendered(head: Head, entries: Mapping[str, Entry]) -> bytes:
    """No line end after the last brace: then every byte that is cut off is missed."""
    files = {name: asdict(entry) for name, entry in entries.items()}
    return json.dumps(summed({**head, "files": files}), indent=1).encode()


def verify(folder: Path, head: Head) -> str:
    """What is wrong with a folder, in words; empty when it is whole."""
    try:
        for name, entry in read_entries(folder, head).items():
            compare(folder / name, entry)
    except DamagedError as error:
        return str(error)
    return ""


def read(folder: Path, head: Head) -> dict[str, bytes]:
    """The files of a folder, compared with its manifest once more as they are read.

    Raises:
        DamagedError: when they are not what was written.
    """
    entries = read_entries(folder, head)
    contents = {name: _content(folder / name, entry.bytes) for name, entry in entries.items()}
    for name, content in contents.items():
        if hashlib.sha256(content).hexdigest() != entries[name].sha256:
            raise DamagedError(f"`{name}` is not what was written: its sha256 differs")
    return contents


def read_entries(folder: Path, head: Head) -> dict[str, Entry]:
    """The manifest of a folder, by file name.

    Args:
        folder: that holds it.
        head: that it must begin with.

    Raises:
        OtherFormatError: when it is of another format.
        DamagedError: when there is none, or it is not of this folder.
    """
    if not folder.is_dir():
        raise DamagedError("it is not a folder")
    raw = _content(folder / MANIFEST, None)
    try:
        content = json.loads(raw)
        check_format(content, int(str(head["format"])))
        entries = {name: Entry(**entry) for name, entry in content["files"].items()}
        stated = {name: content[name] for name in head}
    except OtherFormatError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedError(f"`{MANIFEST}` cannot be read") from error
    if stated != head:
        raise DamagedError(f"`{MANIFEST}` is of {_words(stated)}, expected {_words(head)}")
    if raw != _rendered(head, entries):
        raise DamagedError(f"`{MANIFEST}` is not what was written")
    if not all(map(is_plain, entries)):
        raise DamagedError(f"`{MANIFEST}` names a file outside of its folder")
    return entries


def _words(head: Head) -> str:
    return " and ".join(f"{name} {value}" for name, value in head.items())


def is_plain(name: str) -> bool:
    """Whether a name can stand in a manifest: of a file in the folder itself, and not of the manifest."""
    return name == Path(name).name and name not in {"", "..", MANIFEST} and "\0" not in name


def compare(path: Path, entry: Entry) -> None:
    """Compare a file with its entry, without holding it in memory.

    Raises:
        DamagedError: when it differs.
    """
    check_size(path, entry.bytes)
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DamagedError(f"`{path.name}` cannot be read: {error.strerror}") from error
    if found != entry.sha256:
        raise DamagedError(f"`{path.name}` is not what was written: its sha256 differs")


def _content(path: Path, expected: int | None) -> bytes:
    check_size(path, expected)
    try:
        return path.read_bytes()
    except OSError as error:
        raise DamagedError(f"`{path.name}` cannot be read: {error.strerror}") from error


def check_size(path: Path, expected: int | None) -> None:
    """Nothing but a plain file of the right size is opened; a manifest may have any size up to its limit.

    Raises:
        DamagedError: when it is another.
    """
    try:
        found = path.lstat().st_size
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        raise DamagedError(f"`{path.name}` " + ("is missing" if missing else f"{error.strerror}")) from error
    if path.is_symlink() or not path.is_file():
        raise DamagedError(f"`{path.name}` is not a plain file")
    if found != expected and (expected is not None or found > LARGEST_MANIFEST):
        wanted = f"at most {LARGEST_MANIFEST}" if expected is None else str(expected)
        raise DamagedError(f"`{path.name}` has {found} bytes, expected {wanted}")
