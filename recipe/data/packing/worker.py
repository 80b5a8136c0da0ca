"""A process that decodes images: it takes tasks, writes into the files of a pack, and says what it found.

Tasks and answers are lines of JSON. It is started without the rest of recipe, which it does not need, and
ends when its input does: with the process that started it.
"""

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from recipe.data.packing.mapped import row_sums
from recipe.data.packing.pictures import (
    MOST_BYTES,
    OtherSizeError,
    Picture,
    UndecodableError,
    decode,
    decode_mask,
    size_of,
)

IMAGE, MASK = "image", "mask"
DECODERS = {IMAGE: decode, MASK: decode_mask}


@dataclass(frozen=True, slots=True)
class Task:
    """A stretch of images.

    Args:
        folder: of the pack.
        start: number of the first example.
        array: `image` or `mask`.
        paths: of the files.
        picture: what they become.
        measures: whether their sizes are asked, because a mask must have that of its image.
    """

    folder: str
    start: int
    array: str
    paths: tuple[str, ...]
    picture: Picture
    measures: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a stretch.

    Args:
        digests: sha256 of every file, in hexadecimal digits.
        bad: files that are none of ours, by position in the stretch, each with the reason.
        odd: files of another size, by position, each with height and width.
        values: which values occur in the masks.
        sizes: height and width of every file before it was resized, where they are asked; 0 of a bad one.
    """

    digests: tuple[str, ...]
    bad: tuple[tuple[int, str], ...]
    odd: tuple[tuple[int, tuple[int, int]], ...]
    values: tuple[int, ...]
    sizes: tuple[tuple[int, int], ...] = ()


def work(task: Task) -> Answer:
    """Decode a stretch of images into the files of the pack."""
    picture = task.picture
    shape = (picture.height, picture.width)
    channels = () if task.array == MASK else (picture.channels,)
    values = np.zeros((len(task.paths), *shape, *channels), np.uint8)
    digests: list[str] = []
    bad: list[tuple[int, str]] = []
    odd: list[tuple[int, tuple[int, int]]] = []
    sizes = [(0, 0)] * len(task.paths) if task.measures else []
    for position, path in enumerate(task.paths):
        try:
            content = _content(path)
            digests.append(hashlib.sha256(content).hexdigest())
            values[position] = DECODERS[task.array](content, picture)
            if task.measures:
                sizes[position] = size_of(content)
        except OtherSizeError as error:
            odd.append((position, error.size))
        except UndecodableError as error:
            bad.append((position, str(error)))
            digests += ["0" * 64] * (position + 1 - len(digests))  # of a file that was not read
    _write(task, values)
    unread = [position for position, _ in (*bad, *odd)]
    read = np.delete(values, unread, axis=0) if unread else values
    found = np.unique(read).tolist() if task.array == MASK else []
    return Answer(tuple(digests), tuple(bad), tuple(odd), tuple(found), tuple(sizes))


def _content(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123  a `Path` takes as long as the reading
            if os.fstat(file.fileno()).st_size > MOST_BYTES:
                raise UndecodableError(f"the file has more than {MOST_BYTES // 2**20} MiB")
            return file.read()
    except OSError as error:
        raise UndecodableError((error.strerror or str(error)).lower()) from error


def _write(task: Task, values: NDArray[np.uint8]) -> None:
    """Put the examples, their checksums and ranges into their places."""
    flat = values.reshape(len(values), -1)
    beside: Mapping[str, NDArray[Any]] = {
        "values": values,
        "sums": row_sums(values).astype("<u8", copy=False),
        "lows": flat.min(axis=1),
        "highs": flat.max(axis=1),
    }
    for name, rows in beside.items():
        with (Path(task.folder) / f"{task.array}.{name}").open("r+b") as file:
            file.seek(task.start * (rows.nbytes // len(rows)))
            file.write(rows.tobytes())


def task_line(task: Task) -> bytes:
    """A task as a line."""
    return json.dumps(asdict(task)).encode() + b"\n"


def answer_of(line: bytes) -> Answer:
    """The answer in a line."""
    found = json.loads(line)
    return Answer(
        tuple(found["digests"]),
        tuple((position, reason) for position, reason in found["bad"]),
        tuple((position, (height, width)) for position, (height, width) in found["odd"]),
        tuple(found["values"]),
        tuple((height, width) for height, width in found["sizes"]),
    )


def serve(tasks: BinaryIO, answers: BinaryIO) -> None:
    """Answer tasks until there are no more."""
    for line in tasks:
        written = json.loads(line)
        picture = Picture(**written.pop("picture"))
        picture = replace(picture, colors=tuple((red, green, blue) for red, green, blue in picture.colors))
        task = Task(**written | {"paths": tuple(written["paths"]), "picture": picture})
        answers.write(json.dumps(asdict(work(task))).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
