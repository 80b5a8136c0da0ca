"""Source `tfds`: data sets of TensorFlow Datasets, prepared on the disk or fetched once."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from recipe.catalog.calls import Call
from recipe.data.sources.contents import content_digest
from recipe.data.sources.fetching import fetch
from recipe.data.sources.files import Refused, Unpacked, paths_of
from recipe.data.sources.limits import memory_left
from recipe.data.sources.tf_records import records_in
from recipe.data.tables import MOST_PLACES, Stored, Table, Texts, column_of
from recipe.diagnostics.data import UnknownColumn
from recipe.diagnostics.data_rows import NoRows
from recipe.diagnostics.data_sources import (
    BrokenRecord,
    CannotFetch,
    DoesNotFit,
    UnevenLists,
    UnknownPart,
    UnusableColumn,
)
from recipe.diagnostics.places import Place
from recipe.diagnostics.problems import Problem
from recipe.program.packages import package

_COST = 4  # bytes of memory for each byte of a file


def read(call: Call, problems: list[Problem]) -> Table | None:
    """The table of a `tfds` Call (`name`, `split`, `data_dir`, `columns`); None after a Problem."""
    module = package("tfds", _tensorflow_datasets, "tensorflow-datasets", call.origin.span, problems)
    builder = None if module is None else _prepared(module, call, problems)
    if builder is None:
        return None
    split = str(call["split"])
    try:
        instructions = builder.info.splits[split].file_instructions
    except (ValueError, KeyError):
        known = tuple(builder.info.splits)
        problems.append(UnknownPart(call.span_of("split"), str(call["name"]), split, known))
        return None
    known = tuple(builder.info.features)
    wanted = paths_of(call["columns"]) if call.get("columns") else known
    unknown = [name for name in wanted if name not in known]
    for name in unknown:
        facts = (str(call["name"]), name, "`columns`", known)
        problems.append(UnknownColumn(call.span_of("columns"), *facts))
    if unknown:
        return None
    try:
        rows = list(_rows(instructions, builder.info.features, call))
    except Refused as refused:
        problems.append(refused.problem)
        return None
    return _table(rows, wanted, builder.info, call, problems)


def _tensorflow_datasets() -> Any:
    import tensorflow_datasets

    return tensorflow_datasets


def _prepared(module: Any, call: Call, problems: list[Problem]) -> Any | None:
    """The builder of a data set that lies on the disk, fetched where it did not; None after a Problem."""
    name, folder = str(call["name"]), call.get("data_dir")
    data_dir = None if folder is None else str(Path(str(folder)).expanduser())
    try:
        builder = module.builder(name, data_dir=data_dir)
        if not builder.info.splits:
            reason = fetch("tfds", name=name, data_dir=data_dir)
            if reason:
                problems.append(CannotFetch(call.span_of("name"), name, str(builder.data_dir), reason))
                return None
            builder = module.builder(name, data_dir=data_dir)
    except (ValueError, OSError, ImportError) as error:
        reason = str(error).strip().partition("\n")[0]
        problems.append(CannotFetch(call.span_of("name"), name, data_dir or "", reason))
        return None
    return builder


def _rows(instructions: Any, features: Any, call: Call) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Every example with its place.

    Raises:
        Refused: R557 or R566.
    """
    span = call.origin.span
    for one in instructions:
        path, left = Path(one.filename), memory_left()

        def too_much(size: int, path: Path = path, left: int = left) -> Problem:
            return DoesNotFit(span, path.name, "", size * _COST, left)

        with Unpacked(path, span, left // _COST, too_much) as file:
            end = None if one.take < 0 else one.skip + one.take
            for record in islice(records_in(file), one.skip, end):
                if not record.is_sound:
                    reason = "its content has another checksum"
                    raise Refused(BrokenRecord(span, path.name, record.number, record.position, reason))
                yield (
                    Place(path.name, record.number, "record"),
                    features.deserialize_example_np(record.content),
                )


def _table(
    rows: list[tuple[Place, Mapping[str, Any]]],
    wanted: tuple[str, ...],
    info: Any,
    call: Call,
    problems: list[Problem],
) -> Table | None:
    source, span = str(call["name"]), call.origin.span
    if not rows:
        problems.append(NoRows(span, source, f"the part `{call['split']}` has no examples"))
        return None
    before = len(problems)
    cells: dict[str, Texts] = {}
    arrays: dict[str, Stored] = {}
    for name in wanted:
        values = [row[name] for _, row in rows]
        if isinstance(values[0], Mapping | list):
            problems.append(UnusableColumn(span, source, name, str(info.features[name])))
        elif isinstance(values[0], np.ndarray) and values[0].ndim:
            wrong = [index for index, value in enumerate(values) if value.shape != values[0].shape]
            if wrong:
                facts = (_shape(values[0]), _shape(values[wrong[0]]), len(wrong))
                places = tuple(rows[index][0] for index in wrong[:MOST_PLACES])
                problems.append(UnevenLists(span, source, name, *facts, places))
            else:
                arrays[name] = Stored(np.stack(values))
        else:
            names = tuple(getattr(info.features[name], "names", None) or ())
            cells[name] = column_of([_spelled(value, names) for value in values])
    if len(problems) > before:
        return None
    files = tuple(dict.fromkeys(place.file for place, _ in rows))
    targets = [str(name) for name in (info.supervised_keys or ())[1:] if name in wanted]
    return Table(
        name=source,
        cells=cells,
        arrays=arrays,
        targets=tuple(targets),
        digest=content_digest(cells, arrays),
        files=files,
        file_of=np.asarray([files.index(place.file) for place, _ in rows], dtype=np.int64),
        numbers=np.asarray([place.number for place, _ in rows], dtype=np.int64),
        unit="record",
        rows=np.arange(len(rows), dtype=np.int64),
    )


def _shape(value: Any) -> str:
    return f"{' x '.join(map(str, value.shape))} values"


def _spelled(value: Any, names: tuple[str, ...]) -> str:
    """A value as a cell: the name of a class, a text, or a number."""
    if names and 0 <= int(value) < len(names):
        return names[int(value)]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    found = value.item() if hasattr(value, "item") else value
    return "" if found != found else str(found)  # noqa: PLR0124 - NaN is a missing cell
