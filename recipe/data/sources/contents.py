"""What columns hold as one digest, whatever file they came from."""

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np

from recipe.data.packing.texts import joined
from recipe.data.sources.npz import digest_of
from recipe.data.tables import Stored, Texts

_BLOCK = 100_000  # cells that are hashed at a time


class ContentDigest:
    """Sha256 over the names and the content of columns, each of which may come in blocks of any length.

    Args:
        names: of the columns of cells, in their order.
    """

    def __init__(self, names: Iterable[str]):
        self._columns = {name: hashlib.sha256() for name in names}
        self._counts = dict.fromkeys(self._columns, 0)

    def add(self, name: str, cells: Texts) -> None:
        """Append cells to a column, `(cells,)`."""
        self._counts[name] += len(cells)
        for start in range(0, len(cells), _BLOCK):
            self._columns[name].update(joined(cells[start : start + _BLOCK].tolist()) + b"\0")

    def of(self, arrays: Mapping[str, Stored]) -> str:
        """The digest of a table that has other columns too."""
        digest = hashlib.sha256()
        for name, column in self._columns.items():
            digest.update(f"cells {name!r} {self._counts[name]} {column.hexdigest()}\n".encode())
        for name, stored in arrays.items():
            digest.update(f"array {name!r} {digest_of(np.asarray(stored.values))}\n".encode())
        return digest.hexdigest()


def content_digest(cells: Mapping[str, Texts], arrays: Mapping[str, Stored]) -> str:
    """The digest of a table in memory."""
    digest = ContentDigest(cells)
    for name, texts in cells.items():
        digest.add(name, texts)
    return digest.of(arrays)
