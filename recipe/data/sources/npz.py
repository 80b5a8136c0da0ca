"""Source `npz`: arrays of features and of targets in one NumPy file."""

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from recipe.catalog.calls import Call
from recipe.data.cells import name_of
from recipe.data.sources.files import find, paths_of
from recipe.data.sources.limits import fits
from recipe.data.sources.npy_headers import BadHeader, read_header
from recipe.data.tables import Stored, Table, cell, column_of
from recipe.diagnostics.data_arrays import (
    DifferentShape,
    PickledArray,
    UnequalLengths,
    UnknownArray,
    UnsupportedArray,
)
from recipe.diagnostics.data_files import CorruptFile, OtherFormat, UnreadableFile
from recipe.diagnostics.data_rows import NoRows
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, NotImplementedError)
_NUMBERS, _NAMES = "biuf", "biufUS"  # NumPy's kind letters: flags, integers, numbers, text


@dataclass(frozen=True, slots=True)
class _Role:
    """What arrays of a role may be.

    Args:
        types: of an array, as NumPy's kind letters.
        expected: the same in words.
    """

    types: Callable[[NDArray[np.generic]], str]
    expected: str


ROLES: Mapping[str, _Role] = MappingProxyType(
    {
        "features": _Role(lambda _: _NUMBERS, "numbers, one row for each example"),
        "target": _Role(
            lambda values: _NAMES if _is_column(values) else _NUMBERS,
            "numbers, one row for each example, or one name for each, of shape (examples,) or (examples, 1)",
        ),
    }
)


Arrays = Mapping[str, Mapping[str, NDArray[np.generic]]]
"""Arrays by role (`features`, `target`) and name."""


def read(call: Call, problems: list[Problem]) -> Table | None:
    """The table of an `npz` Call (`path`, `features`, `target`), or None.

    Targets of one number or name for each example become cells; others stay arrays, as features do. The
    examples of several files follow one another.
    """
    before = len(problems)
    paths = find(paths_of(call["path"]), call.span_of("path"), problems)
    found = [(path.name, _arrays_in(path, call, problems)) for path in paths]
    if len(problems) > before or not all(check(arrays, file, call, problems) for file, arrays in found):
        return None
    return table_of(found) if _are_alike(found, call, problems) else None


def _arrays_in(path: Path, call: Call, problems: list[Problem]) -> Arrays:
    """The arrays of a file, those with a Problem left out."""
    archive = _opened(path, call.span_of("path"), problems)
    if archive is None:
        return {role: {} for role in ROLES}
    arrays: dict[str, dict[str, NDArray[np.generic]]] = {role: {} for role in ROLES}
    with archive:
        for role in ROLES:
            for name in names_in(call, role):
                values = _array(archive, path, name, call.span_of(role), problems)
                if values is not None:
                    arrays[role][name] = values
    return arrays


def names_in(call: Call, role: str) -> tuple[str, ...]:
    """The names of the arrays that are `features` or `target`."""
    written = call[role]
    return tuple(map(str, written)) if isinstance(written, tuple) else (str(written),)


def _are_alike(files: Sequence[tuple[str, Arrays]], call: Call, problems: list[Problem]) -> bool:
    """Whether the arrays of several files have examples of one shape."""
    before = len(problems)
    (_, first), *others = files
    for file, arrays in others:
        for role in ROLES:
            for name, values in arrays[role].items():
                expected = first[role][name].shape[1:]
                if values.shape[1:] != expected:
                    span = call.span_of(role)
                    problems.append(DifferentShape(span, name, file, expected, values.shape[1:]))
    return len(problems) == before


def table_of(files: Sequence[tuple[str, Arrays]]) -> Table:
    """The table of arrays that were checked.

    Args:
        files: names of files, each with its arrays; one after the other.
    """
    features = {
        name: _joined([arrays["features"][name] for _, arrays in files]) for name in files[0][1]["features"]
    }
    targets = {
        name: _joined([arrays["target"][name] for _, arrays in files]) for name in files[0][1]["target"]
    }
    columns = {name: values.reshape(-1) for name, values in targets.items() if _is_column(values)}
    others = {name: values for name, values in targets.items() if name not in columns}
    counts = [len(next(iter(arrays["features"].values()))) for _, arrays in files]
    return Table(
        name=files[0][0],
        cells={name: as_cells(labels) for name, labels in columns.items()},
        arrays={name: Stored(values) for name, values in {**features, **others}.items()},
        targets=tuple(targets),
        digest=digest_of(
            *features.values(), *(columns.get(name, values) for name, values in targets.items())
        ),
        files=tuple(file for file, _ in files),
        file_of=np.repeat(np.arange(len(files), dtype=np.int64), counts),
        numbers=np.concatenate([np.arange(count, dtype=np.int64) for count in counts]),
        unit="row",
        rows=np.arange(sum(counts), dtype=np.int64),
    )


def _joined(arrays: Sequence[NDArray[np.generic]]) -> NDArray[np.generic]:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _is_column(values: NDArray[np.generic]) -> bool:
    """Whether there is one number or name for each example: `(rows,)` or `(rows, 1)`."""
    return values.shape[1:] in ((), (1,))


def as_cells(labels: NDArray[np.generic]) -> NDArray[np.object_]:
    """One text cell for every label of `(rows,)`."""
    values, inverse = np.unique(labels, return_inverse=True)
    if values.dtype.kind == "b":
        values = values.astype(np.uint8)
    elif values.dtype.kind == "S":
        values = np.char.decode(values.astype(np.bytes_), "utf-8", "surrogateescape")
    texts = column_of([cell(name_of(str(value))) for value in values.tolist()])
    return np.asarray(texts[inverse.reshape(-1)], dtype=np.object_)


def digest_of(*arrays: NDArray[np.generic]) -> str:
    """Sha256 over the type, shape and bytes of arrays, little endian on every platform."""
    digest = hashlib.sha256()
    for array in arrays:
        little = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
        digest.update(f"{little.dtype.str} {little.shape}\n".encode())
        digest.update(little.data.cast("B") if little.size else b"")
    return digest.hexdigest()


def _opened(path: Path, span: Span | None, problems: list[Problem]) -> NpzFile | None:
    try:
        file = path.open("rb")
    except OSError as error:
        problems.append(UnreadableFile(span, str(path), (error.strerror or str(error)).lower()))
        return None
    archive = _archive_in(file, path, span, problems)
    if archive is None:
        file.close()
    else:
        archive.fid = file  # type: ignore[assignment]  # closed with the archive; NumPy types it as text
    return archive


def _archive_in(file: BinaryIO, path: Path, span: Span | None, problems: list[Problem]) -> NpzFile | None:
    try:
        opened = np.load(file, allow_pickle=False)
    except (zipfile.BadZipFile, EOFError) as error:
        problems.append(CorruptFile(span, path.name, "npz", str(error).lower()))
    except OSError as error:
        problems.append(UnreadableFile(span, str(path), (error.strerror or str(error)).lower()))
    except ValueError:
        # NumPy takes whatever is neither zip nor npy for a pickle, and refuses it.
        problems.append(
            OtherFormat(span, path.name, "an npz file", "neither npz nor npy", "write it with numpy.savez")
        )
    else:
        if isinstance(opened, NpzFile):
            return opened
        problems.append(
            OtherFormat(span, path.name, "an npz file", "one npy array", "write both arrays with numpy.savez")
        )
    return None


def _array(
    archive: NpzFile, path: Path, name: str, span: Span | None, problems: list[Problem]
) -> NDArray[np.generic] | None:
    if name not in archive.files:
        problems.append(UnknownArray(span, path.name, name, tuple(archive.files)))
        return None
    try:
        member = archive.zip.getinfo(f"{name}.npy")  # type: ignore[union-attr]  # open, so there is one
        with archive.zip.open(member) as file:  # type: ignore[union-attr]
            header = read_header(file, member.file_size)
        if header.dtype.hasobject:
            problems.append(PickledArray(span, path.name, name))
            return None
        return np.asarray(archive[name]) if fits(path.name, header.num_bytes, span, problems, name) else None
    except BadHeader as error:
        problems.append(CorruptFile(span, path.name, "npz", f"of `{name}`, {error}"))
    except (*_DAMAGE, ValueError) as error:
        problems.append(CorruptFile(span, path.name, "npz", str(error).lower()))
    return None


def check(arrays: Arrays, file: str, call: Call, problems: list[Problem]) -> bool:
    """Whether arrays can be features and targets, one row for each example.

    Args:
        arrays: all that are wanted.
        file: that they come from.
        call: of the source.
        problems: R507, R515 or R516 is appended.
    """
    before = len(problems)
    for role, may in ROLES.items():
        for name, values in arrays[role].items():
            if values.ndim == 0 or values.dtype.kind not in may.types(values):
                received = (str(values.dtype), values.shape)
                problems.append(UnsupportedArray(call.span_of(role), file, name, *received, may.expected))
    if len(problems) > before:
        return False
    (first, values), *_ = arrays["features"].items()
    span = call.span_of("features")
    for name, others in (*arrays["features"].items(), *arrays["target"].items()):
        if len(values) != len(others):
            problems.append(UnequalLengths(span, file, first, len(values), name, len(others)))
    empty = [name for name, array in arrays["features"].items() if not array.size]
    if empty:
        problems.append(NoRows(span, file, f"`{empty[0]}` has shape {arrays['features'][empty[0]].shape}"))
    return len(problems) == before
