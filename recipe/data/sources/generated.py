"""Small sets that are drawn anew, the same on every machine: text, images with masks, and series.

All numbers are whole, or whole numbers divided by a power of two, so that no platform rounds them otherwise.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from recipe.data.sources.npz import as_cells, digest_of
from recipe.data.tables import Cells, Stored, Table
from recipe.data.windows import each_once
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span

Integers = NDArray[np.int64]

_WINDOWS, _CONTEXT = 1500, 64
_IMAGES, _SIDE = 600, 32
_SERIES, _STEPS, _CHANNELS, _HORIZON = 1200, 48, 3, 12
_SENTENCES, _LENGTH = 1600, 57
_REVERSED, _WINDOW = 2000, 16
_PERIOD, _HEIGHT = 64, 32  # of a wave: in its own steps, and from its middle

_NOUNS = ("cat", "dog", "bird", "horse", "hen", "owl")
_ADJECTIVES = ("small", "old", "quick", "grey", "happy", "quiet")
_VERBS = ("see", "follow", "hear", "find", "watch")
_PLACES = ("near the river", "in the garden", "under a tree", "at night", "by the road")
SHAPES = ("background", "disc", "square")
WAVES = ("saw", "square", "triangle")


def tokens(_span: Span | None, _problems: list[Problem]) -> Table:
    """1,500 windows of 64 characters of generated English, and for each character the one that follows it.

    A verb agrees with its subject, which may lie thirty characters before it.
    """
    text = _sentences(_WINDOWS * _CONTEXT + 1)
    characters = tuple(sorted(set(text)))
    ids = np.asarray([characters.index(character) for character in text], dtype=np.int32)
    windows, following = (part.reshape(_WINDOWS, _CONTEXT) for part in (ids[:-1], ids[1:]))
    arrays = {"text": Stored(windows, names=characters), "next": Stored(following, names=characters)}
    return _table("tokens", arrays, "next")


def _sentences(length: int) -> str:
    """The beginning of a text of simple sentences."""
    generator = np.random.Generator(np.random.PCG64(0))

    def one_of(words: Sequence[str]) -> str:
        return words[int(generator.integers(len(words)))]

    def animals() -> tuple[str, bool]:
        several = bool(generator.integers(2))
        return f"the {one_of(_ADJECTIVES)} {one_of(_NOUNS)}{'s' if several else ''}", several

    text = ""
    while len(text) < length:
        (subject, several), (others, _) = animals(), animals()
        where = one_of(_PLACES)
        text += f"{subject} {where} {one_of(_VERBS)}{'' if several else 's'} {others}.\n"
    return text[:length]


def sentences(_span: Span | None, _problems: list[Problem]) -> Table:
    """1,600 different sentences of 56 characters behind a mark; the class is the verb."""
    generator = np.random.Generator(np.random.PCG64(4))
    parts = (_VERBS, _ADJECTIVES, _NOUNS, _PLACES, _ADJECTIVES, _NOUNS)
    sizes = tuple(map(len, parts))
    drawn = generator.permutation(int(np.prod(sizes)))[:_SENTENCES]
    chosen = np.stack(np.unravel_index(drawn, sizes), axis=1)
    texts = []
    for indices in chosen:
        verb, adjective, noun, where, other, others = (
            words[index] for words, index in zip(parts, indices, strict=True)
        )
        said = f"^the {adjective} {noun} {where} {verb}s {other} {others}s"
        texts.append(said.ljust(_LENGTH))
    characters = tuple(sorted({character for text in texts for character in text}))
    labels = np.asarray(_VERBS)[chosen[:, 0]]
    arrays = {"text": Stored(_ids(texts, characters), names=characters)}
    return _table("sentences", arrays, "verb", {"verb": as_cells(labels)}, labels)


def reversals(_span: Span | None, _problems: list[Problem]) -> Table:
    """2,000 different texts of 16 characters, and each from its end, between marks.

    An encoder reads `source`; a decoder that reads `target` up to a place says `next` there.
    """
    text = _sentences(8 * _REVERSED * _WINDOW)
    windows = [text[start : start + _WINDOW] for start in range(0, len(text), _WINDOW)]
    different = list(dict.fromkeys(windows))[:_REVERSED]
    characters = ("^", *sorted(set(text)))
    ends = [f"^{window[::-1]}^" for window in different]
    written = _ids(ends, characters)
    arrays = {
        "source": Stored(_ids(different, characters), names=characters),
        "target": Stored(written[:, :-1], names=characters),
        "next": Stored(written[:, 1:], names=characters),
    }
    return _table("reversals", arrays, "next")


def _ids(texts: Sequence[str], characters: Sequence[str]) -> NDArray[np.int32]:
    """Texts of one length as the indices of their characters, `(texts, length)`."""
    return np.asarray([[characters.index(one) for one in text] for text in texts], dtype=np.int32)


def masks(_span: Span | None, _problems: list[Problem]) -> Table:
    """600 images of 32 x 32 pixels with a disc and a square on noise, and the class of each pixel."""
    generator = np.random.Generator(np.random.PCG64(1))
    images = generator.integers(0, 96, (_IMAGES, _SIDE, _SIDE, 3))
    classes = np.zeros((_IMAGES, _SIDE, _SIDE), dtype=np.int32)
    rows, columns = np.indices((_SIDE, _SIDE))
    for image, mask in zip(images, classes, strict=True):
        for number in (1, 2):
            radius = int(generator.integers(5, 9))
            row, column = generator.integers(radius, _SIDE - radius, 2)
            away = np.abs(rows - row), np.abs(columns - column)
            inside = away[0] ** 2 + away[1] ** 2 <= radius**2 if number == 1 else np.maximum(*away) < radius
            noise = generator.integers(0, 64, (int(inside.sum()), 3))
            image[inside] = generator.integers(64, 192, 3) + noise
            mask[inside] = number
    arrays = {"image": Stored(images.astype(np.uint8)), "mask": Stored(classes, names=SHAPES)}
    return _table("masks", arrays, "mask")


def series(_span: Span | None, _problems: list[Problem]) -> Table:
    """1,200 windows of 48 steps in 3 channels; the class is the form of the waves."""
    generator = np.random.Generator(np.random.PCG64(2))
    forms = generator.integers(0, len(WAVES), _SERIES)
    noisy = np.stack([_waves(generator, form, _STEPS) for form in forms])
    values = (noisy / _HEIGHT).astype(np.float32)
    labels = np.asarray(WAVES)[forms]
    return _table("series", {"window": Stored(values)}, "wave", {"wave": as_cells(labels)}, labels)


def forecast(_span: Span | None, _problems: list[Problem]) -> Table:
    """1,200 windows of 48 steps in 3 channels of triangle waves, and the next 12 of the first channel."""
    generator = np.random.Generator(np.random.PCG64(3))
    triangle = WAVES.index("triangle")
    both = np.stack([_waves(generator, triangle, _STEPS + _HORIZON) for _ in range(_SERIES)]) / _HEIGHT
    values = both.astype(np.float32)
    arrays = {"window": Stored(values[:, :_STEPS]), "horizon": Stored(values[:, _STEPS:, 0])}
    return _table("forecast", arrays, "horizon")


def _waves(generator: np.random.Generator, form: int, steps: int) -> Integers:
    """Waves of one form with speeds, phases and noise of their own, `(steps, channels)`."""
    speeds, starts = generator.integers(3, 9, _CHANNELS), generator.integers(0, _PERIOD, _CHANNELS)
    phase = (np.arange(steps)[:, np.newaxis] * speeds + starts) % _PERIOD
    waves = (
        phase - _HEIGHT,
        np.where(phase < _HEIGHT, _HEIGHT, -_HEIGHT),
        2 * np.abs(phase - _HEIGHT) - _HEIGHT,
    )
    return np.asarray(waves[form] + generator.integers(-8, 9, phase.shape))


def _table(
    name: str,
    arrays: Mapping[str, Stored],
    target: str,
    cells: Mapping[str, Cells] | None = None,
    *labels: NDArray[np.generic],
) -> Table:
    """The table of a set whose rows are counted from 0; the digest is over its arrays and labels."""
    values = [each_once(stored.values) for stored in arrays.values()]
    count = len(values[0])
    return Table(
        name=name,
        cells=cells or {},
        arrays=arrays,
        targets=(target,),
        digest=digest_of(*values, *labels),
        files=(name,),
        file_of=np.zeros(count, dtype=np.int64),
        numbers=np.arange(count, dtype=np.int64),
        unit="row",
        rows=np.arange(count, dtype=np.int64),
    )
