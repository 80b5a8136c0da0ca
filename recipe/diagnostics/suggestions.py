"""Did you mean: the known name that a mistyped one stands for."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

from recipe.diagnostics.foreign_words import SPOKEN_ELSEWHERE

_LONGEST = 100  # letters; what is longer is no misspelled name, and comparing it would take time


@lru_cache(maxsize=32768)
def _squashed(name: str) -> str:
    """The letters alone: `BatchNormalization` and `batch_normalization` are one."""
    return name.replace("_", "").replace("-", "").replace(" ", "").lower() or name


def _by_word() -> Iterator[tuple[str, tuple[str, ...]]]:
    answers: dict[str, list[str]] = {}
    for answer, words in SPOKEN_ELSEWHERE:
        for word in words.split():
            answers.setdefault(_squashed(word), []).append(answer)
    return ((word, tuple(dict.fromkeys(found))) for word, found in answers.items())


FOREIGN_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(dict(_by_word()))
"""What is meant by a word of another tool, most likely first; keys are lower case without `_` and `-`."""


def meant(name: str, known: Iterable[str]) -> str | None:
    """The known name that somebody had in mind: a word of another tool, else a misspelling.

    Args:
        name: what was written.
        known: the names that are valid there.

    >>> meant("lr", ["learning_rate", "momentum"])
    'learning_rate'
    >>> meant("momentun", ["learning_rate", "momentum"])
    'momentum'
    """
    names = tuple(known)
    foreign = next((answer for answer in FOREIGN_WORDS.get(_squashed(name), ()) if answer in names), None)
    spelled = nearest(name, names)
    if spelled is None or foreign is None:
        return foreign or spelled
    word, other = _squashed(name), _squashed(spelled)
    return spelled if word == other or _is_plural(word, other) else foreign


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The one name that was most likely misspelled, or None when none is near.

    Near means at most `max(1, len(name) // 3)` letters inserted, left out, replaced or swapped with their
    neighbour; case, `_` and a plural do not count as much as letters.

    >>> nearest("conv2d", ["Conv1D", "Conv2D"])
    'Conv2D'
    >>> nearest("something", ["Conv1D", "Conv2D"]) is None
    True
    """
    return next(iter(nearest_few(name, known, limit=1)), None)


def nearest_few(name: str, known: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """The nearest names, best first, at most `limit` of them; see `nearest`."""
    if len(name) > _LONGEST:
        return ()
    budget = max(1, len(name) // 3)
    word = _squashed(name)
    letters = Counter(word)
    ranked = []
    for candidate in dict.fromkeys(known):
        other = _squashed(candidate)
        if _is_plural(word, other):
            distance = 1
        elif abs(len(other) - len(word)) > budget or _cannot_be_near(letters, other, budget):
            continue
        else:
            distance = _distance(word, other, budget)
        if distance <= budget and distance < max(len(word), len(other)):
            ranked.append((_rank(name, candidate, distance), candidate))
    return tuple(candidate for _, candidate in sorted(ranked)[:limit])


def _is_plural(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    return len(short) > 1 and long in (short + "s", short + "es", short.removesuffix("y") + "ies")


def _rank(name: str, candidate: str, distance: int) -> tuple[int, bool, bool, int, bool]:
    """Fewest letters first, then swapped letters, the same first letter, and the same way of spelling."""
    word, other = _squashed(name), _squashed(candidate)
    return (
        distance,
        sorted(word) != sorted(other),
        word[:1] != other[:1],
        _distance(name, candidate, len(name)),
        name[:1].isupper() != candidate[:1].isupper(),
    )


def _cannot_be_near(letters: Counter[str], other: str, budget: int) -> bool:
    """Whether the letters alone, in any order, already differ by more than the budget."""
    missing = 0
    left = dict(letters)
    for letter in other:
        count = left.get(letter, 0)
        if count:
            left[letter] = count - 1
        else:
            missing += 1
            if missing > budget:
                return True
    return False


def _distance(first: str, second: str, budget: int) -> int:
    """Damerau-Levenshtein distance (a swap of neighbours costs 1), or `budget + 1` when above the budget.

    Only cells within `budget` of the diagonal can matter, so the cost is `len * budget`.
    """
    too_far = budget + 1
    before: list[int] = []
    above = [column if column <= budget else too_far for column in range(len(second) + 1)]
    for row, letter in enumerate(first, start=1):
        current = [row if row <= budget else too_far] + [too_far] * len(second)
        for column in range(max(1, row - budget), min(len(second), row + budget) + 1):
            same = letter == second[column - 1]
            cost = min(above[column] + 1, current[column - 1] + 1, above[column - 1] + (not same))
            swapped = row > 1 and column > 1 and letter == second[column - 2]
            if swapped and first[row - 2] == second[column - 1]:
                cost = min(cost, before[column - 2] + 1)
            current[column] = min(cost, too_far)
        if min(current) > budget and min(above) > budget:
            return too_far
        before, above = above, current
    return above[-1]
