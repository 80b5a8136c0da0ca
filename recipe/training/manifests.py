"""What a checkpoint's folder must hold: the manifest, written last, and everything compared with it."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FORMAT = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 1 << 20  # bytes; ours have a few hundred
STEP_PATTERN = r"step-(?:[0-9]{8}|[1-9][0-9]{8,})"

_NAME = re.compile(STEP_PATTERN)


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
    """A checkpoint is not what was written; the words say which file and how."""


def folder_name(step: int) -> str:
    """The name of a checkpoint's folder: `step-00001234`."""
    return f"step-{step:08d}"


def step_of(folder: Path) -> int | None:
    """The step in a folder's name; None when the name is not of our making."""
    return int(folder.name.removeprefix("step-")) if _NAME.fullmatch(folder.name) else None


def newest_step(checkpoints: Path) -> int | None:
    """The largest step in the names of a folder of checkpoints, whole or not; None when there is none."""
    steps = (step_of(path) for path in checkpoints.glob("step-*"))
    return max((step for step in steps if step is not None), default=None)


def manifest(target: Path, files: Mapping[str, bytes]) -> bytes:
    """The manifest of a checkpoint that is about to be written.

    Args:
        target: its folder.
        files: content by file name.
    """
    entries = {
        name: Entry(len(content), hashlib.sha256(content).hexdigest()) for name, content in files.items()
    }
    return _rendered(step_of(target), entries)


def _rendered(step: int | None, entries: Mapping[str, Entry]) -> bytes:
    """No line end after the last brace: then every byte that is cut off is missed."""
    files = {name: asdict(entry) for name, entry in entries.items()}
    return json.dumps({"format": FORMAT, "step": step, "files": files}, indent=1).encode()


def verify(folder: Path) -> str:
    """What is wrong with a checkpoint, in words; empty when it is whole."""
    try:
        for name, entry in read_entries(folder).items():
            _compare(folder / name, entry)
    except DamagedError as error:
        return str(error)
    return ""


def read(folder: Path) -> dict[str, bytes]:
    """The files of a checkpoint, compared with its manifest once more as they are read.

    Raises:
        DamagedError: when they are not what was written.
    """
    entries = read_entries(folder)
    contents = {name: _content(folder / name, entry.bytes) for name, entry in entries.items()}
    for name, content in contents.items():
        if hashlib.sha256(content).hexdigest() != entries[name].sha256:
            raise DamagedError(f"`{name}` is not what was written: its sha256 differs")
    return contents


def read_entries(folder: Path) -> dict[str, Entry]:
    """The manifest of a checkpoint, by file name.

    Raises:
        DamagedError: when there is none, or it is not of this folder.
    """
    if not folder.is_dir():
        raise DamagedError("it is not a folder")
    raw = _content(folder / MANIFEST, None)
    try:
        content = json.loads(raw)
        entries = {name: Entry(**entry) for name, entry in content["files"].items()}
        stated = (content["format"], content["step"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedError(f"`{MANIFEST}` cannot be read") from error
    if stated != (FORMAT, step_of(folder)):
        raise DamagedError(
            f"`{MANIFEST}` is of format {stated[0]} and step {stated[1]}, "
            f"expected format {FORMAT} and step {step_of(folder)}"
        )
    if raw != _rendered(step_of(folder), entries):
        raise DamagedError(f"`{MANIFEST}` is not what was written")
    if not all(map(is_plain, entries)):
        raise DamagedError(f"`{MANIFEST}` names a file outside of its folder")
    return entries


def is_plain(name: str) -> bool:
    """Whether a name can stand in a manifest: of a file in the folder itself, and not of the manifest."""
    return name == Path(name).name and name not in {"", "..", MANIFEST} and "\0" not in name


def _compare(path: Path, entry: Entry) -> None:
    _check_size(path, entry.bytes)
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DamagedError(f"`{path.name}` cannot be read: {error.strerror}") from error
    if found != entry.sha256:
        raise DamagedError(f"`{path.name}` is not what was written: its sha256 differs")


def _content(path: Path, expected: int | None) -> bytes:
    _check_size(path, expected)
    try:
        return path.read_bytes()
    except OSError as error:
        raise DamagedError(f"`{path.name}` cannot be read: {error.strerror}") from error


def _check_size(path: Path, expected: int | None) -> None:
    """Nothing but a plain file of the right size is opened; a manifest may have any size up to its limit."""
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
