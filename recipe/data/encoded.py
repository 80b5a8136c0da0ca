"""Inputs of a part: encoded in memory, or once into the cache where the table itself lies in files."""

import hashlib
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recipe.data.datasets import Array
from recipe.data.inputs import Encoding, encode_columns
from recipe.data.packing.building import Filled, opened
from recipe.data.packing.columns import BLOCK_ROWS, MappedCells
from recipe.data.packing.listings import Listing, listing_of
from recipe.data.packing.mapped import row_sums
from recipe.data.packing.packs import Form, bytes_of
from recipe.data.packing.telling import tell
from recipe.data.tables import Table
from recipe.diagnostics.problems import Problem
from recipe.program.manifests import MANIFEST

_BLOCK_BYTES = 2**24
"""Of what is encoded at once; while it is, some more."""


def encoded(
    part: str, encodings: Mapping[str, Encoding], table: Table, problems: list[Problem]
) -> Mapping[str, Array]:
    """The inputs of every row, `(rows, *shape)` each; none after a Problem.

    Args:
        part: `train`, `validation` or `test`.
        encodings: by name of the input.
        table: of the part.
        problems: R624 is appended where what was encoded before is damaged.

    Raises:
        PackError: R622 or R623 for the cache.
    """
    names = [column.name for encoding in encodings.values() for column in encoding.columns]
    mapped = [cells for name in names if isinstance(cells := table.cells.get(name), MappedCells)]
    if not mapped:
        return {name: encoding.encode(table) for name, encoding in encodings.items()}
    source = listing_of(mapped[0].column.folder, (MANIFEST,))
    pack = opened(_Work(f"{table.name}, {part}", source, table, encodings), problems)
    if pack is None:
        return {}
    rows = np.arange(len(table), dtype=np.int64)
    return {name: pack.mapped(str(number), rows) for number, name in enumerate(encodings)}


@dataclass(frozen=True, slots=True)
class _Work:
    """A part of a packed table that is to be encoded.

    Args:
        title: how messages call it.
        listing: the manifest of the packed table, which says all of its content.
        table: the part.
        encodings: by name of the input.
    """

    title: str
    listing: Listing
    table: Table
    encodings: Mapping[str, Encoding]

    @property
    def settings(self) -> Mapping[str, Any]:
        """All that decides what the inputs are: which rows, and the facts of their columns."""
        columns = [
            [[column.name, column.kind, dict(column.statistics)] for column in encoding.columns]
            for encoding in self.encodings.values()
        ]
        rows = hashlib.sha256(self.table.rows.astype("<i8").tobytes()).hexdigest()
        return {"encoded": columns, "rows": rows, "numpy": np.__version__}

    @property
    def rows(self) -> int:
        """How many."""
        return len(self.table)

    def forms(self, problems: list[Problem]) -> tuple[Form, ...] | None:
        """An array for each input."""
        return tuple(
            Form(str(number), np.dtype(encoding.fact.dtype).str, encoding.fact.shape)
            for number, encoding in enumerate(self.encodings.values())
        )

    def needed(self, forms: tuple[Form, ...]) -> int:
        """Bytes on the disk."""
        return bytes_of(forms, self.rows)

    def fill(self, folder: Path, forms: tuple[Form, ...], problems: list[Problem]) -> Filled | None:
        """Encode all rows, a block at a time."""
        for number, (form, encoding) in enumerate(zip(forms, self.encodings.values(), strict=True)):
            step = max(1, min(BLOCK_ROWS, _BLOCK_BYTES // form.width))
            with ExitStack() as stack:
                files = [stack.enter_context((folder / name).open("r+b")) for name in form.files()]
                for start in range(0, self.rows, step):
                    values = self._block(encoding, slice(start, start + step))
                    for file, content in zip(files, _beside(values), strict=True):
                        file.write(content.tobytes())
                    tell(self.title, number * self.rows + start + len(values), len(forms) * self.rows)
        manifest = (self.listing.root / MANIFEST).read_bytes()
        return Filled(hashlib.sha256(manifest).digest(), {})

    def _block(self, encoding: Encoding, rows: slice) -> NDArray[np.generic]:
        cells = {column.name: self.table.cells[column.name][rows] for column in encoding.columns}
        return np.asarray(encode_columns(encoding.fact, encoding.columns, cells))


def _beside(values: NDArray[Any]) -> tuple[NDArray[np.generic], ...]:
    """What is written of examples: values, checksums, smallest and largest values; see `Form.files`."""
    flat = values.reshape(len(values), -1)
    return values, row_sums(values), flat.min(axis=1), flat.max(axis=1)
