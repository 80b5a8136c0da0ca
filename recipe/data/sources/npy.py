"""Source `npy`: arrays in a file each, read from the disk as they are needed."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recipe.catalog.calls import Call
from recipe.data.sources.files import find, paths_of
from recipe.data.sources.npy_headers import BadHeader, Header, read_header
from recipe.data.sources.npz import ROLES, Arrays, check, table_of
from recipe.data.tables import Table
from recipe.diagnostics.data_arrays import PickledArray
from recipe.diagnostics.data_files import CorruptFile, UnreadableFile
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span


def read(call: Call, problems: list[Problem]) -> Table | None:
    """The table of an `npy` Call (`features`, `target`: a file for each array); None after a Problem.

    An array has the name of its file, without `.npy`; files of one name in two folders keep their paths.
    """
    before = len(problems)
    paths = {role: find(paths_of(call[role]), call.span_of(role), problems) for role in ROLES}
    names = _names([path for found in paths.values() for path in found])
    arrays: Arrays = {
        role: {
            names[path]: values
            for path in found
            if (values := _mapped(path, call.span_of(role), problems)) is not None
        }
        for role, found in paths.items()
    }
    first = next((path.name for path in paths["features"]), "")
    if len(problems) > before or not check(arrays, first, call, problems):
        return None
    return table_of(((first, arrays),))


def _names(paths: list[Path]) -> dict[Path, str]:
    stems = [path.stem for path in paths]
    return {path: path.stem if stems.count(path.stem) == 1 else str(path) for path in paths}


def _mapped(path: Path, span: Span | None, problems: list[Problem]) -> NDArray[np.generic] | None:
    """An array that stays on the disk; its file is as long as its header says."""
    try:
        with path.open("rb") as file:
            header = read_header(file, path.stat().st_size)
    except BadHeader as error:
        problems.append(CorruptFile(span, path.name, "npy", str(error)))
        return None
    except OSError as error:
        problems.append(UnreadableFile(span, str(path), (error.strerror or str(error)).lower()))
        return None
    if header.dtype.hasobject:
        problems.append(PickledArray(span, path.name, path.stem))
        return None
    return _values(path, header)


def _values(path: Path, header: Header) -> NDArray[np.generic]:
    if not header.num_bytes:  # nothing can be mapped where nothing is
        return np.empty(header.shape, header.dtype)
    order = "F" if header.is_fortran else "C"
    return np.memmap(path, header.dtype, "r", header.offset, header.shape, order)  # type: ignore[call-overload,no-any-return]
