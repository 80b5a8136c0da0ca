"""Source `huggingface`: data sets of the Hugging Face Hub, or saved on a disk with `save_to_disk`."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recipe.catalog.calls import Call
from recipe.data.sources.arrow import Columns, table_of
from recipe.data.sources.files import find, paths_of
from recipe.data.tables import Table
from recipe.diagnostics.data import UnknownColumn
from recipe.diagnostics.data_files import CorruptFile
from recipe.diagnostics.data_rows import NoRows
from recipe.diagnostics.data_sources import CannotFetch, OneOfTwo, UnknownPart
from recipe.diagnostics.problems import Problem
from recipe.program.packages import package


def read(call: Call, problems: list[Problem]) -> Table | None:
    """The table of a `huggingface` Call; None after a Problem."""
    name, path = call.get("name"), call.get("path")
    if (name is None) == (path is None):
        problems.append(OneOfTwo(call.origin.span, "huggingface", "name", "path"))
        return None
    module = package("huggingface", _datasets, "datasets", call.origin.span, problems)
    if module is None:
        return None
    if path is not None and not find(str(path), call.span_of("path"), problems):
        return None
    found = _opened(module, call, problems)
    if found is None:
        return None
    wanted = paths_of(call["columns"]) if call.get("columns") else tuple(found.column_names)
    for column in wanted:
        if column not in found.column_names:
            facts = (str(name or path), column, "`columns`", tuple(found.column_names))
            problems.append(UnknownColumn(call.span_of("columns"), *facts))
            return None
    return _table(found.select_columns(list(wanted)), str(name or Path(str(path)).name), call, problems)


def _datasets() -> Any:
    import datasets

    return datasets


def _opened(module: Any, call: Call, problems: list[Problem]) -> Any | None:
    """One part of the data set as a `datasets.Dataset`; None after a Problem."""
    part, name, span = str(call["split"]), call.get("name"), call.origin.span
    module.disable_progress_bars()
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # each try to reach the Hub is a warning
    try:
        if name is None:
            found = module.load_from_disk(str(Path(str(call["path"])).expanduser()))
        else:
            config = call.get("config")
            found = module.load_dataset(str(name), None if config is None else str(config), split=part)
    except FileNotFoundError as error:
        problems.append(CannotFetch(span, str(name or call["path"]), "", _reason(error)))
        return None
    except ValueError as error:
        if "split" not in str(error).lower():
            problems.append(CannotFetch(span, str(name or call["path"]), "", _reason(error)))
        else:
            problems.append(UnknownPart(call.span_of("split"), str(name), part, ()))
        return None
    except (OSError, ConnectionError, module.exceptions.DatasetsError) as error:
        problems.append(CannotFetch(span, str(name or call["path"]), "", _reason(error)))
        return None
    if not isinstance(found, Mapping):
        return found
    if part not in found:
        problems.append(UnknownPart(call.span_of("split"), str(call["path"]), part, tuple(found)))
        return None
    return found[part]


def _reason(error: BaseException) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def _table(found: Any, source: str, call: Call, problems: list[Problem]) -> Table | None:
    if not len(found):
        problems.append(NoRows(call.origin.span, source, f"the part `{call['split']}` has no rows"))
        return None
    names = {name: tuple(one.names) for name, one in found.features.items() if hasattr(one, "names")}
    import pyarrow as pa

    try:
        # What was selected or shuffled before it was saved has an order of its own.
        arrow = found.with_format("arrow")[:]
    except pa.ArrowException as error:
        problems.append(CorruptFile(call.origin.span, source, "Arrow", _reason(error)))
        return None
    columns = {name: arrow.column(name) for name in arrow.column_names}
    wanted = Columns(source, [(source, len(found))], call.origin.span, problems)
    targets = [name for name in ("label", "labels") if name in columns][:1]
    return table_of(columns, names, wanted, targets)
