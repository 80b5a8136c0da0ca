"""Source `parquet`: columns with types, one file or many with the same columns.

What fits is read into memory. What does not is packed: read once, its columns in files of the cache.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from recipe.catalog.calls import Call
from recipe.data.sources.arrow import Columns, is_array, speller, table_of, unspellable
from recipe.data.sources.files import Refused, find, paths_of
from recipe.data.sources.limits import memory_left
from recipe.data.sources.packed_tables import mapped, packed
from recipe.data.sources.parquet_files import Head, check_unchanged, common_types, head_of, opened, refusing
from recipe.data.sources.parquet_work import ParquetFiles
from recipe.data.tables import Table
from recipe.diagnostics.data_rows import NoRows
from recipe.diagnostics.data_sources import DoesNotFit, UnusableColumn
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program.packages import package


def read(call: Call, problems: list[Problem]) -> Table | None:
    """The table of a `parquet` Call (`path`, `columns`); None after a Problem.

    Raises:
        PackError: R622 or R623 for the cache, where it is packed.
    """
    span, before = call.span_of("path"), len(problems)
    if package("parquet", _pyarrow, "pyarrow", call.origin.span, problems) is None:
        return None
    wanted = paths_of(call["columns"]) if call.get("columns") else ()
    paths = find(paths_of(call["path"]), span, problems)
    heads = [head for path in paths if (head := head_of(path, wanted, span, problems)) is not None]
    return _table(heads, span, problems) if len(problems) == before else None


def read_cells(path: str, problems: list[Problem]) -> Table | None:
    """The cells of a file, packed where memory does not hold them; lists and other columns are not looked at.

    Args:
        path: of the file, or a pattern.
        problems: R50x, R512 and R560 are appended.

    Raises:
        PackError: R622 or R623 for the cache, where it is packed.
    """
    before = len(problems)
    if package("parquet", _pyarrow, "pyarrow", None, problems) is None:
        return None
    paths = find(path, None, problems)
    heads = [head for one in paths if (head := head_of(one, (), None, problems)) is not None]
    return _table([head.cells() for head in heads], None, problems) if len(problems) == before else None


def _table(heads: Sequence[Head], span: Span | None, problems: list[Problem]) -> Table | None:
    types = common_types(heads, span, problems)
    if types is None or not _are_usable(types, heads[0].path.name, span, problems):
        return None
    files = ParquetFiles(heads, types, span)
    if not files.size:
        problems.append(NoRows(span, heads[0].path.name, "it has columns and no rows"))
        return None
    needed, left = sum(head.cost for head in heads), memory_left()
    return _in_memory(files, problems) if needed <= left else _packed(files, needed, left, problems)


def _are_usable(types: Mapping[str, Any], source: str, span: Span | None, problems: list[Problem]) -> bool:
    """Whether every column is of cells or of arrays; else R562."""
    others = [name for name, kind in types.items() if not is_array(kind) and speller(kind) is None]
    problems += [UnusableColumn(span, source, name, str(types[name])) for name in others]
    return not others


def _pyarrow() -> Any:
    import pyarrow.parquet

    return pyarrow.parquet


# -- in memory -------------------------------------------------------------------------------------


def _in_memory(files: ParquetFiles, problems: list[Problem]) -> Table | None:
    source, found = files.heads[0].path.name, []
    for head in files.heads:
        try:
            found.append(_read_file(head, files))
        except Refused as refused:
            problems.append(refused.problem)
    if len(found) < len(files.heads):
        return None
    columns = {}
    for name, kind in files.types.items():
        try:
            columns[name] = _joined([table.column(name) for table in found], kind)
        except ValueError as error:
            problems.append(unspellable(files.span, source, name, kind, error))
    if len(columns) < len(files.types):
        return None
    counts = [(head.path.name, len(table)) for head, table in zip(files.heads, found, strict=True)]
    return table_of(columns, {}, Columns(source, counts, files.span, problems), ())


def _read_file(head: Head, files: ParquetFiles) -> Any:
    """The columns of a file as a `pyarrow.Table`."""
    with opened(head.path, files.span) as file:
        check_unchanged(head, file, files.span)
        with refusing(head.path, files.span):
            return file.read(columns=list(files.types))


def _joined(columns: Sequence[Any], kind: Any) -> Any:
    """A column of all files, in the type that holds them all."""
    import pyarrow as pa

    if len({column.type for column in columns}) > 1:
        columns = [column.cast(kind) for column in columns]
    return pa.chunked_array([chunk for column in columns for chunk in column.chunks], columns[0].type)


# -- packed ----------------------------------------------------------------------------------------


def _packed(files: ParquetFiles, needed: int, left: int, problems: list[Problem]) -> Table | None:
    paths = [head.path for head in files.heads]
    source = paths[0].name
    arrays = tuple(name for name, kind in files.types.items() if is_array(kind))
    if arrays:
        problems.append(DoesNotFit(files.span, source, "", needed, left, arrays))
        return None
    pack = packed(source, paths, files, files.span, problems)
    return None if pack is None else mapped(source, paths, pack, "row")
