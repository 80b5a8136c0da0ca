"""Source `images`: a folder for each class, a table that names files, or images with masks.

They are packed once, see `recipe.data.packing`; a table of them holds no pixel, only where they lie.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from recipe.catalog.calls import Call, Origin
from recipe.data.cells import texts_of
from recipe.data.packing.building import opened
from recipe.data.packing.listings import listing_of
from recipe.data.packing.packs import Pack
from recipe.data.packing.pictures import Picture
from recipe.data.packing.worker import IMAGE, MASK
from recipe.data.sources.bad_rows import BadRows
from recipe.data.sources.files import find
from recipe.data.sources.image_files import Found, files_at, folder_of, found_files, title_of
from recipe.data.sources.image_work import ImageWork
from recipe.data.tables import Stored, Table
from recipe.diagnostics.data_files import UnreadableFile
from recipe.diagnostics.data_images import SkippedImages, TooManyCorrupt, TwoWays
from recipe.diagnostics.problems import Problem
from recipe.program.facts import Facts

_NEEDED = (("column", "table"), ("mask_column", "table"))
_BYTE_SCALE = 1 / 255


def read(call: Call, problems: list[Problem]) -> Table | None:
    """The table of an `images` Call; None after a Problem.

    Its array is `image`. With class folders `class` is the target, with masks the array `mask`; of a table
    all columns are there but those that name files.
    """
    alone = [
        (word, needs) for word, needs in _NEEDED if call.get(word) is not None and call.get(needs) is None
    ]
    problems += [TwoWays(call.span_of(word), word, needs) for word, needs in alone]
    if call.get("colors") is not None and call.get("masks") is None and call.get("mask_column") is None:
        alone.append(("colors", "masks"))
        problems.append(TwoWays(call.span_of("colors"), "colors", "masks"))
    twice = call.get("masks") is not None and call.get("mask_column") is not None
    if twice:
        problems.append(TwoWays(call.span_of("mask_column"), "mask_column", "masks", without=True))
    root = folder_of(call, "path", problems)
    if root is None or alone or twice:
        return None
    try:
        found = found_files(call, root, problems)
        return None if found is None else _packed(call, root, found, problems)
    except OSError as error:
        path, words = str(error.filename or root), (error.strerror or str(error)).lower()
        problems.append(UnreadableFile(call.span_of("path"), path, words))
        return None


def read_more(call: Call, path: Path, facts: Facts, problems: list[Problem]) -> Table | None:
    """Images for a run that was trained: of its size, with their classes or masks as far as they are there.

    Args:
        call: the source of the run.
        path: of an image, of a folder of them, or of a table where the run's own were named by one.
        facts: of what the run was trained on.
        problems: R50x and R59x are appended.
    """
    paths = find(str(path), None, problems)
    (height, width, _), *_ = (
        facts.inputs[name].shape for name in facts.inputs if facts.columns_of(name)[0].name == IMAGE
    )
    own = call.with_argument("size", (height, width), Origin(None, "as trained"))
    try:
        found = files_at(own, paths[0], problems) if paths else None
        return None if found is None else _packed(own, *found, problems)
    except OSError as error:
        words = (error.strerror or str(error)).lower()
        problems.append(UnreadableFile(None, str(error.filename or path), words))
        return None


def picture_of(call: Call) -> Picture:
    """What the images of a Call become; height and width are 0 where the first image decides."""
    size = call.get("size")
    height, width = (int(str(one)) for one in size) if isinstance(size, tuple) else (0, 0)
    resize = str(call["resize"]) if height else ""
    colors = tuple((red, green, blue) for red, green, blue in _colors(call).values())
    return Picture(height, width, int(str(call["channels"])), resize, str(call["interpolation"]), colors)


def _colors(call: Call) -> Mapping[str, Sequence[int]]:
    """Red, green and blue of each class of masks that have colors; empty of others."""
    found: Mapping[str, Sequence[int]] = call.get("colors") or {}  # type: ignore[assignment]
    return found


def _packed(call: Call, root: Path, found: Found, problems: list[Problem]) -> Table | None:
    listing = listing_of(root, (*found.names, *found.masks))
    limit, span = BadRows.of(call), call.span_of("path")
    work = ImageWork(title_of(root), listing, len(found.names), picture_of(call), limit.are_skipped, span)
    pack = opened(work, problems)
    if pack is None or not _tell_skipped(work, pack, call, problems):
        return None
    bad = {int(row) % work.rows for row, _ in pack.about["bad"]}
    rows = np.asarray([row for row in range(work.rows) if row not in bad], dtype=np.int64)
    arrays = {IMAGE: Stored(pack.mapped(IMAGE, rows), scale=_BYTE_SCALE)}
    if found.masks:
        values = tuple(map(int, pack.about["mask_values"]))
        arrays[MASK] = Stored(pack.mapped(MASK, rows), names=tuple(_colors(call)), found=values)
    table = replace(found.table, images=found.names)
    return replace(table.take(rows), arrays=arrays, digest=_digest(found, pack))


def _tell_skipped(work: ImageWork, pack: Pack, call: Call, problems: list[Problem]) -> bool:
    """Whether few enough images are left out; they are told."""
    bad: Sequence[tuple[int, str]] = [(int(row), str(reason)) for row, reason in pack.about["bad"]]
    if not bad:
        return True
    facts = (work.title, work.reasons([*bad]), len(bad), work.rows)
    most = BadRows.of(call).limit(work.rows)
    if len(bad) > most:
        problems.append(TooManyCorrupt(call.span_of("path"), *facts, most))
        return False
    problems.append(SkippedImages(call.span_of("path"), *facts))
    return True


def _digest(found: Found, pack: Pack) -> str:
    """Sha256 over the files and what stands beside them: labels, other columns."""
    digest = hashlib.sha256(str(pack.about["digest"]).encode())
    for name, cells in found.table.cells.items():
        digest.update("\0".join((name, *texts_of(cells).tolist())).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
