"""Source `parquet`: columns with types, one file or many with the same columns."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recipe.catalog.calls import Call
from recipe.data.sources.arrow import Columns, table_of
from recipe.data.sources.files import find, paths_of
from recipe.data.sources.limits import fits
from recipe.data.sources.packages import package
from recipe.data.tables import Table
from recipe.diagnostics.data import UnknownColumn
from recipe.diagnostics.data_files import CorruptFile, UnreadableFile
from recipe.diagnostics.data_rows import DifferentColumns, NoRows
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

_CELL = 8  # bytes of a pointer to a text


def read(call: Call, problems: list[Problem]) -> Table | None:
    """The table of a `parquet` Call (`path`, `columns`); None after a Problem."""
    span, before = call.span_of("path"), len(problems)
    if package("parquet", _pyarrow, "pyarrow", call.origin.span, problems) is None:
        return None
    paths = find(paths_of(call["path"]), span, problems)
    wanted = paths_of(call["columns"]) if call.get("columns") else ()
    found = [(path.name, _read_file(path, wanted, span, problems)) for path in paths]
    if len(problems) > before:
        return None
    first_file, first = found[0]
    for file, other in found[1:]:
        absent = tuple(name for name in first.column_names if name not in other.column_names)
        extra = tuple(name for name in other.column_names if name not in first.column_names)
        if absent or extra:
            problems.append(DifferentColumns(span, file, first_file, absent, extra))
    if len(problems) > before:
        return None
    files = [(file, len(table)) for file, table in found]
    if not sum(count for _, count in files):
        problems.append(NoRows(span, first_file, "it has columns and no rows"))
        return None
    columns = {name: _joined([table.column(name) for _, table in found]) for name in first.column_names}
    return table_of(columns, {}, Columns(first_file, files, span, problems), ())


def _pyarrow() -> Any:
    import pyarrow.parquet

    return pyarrow.parquet


def _joined(columns: Sequence[Any]) -> Any:
    """A column of all files, in the type of the first that holds the others too."""
    import pyarrow as pa

    if len({column.type for column in columns}) > 1:
        return pa.concat_tables(
            [pa.table({"column": column}) for column in columns], promote_options="permissive"
        ).column("column")
    return pa.chunked_array([chunk for column in columns for chunk in column.chunks], columns[0].type)


def _read_file(path: Path, wanted: tuple[str, ...], span: Span | None, problems: list[Problem]) -> Any:
    """The columns of a file as a `pyarrow.Table`; None after a Problem."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            known = tuple(file.schema_arrow.names)
            unknown = [name for name in wanted if name not in known]
            for name in unknown:
                problems.append(UnknownColumn(span, path.name, name, "`columns`", known))
            names = wanted or known
            if unknown or not fits(path.name, _size(file.metadata, names), span, problems):
                return None
            return file.read(columns=list(names))
    except (pa.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0]
        is_content = isinstance(error, pa.ArrowException) or getattr(error, "errno", None) is None
        problem = CorruptFile(span, path.name, "Parquet", reason) if is_content else None
        problems.append(problem or UnreadableFile(span, str(path), reason.lower()))
        return None


def _size(metadata: Any, names: Sequence[str]) -> int:
    """Bytes of memory that columns take, as the file says of itself: unpacked, and a cell for each row."""
    size = metadata.num_rows * _CELL * len(names)
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        chunks = (row_group.column(index) for index in range(row_group.num_columns))
        size += sum(
            chunk.total_uncompressed_size
            for chunk in chunks
            if chunk.path_in_schema.partition(".")[0] in set(names)
        )
    return int(size)
