"""Source `npz`: an array of features and an array of targets in one NumPy file."""

import hashlib
import zipfile
import zlib
from pathlib import Path
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

_TARGET_TYPES = "biufUS"  # NumPy's kind letters: flags, integers, numbers, text


def read(call: Call, problems: list[Problem]) -> Table | None:
    """The table of an `npz` Call (`path`, `features`, `target`): an array and a column of labels, or None."""
    paths = find(str(call["path"]), call.span_of("path"), problems)
    if not paths:
        return None
    features, target = str(call["features"]), str(call["target"])
    path, span = paths[0], call.span_of("path")
    archive = _opened(path, span, problems)
    if archive is None:
        return None
    with archive:
        values = _array(archive, path, features, call.span_of("features"), problems)
        labels = _array(archive, path, target, call.span_of("target"), problems)
    if values is None or labels is None:
        return None
    labels = _as_column(labels, path.name, target, call.span_of("target"), problems)
    if labels is None or not _check(values, labels, path.name, call, problems):
        return None
    count = len(values)
    return Table(
        name=path.name,
        cells={target: as_cells(labels)},
        arrays={features: Stored(values)},
        targets=(target,),
        digest=digest_of(values, labels),
        files=(path.name,),
        file_of=np.zeros(count, dtype=np.int64),
        numbers=np.arange(count, dtype=np.int64),
        unit="row",
        rows=np.arange(count, dtype=np.int64),
    )


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


def _as_column(
    labels: NDArray[np.generic], file: str, name: str, span: Span | None, problems: list[Problem]
) -> NDArray[np.generic] | None:
    """Labels `(rows,)` from `(rows,)` or `(rows, 1)`."""
    if labels.dtype.kind in _TARGET_TYPES and labels.ndim in (1, 2) and labels.shape[1:] in ((), (1,)):
        return labels.reshape(-1)
    expected = "one number or name for each example, of shape (examples,) or (examples, 1)"
    problems.append(UnsupportedArray(span, file, name, str(labels.dtype), labels.shape, expected))
    return None


def _check(
    values: NDArray[np.generic], labels: NDArray[np.generic], file: str, call: Call, problems: list[Problem]
) -> bool:
    features, target, span = str(call["features"]), str(call["target"]), call.span_of("features")
    if values.dtype.kind not in "biuf" or values.ndim == 0:
        expected = "numbers, one row for each example"
        problems.append(UnsupportedArray(span, file, features, str(values.dtype), values.shape, expected))
        return False
    if len(values) != len(labels):
        problems.append(UnequalLengths(span, file, features, len(values), target, len(labels)))
        return False
    if not len(values) or not values.size:
        problems.append(NoRows(span, file, f"`{features}` has shape {values.shape}"))
        return False
    return True
