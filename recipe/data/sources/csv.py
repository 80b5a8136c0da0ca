"""Source `csv`: tables of text, one file or many with the same columns.

What fits is read into memory. What does not is packed: read once, its columns in files of the cache.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from recipe.catalog.calls import Call
from recipe.data.sources.bad_rows import BadRows
from recipe.data.sources.csv_files import Wanted, check_columns, opened
from recipe.data.sources.csv_rows import Dialect
from recipe.data.sources.csv_work import CsvFiles
from recipe.data.sources.files import Refused, Unpacked, find, paths_of, unpacked_size
from recipe.data.sources.limits import TEXT_COST, memory_left
from recipe.data.sources.packed_tables import Opened, file_of, mapped, packed
from recipe.data.tables import Table, column_of
from recipe.diagnostics.data_sources import DoesNotFit
from recipe.diagnostics.places import Place
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span


@dataclass(frozen=True, slots=True)
class _File:
    """What was read of a file: a list of cells for each column."""

    head: Opened
    cells: Sequence[list[str]]
    lines: list[int]
    digest: str


def read(call: Call, problems: list[Problem]) -> Table | None:
    """The table of a `csv` Call; None after a Problem.

    Raises:
        PackError: R622 or R623 for the cache, where it is packed.
    """
    span, bad = call.span_of("path"), BadRows.of(call)
    paths = find(paths_of(call["path"]), span, problems)
    if not paths:
        return None
    return _read(_title(paths_of(call["path"])), paths, Wanted(dialect_of(call), bad, span, problems))


def dialect_of(call: Call) -> Dialect:
    """How the files of a `csv` Call are written."""
    names = (field.name for field in fields(Dialect))
    written: dict[str, Any] = {name: call[name] for name in names if name in call}
    return Dialect(**written)


def read_path(path: str, dialect: Dialect, span: Span | None, problems: list[Problem]) -> Table | None:
    """The table of a file or of all files that match a pattern, in memory.

    Args:
        path: absolute, or relative to the working directory.
        dialect: how the files are written.
        span: where the path was written.
        problems: R50x, R51x and R557 are appended.

    Returns:
        The table; None when there is an error.
    """
    paths = find(path, span, problems)
    wanted = Wanted(dialect, BadRows(), span, problems)
    return _in_memory(_title((path,)), paths, wanted) if paths else None


def read_or_pack(path: str, dialect: Dialect, problems: list[Problem]) -> Table | None:
    """The table of a file, packed where memory does not hold it; see `read_path`.

    Raises:
        PackError: R622 or R623 for the cache, where it is packed.
    """
    paths = find(path, None, problems)
    return _read(_title((path,)), paths, Wanted(dialect, BadRows(), None, problems)) if paths else None


def _read(title: str, paths: Sequence[Path], wanted: Wanted) -> Table | None:
    return (_packed if _is_packed(paths) else _in_memory)(title, paths, wanted)


def _title(written: Sequence[str]) -> str:
    return Path(written[0]).name


def _is_packed(paths: Sequence[Path]) -> bool:
    """Whether files, unpacked, are more than memory holds."""
    if not all(path.is_file() for path in paths):
        return False
    most, size = memory_left() // TEXT_COST, 0
    for path in paths:
        size += unpacked_size(path, most - size)
    return size > most


# -- in memory -------------------------------------------------------------------------------------


def _in_memory(title: str, paths: Sequence[Path], wanted: Wanted) -> Table | None:
    before = len(wanted.problems)
    whole = [file for path in paths if (file := _read_file(path, wanted)) is not None]
    if len(wanted.problems) > before or not whole:
        return None
    are_same = check_columns(whole[0].head, (file.head for file in whole), wanted)
    rows = sum(len(file.lines) for file in whole)
    are_good = wanted.bad.settle(title, rows, wanted.span, wanted.problems)
    return _joined(title, whole) if are_good and are_same else None


def _joined(name: str, files: Sequence[_File]) -> Table:
    """One table of the rows of all files; columns in the order of the first."""
    cells = {
        column: column_of(
            list(chain.from_iterable(file.cells[file.head.columns.index(column)] for file in files))
        )
        for column in files[0].head.columns
    }
    counts = [len(file.lines) for file in files]
    return Table(
        name=name,
        cells=cells,
        digest=hashlib.sha256("".join(file.digest for file in files).encode()).hexdigest(),
        files=tuple(file.head.name for file in files),
        file_of=file_of(counts),
        numbers=np.concatenate([np.asarray(file.lines, dtype=np.int64) for file in files]),
        unit="line",
        rows=np.arange(sum(counts), dtype=np.int64),
    )


def _read_file(path: Path, wanted: Wanted) -> _File | None:
    span, left = wanted.span, memory_left()
    try:
        size = path.stat().st_size if path.is_file() else 0
        if size * TEXT_COST > left:
            raise Refused(DoesNotFit(span, path.name, "", size * TEXT_COST, left))
        with Unpacked(
            path,
            span,
            left // TEXT_COST,
            lambda found: DoesNotFit(span, path.name, "", found * TEXT_COST, left),
        ) as content:
            return _file_in(content, wanted)
    except Refused as refused:
        wanted.problems.append(refused.problem)
        return None


def _file_in(content: Unpacked, wanted: Wanted) -> _File | None:
    head = opened(content, wanted)
    if head is None:
        return None
    cells: list[list[str]] = [[] for _ in head.columns]
    lines: list[int] = []
    for block in head.blocks:
        lines += block.numbers
        for column, some in zip(cells, block.cells, strict=True):
            column += some
    return _File(head, cells, lines, content.digest)


# -- packed ----------------------------------------------------------------------------------------


def _packed(title: str, paths: Sequence[Path], wanted: Wanted) -> Table | None:
    files = CsvFiles(paths, wanted.dialect, wanted.bad.are_skipped, wanted.span)
    pack = packed(title, paths, files, wanted.span, wanted.problems)
    if pack is None or pack.lines is None:
        return None
    wanted.bad.count, wanted.bad.reason, places = pack.about["bad"]
    wanted.bad.places[:] = [Place(file, line) for file, line in places]
    if not wanted.bad.settle(title, len(pack.lines), wanted.span, wanted.problems):
        return None
    return mapped(title, paths, pack, "line")
