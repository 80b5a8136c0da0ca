"""Texts as ids of their words, the same as Keras's TextVectorization gives them.

Punctuation is stripped and letters of ASCII are lowered; blanks part words. Id 0 fills a text up to its
length, id 1 is a word that the vocabulary lacks, and the others are words, the most frequent first. A text
without a word is one unknown word: the mean of no word at all, behind a mask, would be NaN.
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recipe.data.cells import blocks_of
from recipe.data.tables import Cells
from recipe.program.facts import IDS

UNKNOWN = 1
FIRST_WORD = 2
"""The id of the most frequent word; below are the filling and what is not known."""

# `keras.layers.TextVectorization(standardize="lower_and_strip_punctuation", split="whitespace")`
_PUNCTUATION = dict.fromkeys(map(ord, "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'"))
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_CHANGES = {**_PUNCTUATION, **_LOWER}
_BLANKS = re.compile(r"[ \t\n\r\f\v]+")


def words_of(text: str) -> list[str]:
    """The words of a text.

    >>> words_of("The cat's hat, isn't it?")
    ['the', 'cats', 'hat', 'isnt', 'it']
    """
    return [word for word in _BLANKS.split(text.translate(_CHANGES)) if word]


def vocabulary_of(cells: Cells, most: int) -> tuple[str, ...]:
    """The most frequent words of texts; of equally frequent ones those with the larger bytes, as in Keras.

    Args:
        cells: of the training split.
        most: ids, the filling and the unknown word among them.
    """
    words = (word for block in blocks_of(cells) for text in block.tolist() for word in words_of(text))
    return most_frequent(Counter(words), most)


def most_frequent(counts: Counter[str], most: int) -> tuple[str, ...]:
    """The names that have an id, where there are so many ids; see `vocabulary_of`."""
    in_order = sorted(counts, key=lambda word: (counts[word], word.encode()), reverse=True)
    return tuple(in_order[: most - FIRST_WORD])


def ids_of(cells: Cells, vocabulary: Sequence[str], length: int) -> NDArray[np.int32]:
    """The ids of texts, cut or filled to a length, `(rows, length)`."""
    known = {word: number for number, word in enumerate(vocabulary, start=FIRST_WORD)}
    ids = np.zeros((len(cells), length), dtype=IDS)
    ids[:, 0] = UNKNOWN
    texts = (text for block in blocks_of(cells) for text in block.tolist())
    for row, text in enumerate(texts):
        found = [known.get(word, UNKNOWN) for word in words_of(text)[:length]]
        ids[row, : len(found)] = found
    return ids
