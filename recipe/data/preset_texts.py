"""Texts as the ids of a preset's tokenizer, which KerasHub rebuilds from what the Program keeps of it.

An example is the start of a text, its tokens and its end, where the tokenizer has ids for these, as in the
preprocessors of KerasHub; what is longer is cut before the end, and what is shorter is filled up behind.
"""

import base64
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recipe.data.cells import blocks_of
from recipe.data.tables import Cells
from recipe.program.facts import IDS
from recipe.program.packages import hub
from recipe.program.presets import FILES


def ids_of(cells: Cells, found: Mapping[str, Any], length: int) -> NDArray[np.int32]:
    """The ids of texts, `(rows, length)`.

    Args:
        cells: texts.
        found: in the preset: its class, arguments and files, and the ids of start, end and filling.
        length: of an example, its start and end counted.

    Raises:
        RecipeError: R560 without KerasHub.
    """
    tokenizer = _tokenizer(json.dumps(found))
    start, end = ([found[name]] if found[name] is not None else [] for name in ("start", "end"))
    most = max(0, length - len(start) - len(end))
    ids = np.full((len(cells), length), found["padding"], dtype=IDS)
    row = 0
    for block in blocks_of(cells):
        for tokens in _lists(tokenizer(block.tolist())) if len(block) else ():
            example = [*start, *tokens[:most], *end][:length]
            ids[row, : len(example)] = example
            row += 1
    return ids


def _lists(tokens: Any) -> list[list[int]]:
    """The tokens of each text: KerasHub gives a ragged tensor, or lists."""
    held = tokens.to_list() if hasattr(tokens, "to_list") else tokens
    return [list(map(int, one)) for one in held]


@lru_cache(maxsize=4)
def _tokenizer(state: str) -> Any:
    """The tokenizer; a run folder is data, so only a class of KerasHub and plain values are taken from it."""
    tokenizers, found = hub(None).tokenizers, json.loads(state)
    kind = getattr(tokenizers, str(found["kind"]), None)
    if not (isinstance(kind, type) and issubclass(kind, tokenizers.Tokenizer)):
        raise ValueError(f"a tokenizer of KerasHub is expected. Received: {found['kind']}")
    config = {name: value for name, value in found["config"].items() if _is_plain(name, value)}
    tokenizer = kind(**config)
    _load(tokenizer, found["assets"])
    return tokenizer


def _load(tokenizer: Any, assets: Mapping[str, str]) -> None:
    names = tokenizer.file_assets or ()
    with TemporaryDirectory() as folder:
        for name in names:
            (Path(folder) / name).write_bytes(base64.b64decode(assets[name]))
        if names:
            tokenizer.load_assets(folder)


def _is_plain(name: str, value: Any) -> bool:
    items = value if isinstance(value, list) else [value]
    return name not in FILES and all(isinstance(one, str | int | float | None) for one in items)
