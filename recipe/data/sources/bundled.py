"""Source `bundled`: small data sets that ship with recipe."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import resources
from types import MappingProxyType

import numpy as np

from recipe.catalog.calls import Call
from recipe.data.sources import generated
from recipe.data.sources.csv import read_path
from recipe.data.sources.csv_rows import Dialect
from recipe.data.sources.npz import as_cells, digest_of
from recipe.data.tables import Stored, Table
from recipe.diagnostics.data_files import UnknownSet
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

_FOLDER = resources.files("recipe.data") / "bundled"


def read(call: Call, problems: list[Problem]) -> Table | None:
    """The data set of a `bundled` Call (`name`); None after a Problem."""
    name, span = str(call["name"]), call.span_of("name")
    if name not in SETS:
        problems.append(UnknownSet(span, name, tuple(SETS)))
        return None
    return SETS[name](span, problems)


def _digits(span: Span | None, problems: list[Problem]) -> Table:
    """1,797 images of 8 x 8 pixels, 0 to 16, and the digit that each shows."""
    with (_FOLDER / "digits.csv.gz").open("rb") as packed, gzip.open(packed, "rt", encoding="ascii") as text:
        numbers = np.loadtxt(text, dtype=np.uint8, delimiter=",")
    images, labels = numbers[:, :-1].reshape(-1, 8, 8, 1), numbers[:, -1]
    count = len(labels)
    return Table(
        name="digits",
        cells={"digit": as_cells(labels)},
        arrays={"image": Stored(images, scale=1 / 16)},
        targets=("digit",),
        digest=digest_of(images, labels),
        files=("digits",),
        file_of=np.zeros(count, dtype=np.int64),
        numbers=np.arange(count, dtype=np.int64),
        unit="row",
        rows=np.arange(count, dtype=np.int64),
    )


def _table(file: str, target: str) -> Callable[[Span | None, list[Problem]], Table | None]:
    """A reader of a bundled CSV file."""

    def read_table(span: Span | None, problems: list[Problem]) -> Table | None:
        with resources.as_file(_FOLDER / file) as path:
            table = read_path(str(path), Dialect(separator=",", header=True), span, problems)
        return None if table is None else replace(table, targets=(target,))

    return read_table


SETS: Mapping[str, Callable[[Span | None, list[Problem]], Table | None]] = MappingProxyType(
    {
        "digits": _digits,
        "penguins": _table("penguins.csv", "species"),
        "xor": _table("xor.csv", "output"),
        "tokens": generated.tokens,
        "sentences": generated.sentences,
        "reversals": generated.reversals,
        "masks": generated.masks,
        "series": generated.series,
        "forecast": generated.forecast,
    }
)
