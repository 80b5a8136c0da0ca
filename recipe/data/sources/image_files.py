"""The files of the source `images`: by class folder, with masks, or named by a table."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from recipe.catalog.calls import Call
from recipe.data.cells import texts_of
from recipe.data.packing.listings import walk
from recipe.data.packing.pictures import SUFFIXES
from recipe.data.packing.worker import MASK
from recipe.data.sources.csv import read_path
from recipe.data.sources.csv_rows import Dialect
from recipe.data.sources.files import find
from recipe.data.tables import Cells, Table, column_of
from recipe.diagnostics.data import UnknownColumn
from recipe.diagnostics.data_files import UnreadableFile
from recipe.diagnostics.data_images import (
    EmptyClasses,
    LeftOutFiles,
    MissingImages,
    NoImages,
    UnmatchedMasks,
)
from recipe.diagnostics.places import FILE
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

CLASS = "class"
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Found:
    """The files of a source.

    Args:
        names: of the images, relative to `path`.
        masks: of the masks, relative to `path` too; none where there are none.
        table: a row for every image, before images are put into it.
    """

    names: tuple[str, ...]
    masks: tuple[str, ...]
    table: Table


def found_files(call: Call, root: Path, problems: list[Problem]) -> Found | None:
    """The files of an `images` Call; None after a Problem.

    Args:
        call: the source.
        root: its `path`.
        problems: R50x and R59x are appended.

    Raises:
        OSError: when a folder cannot be read.
    """
    way = _of_table if call.get("table") is not None else _with_masks if call.get("masks") else _of_classes
    return way(call, root, problems)


def files_at(call: Call, path: Path, problems: list[Problem]) -> tuple[Path, Found] | None:
    """Images that a run meets later, and the folder of their names.

    They have classes where all lie in folders, and masks where there is a folder of each, named as before. Of
    a table they lie where those of the training lie to their table, and have masks where it names them.

    Args:
        call: the source of the run.
        path: of an image, of a folder of images, or of a table where the source has one.
        problems: R5xx are appended.

    Raises:
        OSError: when the folder cannot be read.
    """
    root = root_of(call, path)
    if _names_images(call, path):
        found = _of_other_table(call, path, root, problems)
        return None if found is None else (root, found)
    if path.is_file():
        return root, Found((path.name,), (), _table_of(path.name, (path.name,), ()))
    if root != path:
        own = call.without("table").with_argument("masks", str(path / _last(call, "masks")), call.origin)
        found = _with_masks(own, root, problems)
        return None if found is None else (root, found)
    title = title_of(path)
    images = _images(walk(path), title, call.span_of("path"), problems)
    if not images:
        expected = f"images ({', '.join(SUFFIXES)})"
        problems.append(NoImages(None, str(path), expected, _first_of(path)))
        return None
    table = _table_of(title, images, ())
    if all("/" in name for name in images):
        table = replace(table, cells={CLASS: column_of([name.partition("/")[0] for name in images])})
    return path, Found(images, (), table)


def root_of(call: Call, path: Path) -> Path:
    """The folder in which the images lie that a run meets at a path: an image, or a folder of them.

    Args:
        call: the source of the run.
        path: of an image, of a folder of images, of one with the folders of images and of masks, or of a
            table that names images.
    """
    if _names_images(call, path):
        return path.parent / os.path.relpath(str(call["path"]), Path(str(call["table"])).parent)
    if path.is_file():
        return path.parent
    if call.get("masks") is None or not (path / _last(call, "masks")).is_dir():
        return path
    images = path / _last(call, "path")
    return images if images.is_dir() else path


def _names_images(call: Call, path: Path) -> bool:
    """Whether a file is a table as the one of the source, and no image."""
    return call.get("table") is not None and path.is_file() and not path.name.lower().endswith(SUFFIXES)


def _of_other_table(call: Call, path: Path, root: Path, problems: list[Problem]) -> Found | None:
    """Images that another table names than that of the source, and masks where they are there."""
    own = call.with_argument("table", str(path), call.origin)
    if call.get("masks") is not None:
        masks = root / os.path.relpath(str(call["masks"]), str(call["path"]))
        own = own.with_argument("masks", str(masks), call.origin) if masks.is_dir() else own.without("masks")
    table = _list_of(own, root, problems)
    if table is None:
        return None
    if call.get("mask_column") not in table.cells:
        own = own.without("mask_column")
    return _named_by(table, own, root, problems)


def _last(call: Call, word: str) -> str:
    """The last part of a path of the source."""
    return Path(str(call[word])).name


def folder_of(call: Call, word: str, problems: list[Problem]) -> Path | None:
    """The folder that a word of a Call names; None after a Problem."""
    paths = find(str(call[word]), call.span_of(word), problems)
    if not paths:
        return None
    if not paths[0].is_dir():
        reason = "it is a file, and a folder is expected"
        problems.append(UnreadableFile(call.span_of(word), str(paths[0]), reason))
        return None
    return paths[0]


def title_of(root: Path) -> str:
    """How messages call a folder."""
    return root.resolve().name


def _of_classes(call: Call, root: Path, problems: list[Problem]) -> Found | None:
    """Images in a folder for each class."""
    span, title = call.span_of("path"), title_of(root)
    images = _images(walk(root), title, span, problems)
    inside = tuple(name for name in images if "/" in name)
    beside = [name for name in images if "/" not in name]
    if not inside:
        expected = f"a folder for each class, with images ({', '.join(SUFFIXES)})"
        problems.append(NoImages(span, str(root), expected, _first_of(root)))
        return None
    if beside:
        problems.append(_left_out(span, title, "beside the class folders", beside))
    labels = [name.partition("/")[0] for name in inside]
    folders = sorted(path.name for path in root.iterdir() if path.is_dir() and path.name[0] != ".")
    empty = tuple(name for name in folders if name not in set(labels))
    if empty:
        problems.append(EmptyClasses(span, title, empty))
    table = _table_of(title, inside, (CLASS,))
    return Found(inside, (), replace(table, cells={CLASS: column_of(labels)}))


def _with_masks(call: Call, root: Path, problems: list[Problem]) -> Found | None:
    """All images below a folder, each with the mask of the same name below another one."""
    title = title_of(root)
    below = os.path.relpath(str(call["masks"]), root).replace(os.sep, "/") + "/"
    images = _images(walk(root), title, call.span_of("path"), problems)
    images = tuple(name for name in images if not name.startswith(below))
    if not images:
        expected = f"images ({', '.join(SUFFIXES)})"
        problems.append(NoImages(call.span_of("path"), str(root), expected, _first_of(root)))
        return None
    return _masked(call, root, images, _table_of(title, images, ()), problems)


def _masked(
    call: Call, root: Path, images: tuple[str, ...], table: Table, problems: list[Problem]
) -> Found | None:
    """Some images, each with the mask of the same name; a table may leave some of the masks out."""
    masks = folder_of(call, "masks", problems)
    if masks is None:
        return None
    span = call.span_of("masks")
    below = os.path.relpath(masks, root).replace(os.sep, "/") + "/"
    found = _images(walk(masks), title_of(masks), span, problems)
    by_stem = {_stem(name): name for name in found}
    stems = {*map(_stem, images)}
    without = [name for name in images if _stem(name) not in by_stem]
    alone = [name for name in found if call.get("table") is None and _stem(name) not in stems]
    counts = Counter(map(_stem, found))
    several = [name for name in found if counts[_stem(name)] > 1 and _stem(name) in stems]
    if without or alone or several:
        shown = (*_first_and_count(without), *_first_and_count(alone), *_first_and_count(several))
        problems.append(UnmatchedMasks(span, *shown, str(masks)))
        return None
    named = tuple(below + by_stem[_stem(name)] for name in images)
    return Found(images, named, replace(table, targets=(MASK,)))


def _of_table(call: Call, root: Path, problems: list[Problem]) -> Found | None:
    """Images that the rows of a CSV file name, and masks where it names them too."""
    table = _list_of(call, root, problems)
    return None if table is None else _named_by(table, call, root, problems)


def _named_by(table: Table, call: Call, root: Path, problems: list[Problem]) -> Found | None:
    """Images that the rows of a table name."""
    before = len(problems)
    columns = {"column": next(iter(table.cells))}
    columns |= {word: str(call[word]) for word in ("column", "mask_column") if call.get(word) is not None}
    for word, column in columns.items():
        if column in table.cells:
            table = replace(table, cells={**table.cells, column: _with_suffix(table.cells[column], root)})
            _check_there(call.span_of(word), table, column, root, problems)
        else:
            role = f"`{word}` of the source"
            problems.append(UnknownColumn(call.span_of(word), table.name, column, role, table.columns))
    if len(problems) > before:
        return None
    files = {word: tuple(texts_of(table.cells[column]).tolist()) for word, column in columns.items()}
    cells = {name: cells for name, cells in table.cells.items() if name not in columns.values()}
    table = replace(table, cells=cells)
    if call.get("masks") is not None:
        return _masked(call, root, files["column"], table, problems)
    targets = (MASK,) if "mask_column" in files else ()
    return Found(files["column"], files.get("mask_column", ()), replace(table, targets=targets))


def _list_of(call: Call, root: Path, problems: list[Problem]) -> Table | None:
    """The table that names the images; a list without a head begins with the name of one."""
    path, span = str(call["table"]), call.span_of("table")
    table = read_path(path, Dialect(), span, problems)
    if table is None or call.get("column") is not None:
        return table
    first = texts_of(_with_suffix(column_of([next(iter(table.cells))]), root))[0]
    return read_path(path, Dialect(header=False), span, problems) if (root / first).is_file() else table


def _with_suffix(cells: Cells, root: Path) -> Cells:
    """Names of files; those of images without their suffix, as in the lists of PASCAL VOC, get it."""
    names = texts_of(cells).tolist()
    if all(name.lower().endswith(SUFFIXES) for name in names):
        return cells
    images = [name for name in walk(root) if name.lower().endswith(SUFFIXES)]
    counts = Counter(map(_stem, images))  # where two differ in the suffix alone, a name without it is neither
    by_stem = {_stem(name): name for name in images if counts[_stem(name)] == 1}
    return column_of([by_stem.get(name, name) for name in names])


def _check_there(span: Span | None, table: Table, column: str, root: Path, problems: list[Problem]) -> None:
    names = texts_of(table.cells[column])
    folder = f"{root}/"
    absent = np.flatnonzero([not name or not os.path.isfile(folder + name) for name in names])  # noqa: PTH113
    if len(absent):
        first, places = str(names[absent[0]]), table.places(absent)
        problems.append(MissingImages(span, table.name, column, str(root), first, len(absent), places))


def _images(names: Sequence[str], title: str, span: Span | None, problems: list[Problem]) -> tuple[str, ...]:
    """Those that are images by their suffix; the others are told."""
    images = tuple(name for name in names if name.lower().endswith(SUFFIXES))
    others = sorted({*names} - {*images})
    if others and images:
        problems.append(_left_out(span, title, "without the suffix of an image", others))
    return images


def _left_out(span: Span | None, title: str, reason: str, files: Sequence[str]) -> LeftOutFiles:
    return LeftOutFiles(span, title, reason, *_first_and_count(files))


def _first_and_count(files: Sequence[str]) -> tuple[tuple[str, ...], int]:
    return tuple(files[:_MOST_NAMED]), len(files)


def _first_of(root: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name for path in root.iterdir())[:_MOST_NAMED])


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


def _table_of(title: str, names: tuple[str, ...], targets: tuple[str, ...]) -> Table:
    """A row for every file, without a column yet."""
    rows = np.arange(len(names), dtype=np.int64)
    return Table(title, {}, "", names, rows, rows, FILE, rows, targets=targets)
