"""Texts for a network that says the next token: to be continued, or to be measured on."""

from pathlib import Path

import numpy as np

from recipe.data.datasets import Arrays
from recipe.data.sequences import starts_within
from recipe.data.sources.files import Refused
from recipe.data.sources.texts import whole_text
from recipe.data.tokens import Ids, Tokenizer, UnknownCharactersError, tokenizer_in
from recipe.data.windows import Windows
from recipe.diagnostics.data_rows import NoRows
from recipe.diagnostics.data_sequences import TooShort, UnknownCharacters
from recipe.diagnostics.problems import Problem
from recipe.program.facts import Facts


def tokenizer_of(facts: Facts) -> Tokenizer | None:
    """How texts became ids where a network learned the next token; None of every other network."""
    if not any(target.later for target in facts.targets):
        return None
    return next((found for one in facts.columns if (found := tokenizer_in(one.statistics))), None)


def encode_prompt(path: str | Path, tokenizer: Tokenizer, problems: list[Problem]) -> Ids | None:
    """The ids of a text, `(tokens,)`; None after a Problem.

    Args:
        path: of the text, in UTF-8.
        tokenizer: of the training.
        problems: R502 to R507, R557 or R571 is appended.
    """
    path = Path(path)
    try:
        content = whole_text(path, None if tokenizer.kind == "bytes" else "utf-8", None)
    except Refused as refused:
        problems.append(refused.problem)
        return None
    if not content:
        problems.append(NoRows(None, path.name, "the file is empty"))
        return None
    try:
        return tokenizer.encode(content)
    except UnknownCharactersError as error:
        known = len(tokenizer.names)
        problems.append(UnknownCharacters(None, path.name, error.characters, error.count, known))
        return None


def encode_text(
    path: str | Path, tokenizer: Tokenizer, facts: Facts, problems: list[Problem]
) -> Arrays | None:
    """A text as examples with their answers: windows from its first token on, without overlap."""
    ids = encode_prompt(path, tokenizer, problems)
    if ids is None:
        return None
    ((name, fact),) = facts.inputs.items()
    context = fact.shape[0]
    starts = starts_within(range(len(ids)), 0, context + 1, context)
    if not len(starts):
        problems.append(TooShort(None, str(path), "whole", len(ids), context + 1, "tokens"))
        return None
    windows, target = Windows(ids, starts, context), facts.targets[0]
    rows = np.arange(len(starts), dtype=np.int64)
    return Arrays({name: windows}, {target.name: windows.later(target.later)}, rows)
