"""Source `corpus`: a text whose next token is to be said."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from recipe.catalog.calls import Call, Value
from recipe.data.sequences import Reading, starts_within, windows_table
from recipe.data.sources.files import Refused, find
from recipe.data.sources.texts import whole_text
from recipe.data.tables import Stored, Table
from recipe.data.tokens import (
    PACKAGE,
    Ids,
    Tokenizer,
    UnknownCharactersError,
    is_missing,
    learn,
    tokenizer_in,
)
from recipe.data.windows import Windows
from recipe.diagnostics.data_sequences import TooShort, UnknownCharacters
from recipe.diagnostics.data_sources import PackageMissing
from recipe.diagnostics.problems import Problem

COLUMN = "tokens"
"""The one column of a corpus: its feature, and one position later its target."""


def read_part(call: Call, reading: Reading, problems: list[Problem]) -> Table | None:
    """The windows of a `corpus` Call (`path`, `tokens`, `context`, `encoding`); None after a Problem.

    Files are joined in the order of their names. The text is divided before it becomes tokens, so no token
    and no window lies in two parts. In training a window begins anywhere below `context`, drawn for each
    epoch, and the others follow it without overlap; what is validated is cut from its first token on.
    """
    tokens = call["tokens"]
    if is_missing(tokens):
        problems.append(PackageMissing(call.span_of("tokens"), "subword", PACKAGE, "subword"))
        return None
    text = _text(call, problems)
    if text is None:
        return None
    name = Path(str(call["path"])).name
    pieces = _divided(text, tokens, reading, name, problems)
    if pieces is None:
        return None
    known = reading.train and reading.train.arrays.get(COLUMN)
    tokenizer = _tokenizer(known or None) or learn(tokens, pieces[reading.part], b"".join(pieces.values()))
    try:
        ids = {part: tokenizer.encode(piece) for part, piece in pieces.items()}
    except UnknownCharactersError as error:
        span = call.span_of("path")
        problems.append(UnknownCharacters(span, name, error.characters, error.count, len(tokenizer.names)))
        return None
    digest = hashlib.sha256(b"".join(pieces.values())).hexdigest()
    return _table(call, ids, tokenizer, digest, problems)


def _tokenizer(stored: Stored | None) -> Tokenizer | None:
    """The tokenizer of the training text."""
    return None if stored is None else tokenizer_in({**stored.statistics, "categories": stored.names})


def _text(call: Call, problems: list[Problem]) -> bytes | None:
    """All files as one text in UTF-8; of bytes, as they are."""
    span, encoding = call.span_of("path"), str(call["encoding"])
    files = find(str(call["path"]), span, problems)
    try:
        texts = [whole_text(path, None if call["tokens"] == "bytes" else encoding, span) for path in files]
    except Refused as refused:
        problems.append(refused.problem)
        return None
    return b"".join(texts) if texts else None


def _divided(
    text: bytes, tokens: Value, reading: Reading, name: str, problems: list[Problem]
) -> Mapping[str, bytes] | None:
    """The text of every part; shares and numbers count characters, or bytes where these are the tokens."""
    whole: bytes | str = text if tokens == "bytes" else text.decode()
    borders = reading.borders(len(whole), name, problems)
    if borders is None:
        return None
    pieces = {part: whole[positions.start : positions.stop] for part, positions in borders.items()}
    return {part: piece if isinstance(piece, bytes) else piece.encode() for part, piece in pieces.items()}


def _table(
    call: Call, ids: Mapping[str, Ids], tokenizer: Tokenizer, digest: str, problems: list[Problem]
) -> Table | None:
    context, name = int(str(call["context"])), Path(str(call["path"])).name
    starts, shifts, first = {}, 1, 0
    for part, piece in ids.items():
        # The last token is said and not read, so that a window of `context` needs one more behind it.
        found = starts_within(range(first, first + len(piece)), 0, context + 1, context)
        if part == "train" and len(found) > 1:
            found, shifts = found[:-1], context  # the last makes room for those that begin later
        if not len(found):
            problems.append(TooShort(call.span_of("context"), name, part, len(piece), context + 1, "tokens"))
            return None
        starts[part] = found
        first += len(piece)
    windows = Windows(np.concatenate(list(ids.values())), np.concatenate(list(starts.values())), context)
    stored = Stored(windows, names=tokenizer.names, later=1, statistics=tokenizer.statistics)
    counts = {part: len(found) for part, found in starts.items()}
    table = windows_table(name, (name,), digest, {COLUMN: stored}, counts, (COLUMN,))
    return replace(table, shifts=shifts)
