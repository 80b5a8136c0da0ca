"""Source `npz`: arrays of features and of targets in one NumPy file."""

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from recipe.catalog.calls import Call
from recipe.data.cells import name_of
from recipe.data.sources.files import find
from recipe.data.tables import Stored, Table, cell, column_of
from recipe.diagnostics.data_arrays import PickledArray, UnequalLengths, UnknownArray, UnsupportedArray
from recipe.diagnostics.data_files import CorruptFile, OtherFormat, UnreadableFile
from recipe.diagnostics.data_rows import NoRows
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

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


def read(call: Call, problems: list[Problem]) -> Table | None:
    """The table of an `npz` Call (`path`, `features`, `target`), or None.

    Targets of one number or name for each example become cells; others stay arrays, as features do.
    """
    paths = find(str(call["path"]), call.span_of("path"), problems)
    if not paths:
        return None
    path, span = paths[0], call.span_of("path")
    archive = _opened(path, span, problems)
    if archive is None:
        return None
    found: dict[str, dict[str, NDArray[np.generic] | None]] = {}
    with archive:
        for role in ROLES:
            place, named = call.span_of(role), names_in(call, role)
            found[role] = {name: _array(archive, path, name, place, problems) for name in named}
    arrays = {role: _present(values) for role, values in found.items()}
    is_whole = all(len(arrays[role]) == len(found[role]) for role in ROLES)
    if not is_whole or not _check(arrays, path.name, call, problems):
        return None
    return _table(path.name, arrays["features"], arrays["target"])


def names_in(call: Call, role: str) -> tuple[str, ...]:
    """The names of the arrays that are `features` or `target`."""
    written = call[role]
    return tuple(map(str, written)) if isinstance(written, tuple) else (str(written),)


def _present(arrays: Mapping[str, NDArray[np.generic] | None]) -> dict[str, NDArray[np.generic]]:
    return {name: values for name, values in arrays.items() if values is not None}


def _table(
    file: str, features: Mapping[str, NDArray[np.generic]], targets: Mapping[str, NDArray[np.generic]]
) -> Table:
    columns = {name: values.reshape(-1) for name, values in targets.items() if _is_column(values)}
    others = {name: values for name, values in targets.items() if name not in columns}
    count = len(next(iter(features.values())))
    return Table(
        name=file,
        cells={name: as_cells(labels) for name, labels in columns.items()},
        arrays={name: Stored(values) for name, values in {**features, **others}.items()},
        targets=tuple(targets),
        digest=digest_of(
            *features.values(), *(columns.get(name, values) for name, values in targets.items())
        ),
        files=(file,),
        file_of=np.zeros(count, dtype=np.int64),
        numbers=np.arange(count, dtype=np.int64),
        unit="row",
        rows=np.arange(count, dtype=np.int64),
    )


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
        return np.asarray(archive[name])
    except ValueError:
        problems.append(PickledArray(span, path.name, name))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        problems.append(CorruptFile(span, path.name, "npz", str(error).lower()))
    return None


def _check(
    arrays: Mapping[str, Mapping[str, NDArray[np.generic]]], file: str, call: Call, problems: list[Problem]
) -> bool:
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
