"""Texts as ids and back: characters, bytes, or subwords whose vocabulary is trained on the training text."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recipe.catalog.calls import Call, Value
from recipe.program.facts import IDS, Statistic

Ids = NDArray[np.int32]

PACKAGE = "tokenizers"
"""Of Hugging Face; trains and applies subwords."""

_BYTES = 256


class UnknownCharactersError(ValueError):
    """A text with characters that have no id.

    Args:
        characters: the first few of them, each once.
        count: how many places have one.
    """

    def __init__(self, characters: tuple[str, ...], count: int):
        self.characters = characters
        self.count = count
        super().__init__(f"no ids for {characters}")


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """How a text becomes ids.

    Args:
        kind: `characters`, `bytes` or `subword`.
        names: of the tokens, in the order of their ids.
        state: of subwords, what the package wrote; empty of others.
    """

    kind: str
    names: tuple[str, ...]
    state: str = ""

    def encode(self, text: bytes) -> Ids:
        """The ids of a text in UTF-8, `(tokens,)`.

        Raises:
            UnknownCharactersError: when it has characters that the vocabulary lacks.
        """
        if self.kind == "bytes":
            return np.frombuffer(text, dtype=np.uint8).astype(IDS)
        if self.kind == "characters":
            return _positions(_code_points(text), _code_points("".join(self.names).encode()))
        return np.asarray(_subwords(self.state).encode(text.decode()).ids, dtype=IDS)

    def decode(self, ids: Ids) -> str:
        """The text of ids; what is no UTF-8 between them shows as U+FFFD."""
        if self.kind == "bytes":
            return bytes(ids.tolist()).decode("utf-8", "replace")
        if self.kind == "characters":
            return "".join(self.names[index] for index in ids.tolist())
        return str(_subwords(self.state).decode(ids.tolist()))

    @property
    def statistics(self) -> Mapping[str, Statistic]:
        """What facts keep of it beside the names."""
        return {"tokens": self.kind, **({"tokenizer": self.state} if self.state else {})}


def tokenizer_in(statistics: Mapping[str, Statistic]) -> Tokenizer | None:
    """The tokenizer that facts of a column keep; None where its ids are of no text."""
    kind, names, state = (statistics.get(name) for name in ("tokens", "categories", "tokenizer"))
    if not isinstance(kind, str) or not isinstance(names, tuple):
        return None
    return Tokenizer(kind, tuple(map(str, names)), state if isinstance(state, str) else "")


def is_missing(tokens: Value) -> bool:
    """Whether a tokenizer needs a package that is not installed."""
    return isinstance(tokens, Call) and importlib.util.find_spec(PACKAGE) is None


def learn(tokens: Value, train: bytes, whole: bytes) -> Tokenizer:
    """The tokenizer that a spec asks for.

    Args:
        tokens: `characters`, `bytes`, or a Call of `subword`.
        train: the training text in UTF-8; subwords are learned from it alone.
        whole: all text of the source, whose characters all have ids, so that they do not hang on the split.
    """
    if isinstance(tokens, Call):
        return _learn_subwords(train.decode(), int(str(tokens["vocabulary"])))
    if tokens == "bytes":
        return Tokenizer("bytes", tuple(_byte_name(number) for number in range(_BYTES)))
    found = np.unique(_code_points(whole))
    return Tokenizer("characters", tuple(map(chr, found.tolist())))


def _byte_name(number: int) -> str:
    return chr(number) if 32 <= number < 127 else f"0x{number:02x}"


def _code_points(text: bytes) -> NDArray[np.uint32]:
    """The characters of a text in UTF-8, `(characters,)`."""
    return np.frombuffer(text.decode().encode("utf-32-le"), dtype="<u4")


def _positions(characters: NDArray[np.uint32], known: NDArray[np.uint32]) -> Ids:
    """The place of each character among the known ones, which are in order."""
    found = np.searchsorted(known, characters)
    unknown = known[np.minimum(found, len(known) - 1)] != characters
    if unknown.any():
        first = dict.fromkeys(map(chr, characters[unknown][:1000].tolist()))
        raise UnknownCharactersError(tuple(first)[:8], int(np.count_nonzero(unknown)))
    return found.astype(IDS)


def _learn_subwords(text: str, vocabulary: int) -> Tokenizer:
    """Byte-pair encoding over bytes, words apart.

    Sennrich et al., arXiv 1508.07909, section 3.2; over bytes: Radford et al., Language Models are
    Unsupervised Multitask Learners, 2019, section 2.2. The most frequent pair of neighbours becomes a token
    until there are enough; of equally frequent pairs the one with the lower ids, so that the same text gives
    the same tokens.
    """
    from tokenizers import Tokenizer as Subwords
    from tokenizers import decoders, models, pre_tokenizers, trainers

    subwords = Subwords(models.BPE())
    subwords.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    subwords.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, initial_alphabet=alphabet, special_tokens=[], show_progress=False
    )
    subwords.train_from_iterator(text.splitlines(keepends=True), trainer)
    ids = subwords.get_vocab()
    return Tokenizer("subword", tuple(sorted(ids, key=ids.__getitem__)), subwords.to_str())


def _subwords(state: str) -> Any:
    from tokenizers import Tokenizer as Subwords

    return Subwords.from_str(state)
