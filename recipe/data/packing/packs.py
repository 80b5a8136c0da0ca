"""Packs: folders of arrays in the cache, whole or not there, found by what they were made of.

A pack's folder is named by the settings and the names and sizes of the files that it was made of, and by
their content. `seen.json` beside the arrays remembers stamps of files that were found to have this content,
so that nothing needs to be read to know them again.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recipe.data.packing.columns import Column, open_table
from recipe.data.packing.mapped import Mapped, PackedArray
from recipe.diagnostics.data import counted
from recipe.program.caches import cache_folder
from recipe.program.manifests import MANIFEST, DamagedError, Head, check_size, read
from recipe.program.writing import write_atomically

FORMAT = 1
ABOUT = "about.json"
SEEN = "seen.json"
MOST_STAMPS = 8
CHECKED_BYTES = 2**30
"""Arrays up to this size are compared with their checksums when they are opened, others as they are read."""

_NAME = re.compile(r"([0-9a-f]{24})-([0-9a-f]{24})")


@dataclass(frozen=True, slots=True)
class Form:
    """How an array is packed.

    Args:
        name: of the array.
        dtype: of its values, little endian: `|u1`, `<i4`, `<f4`.
        example: shape of one.
    """

    name: str
    dtype: str
    example: tuple[int, ...]

    @property
    def width(self) -> int:
        """Bytes of one example."""
        return math.prod(self.example) * np.dtype(self.dtype).itemsize

    @property
    def example_bytes(self) -> int:
        """Bytes of one example, its checksum and its range."""
        return sum(Form(name, dtype, example).width for name, (dtype, example) in self.files().items())

    def files(self) -> Mapping[str, tuple[str, tuple[int, ...]]]:
        """The files of the array: type, and shape of what each holds for an example."""
        return {
            f"{self.name}.values": (self.dtype, self.example),
            f"{self.name}.sums": ("<u8", ()),
            f"{self.name}.lows": (self.dtype, ()),
            f"{self.name}.highs": (self.dtype, ()),
        }


@dataclass(frozen=True, slots=True)
class Pack:
    """An opened pack.

    Args:
        path: its folder.
        about: what was packed: `title`, `digest` of the content, `rows`, and what the source wrote down.
        arrays: by name.
        columns: of a table, by name.
        lines: of a table, the line of each row; `(rows,)`.
    """

    path: Path
    about: Mapping[str, Any]
    arrays: Mapping[str, PackedArray]
    columns: Mapping[str, Column] = field(default_factory=lambda: MappingProxyType({}))
    lines: NDArray[np.int64] | None = None

    def mapped(self, name: str, rows: NDArray[np.int64]) -> Mapped:
        """Some examples of an array."""
        packed = self.arrays[name]
        return Mapped(packed, rows, packed.values.shape[1:], packed.values.dtype)


def bytes_of(forms: Iterable[Form], rows: int) -> int:
    """Bytes of arrays with their checksums and ranges on the disk."""
    return rows * sum(form.example_bytes for form in forms)


def packs_folder() -> Path:
    """Where packs lie."""
    return cache_folder() / "packs"


def pack_folders() -> Iterator[Path]:
    """The folders of all packs."""
    folder = packs_folder()
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if _NAME.fullmatch(path.name))


def with_key(key: str) -> list[Path]:
    """The packs of one key, whatever content they have."""
    return [path for path in pack_folders() if path.name.startswith(f"{key}-")]


def folder_of(key: str, content: str) -> Path:
    """The folder of a pack.

    Args:
        key: says how and of which names and sizes it is made, 24 hexadecimal digits.
        content: sha256 of the files.
    """
    return packs_folder() / f"{key}-{content[:24]}"


def head_of(folder: Path) -> Head:
    """How the manifest of a pack begins."""
    return {"format": FORMAT, "pack": folder.name}


def about_of(folder: Path) -> Mapping[str, Any]:
    """What was packed, as far as the pack says so.

    Raises:
        DamagedError: when it does not.
    """
    try:
        about: Mapping[str, Any] = json.loads((folder / ABOUT).read_bytes())
    except (OSError, ValueError) as error:
        raise DamagedError(f"`{ABOUT}` cannot be read") from error
    return about


def open_pack(folder: Path) -> Pack:
    """The pack in a folder, its small files compared with the manifest, and its arrays if they are not large.

    Raises:
        DamagedError: when it is not what was packed.
    """
    files = read(folder, head_of(folder))
    about = json.loads(files[ABOUT])
    forms = [Form(one["name"], one["dtype"], tuple(one["example"])) for one in about["arrays"]]
    arrays = {form.name: _opened(folder, form, int(about["rows"]), files) for form in forms}
    if sum(array.values.nbytes for array in arrays.values()) <= CHECKED_BYTES:
        for array in arrays.values():
            damaged = array.damaged()
            if len(damaged):
                rows = counted(len(damaged), "row")
                raise DamagedError(f"{rows} of `{array.path.name}` changed, first row {damaged[0]}")
    return Pack(folder, about, arrays, *(open_table(folder, about) if "table" in about else ()))


def _opened(folder: Path, form: Form, rows: int, files: Mapping[str, bytes]) -> PackedArray:
    values, *beside = form.files().items()
    path = folder / values[0]
    check_size(path, rows * form.width)
    mapped = np.memmap(path, form.dtype, "r", shape=(rows, *form.example)).view(np.ndarray)
    sums, lows, highs = (np.frombuffer(files[name], dtype) for name, (dtype, _) in beside)
    checked = np.zeros(rows, dtype=np.bool_)
    return PackedArray(form.name, path, mapped, sums, lows, highs, checked, lambda: condemn(folder))


def condemn(folder: Path) -> None:
    """Take the manifest of a damaged pack away: whoever opens it next packs anew."""
    (folder / MANIFEST).unlink(missing_ok=True)


def stamps_of(folder: Path) -> Sequence[str]:
    """Stamps of files that were found to have the content of a pack."""
    try:
        found = json.loads((folder / SEEN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    return [str(stamp) for stamp in found] if isinstance(found, list) else ()


def remember(folder: Path, stamp: str) -> None:
    """Remember that files with this stamp have the content of a pack."""
    stamps = [stamp, *(one for one in stamps_of(folder) if one != stamp)][:MOST_STAMPS]
    write_atomically(folder / SEEN, json.dumps(stamps).encode())
