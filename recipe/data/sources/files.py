"""Files of a source: found by path or pattern, opened, unpacked."""

import gzip
import re
import zlib
from pathlib import Path

from recipe.diagnostics.data_files import CorruptFile, MissingFile, UnreadableFile
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span


def find(path: str, span: Span | None, problems: list[Problem]) -> tuple[Path, ...]:
    """The files that a path or a pattern (`*`, `?`, `[...]`, `**`) stands for, sorted by name; none: R501."""
    exact = Path(path).expanduser()
    if exact.exists():
        return (exact,)
    folder, pattern = _fixed_folder(exact)
    found = sorted(file for file in folder.glob(pattern) if file.is_file()) if pattern else []
    if not found:
        folder = folder if pattern else exact.parent
        neighbours = (
            sorted(file.name for file in folder.iterdir() if file.is_file()) if folder.is_dir() else []
        )
        problems.append(MissingFile(span, path, str(folder), folder.is_dir(), tuple(neighbours)))
    return tuple(found)


def _fixed_folder(path: Path) -> tuple[Path, str]:
    """The part of a path before its first wildcard, and the pattern below it (empty without a wildcard)."""
    wild = [position for position, part in enumerate(path.parts) if re.search(r"[*?\[]", part)]
    if not wild:
        return path, ""
    return Path(*path.parts[: wild[0]]), "/".join(path.parts[wild[0] :])


def contents(path: Path, span: Span | None, problems: list[Problem]) -> bytes | None:
    """The bytes of a file, unpacked when its name ends in `.gz`; None after a Problem."""
    try:
        packed = path.read_bytes()
    except OSError as error:
        problems.append(UnreadableFile(span, str(path), (error.strerror or str(error)).lower()))
        return None
    if path.suffix.lower() != ".gz":
        return packed
    try:
        return gzip.decompress(packed)
    except (OSError, EOFError, zlib.error) as error:
        problems.append(CorruptFile(span, path.name, "gzip", str(error)))
        return None
