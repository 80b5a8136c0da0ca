"""Source `keras`: the data sets of `keras.datasets`, by name."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recipe.catalog.calls import Call
from recipe.data.sources.fetching import fetch
from recipe.data.sources.npz import as_cells, table_of
from recipe.data.tables import Stored, Table
from recipe.diagnostics.data_sources import CannotFetch
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.values import WrongValue

TEXTS = ("imdb", "reuters")
_OF_TEXTS = ("words", "length")


def read(call: Call, problems: list[Problem]) -> Table | None:
    """The table of a `keras` Call (`name`, `split`, `words`, `length`); None after a Problem."""
    name, split = str(call["name"]), str(call["split"])
    written = [key for key in _OF_TEXTS if call.get(key) is not None]
    if written and name not in TEXTS:
        for key in written:
            path, value = f"data.source.keras.{key}", str(call[key])
            problems.append(WrongValue(call.span_of(key), path, f"left out for `{name}`", value))
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "part.npz"
        settings = {key: call.get(key) for key in _OF_TEXTS}
        reason = fetch("keras", name=name, split=split, file=str(file), **settings)
        if reason:
            problems.append(CannotFetch(call.span_of("name"), name, _folder(), reason))
            return None
        with np.load(file, allow_pickle=False) as arrays:
            return _table(f"{name} {split}", {key: arrays[key] for key in arrays.files})


def _folder() -> str:
    """Where Keras keeps data sets, as people write it."""
    return f"{os.environ.get('KERAS_HOME') or '~/.keras'}/datasets"


def _table(source: str, arrays: Mapping[str, NDArray[np.generic]]) -> Table:
    """The table of one part: images, ids of words, or columns of numbers."""
    x, target = arrays["x"], {"label": arrays["y"]}
    if "columns" not in arrays:
        name = "text" if "words" in arrays else "image"
        table = table_of(((source, {"features": {name: x}, "target": target}),))
        words = tuple(map(str, arrays.get("words", ())))
        return replace(table, arrays={name: Stored(x, names=words)})
    table = table_of(((source, {"features": {"x": x}, "target": target}),))
    columns = {str(name): as_cells(values) for name, values in zip(arrays["columns"], x.T, strict=True)}
    return replace(table, cells={**columns, **table.cells}, arrays={})
