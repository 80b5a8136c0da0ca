"""One wrong letter in any name of the catalog: what was meant is suggested first.

What is not is listed in the file beside, which may only shrink; `RECIPE_UPDATE_GOLDENS=1` takes out of it
what is suggested rightly by now.
"""

import os
import random
import string
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from recipe.catalog import lookup
from recipe.catalog.constraints import OneOf
from recipe.catalog.keras_classes import load
from recipe.catalog.leaves import Words
from recipe.diagnostics.suggestions import meant
from tests.checking import LAYER, edited, told

LISTED = Path(__file__).with_name("typos_missed.txt")
# The families that stand together at a place of a spec.
TOGETHER = (
    ("layer_word", "application", "layer"),
    ("optimizer",),
    ("phase", "schedule", "plateau_schedule", "keras_schedule"),
    ("loss_word", "loss"),
    ("metric_word", "metric"),
    ("initializer",),
    ("regularizer",),
    ("constraint",),
    ("callback",),
    ("augmentation",),
    ("source",),
    ("kind",),
    ("engine",),
    ("tokenizer",),
)
OWN_NAMES = frozenset({"source", "kind", "engine", "tokenizer"})
EVERY_NTH_CLASS = 4  # whose arguments are misspelled


@dataclass(frozen=True)
class Known:
    """The names that the checker knows at one place, and the ones to misspell.

    Args:
        kind: what the names are.
        place: where they stand.
        names: those that are valid there.
    """

    kind: str
    place: str
    names: tuple[str, ...]


def left_out(name: str, dice: random.Random) -> str:
    place = dice.randrange(len(name))
    return name[:place] + name[place + 1 :]


def put_in(name: str, dice: random.Random) -> str:
    place = dice.randrange(len(name) + 1)
    return name[:place] + dice.choice(string.ascii_lowercase) + name[place:]


def replaced(name: str, dice: random.Random) -> str:
    place = dice.randrange(len(name))
    letters = string.ascii_lowercase.replace(name[place].lower(), "")
    return name[:place] + dice.choice(letters) + name[place + 1 :]


def swapped(name: str, dice: random.Random) -> str:
    places = [place for place in range(len(name) - 1) if name[place] != name[place + 1]]
    if not places:
        return name
    place = dice.choice(places)
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


EDITS: tuple[Callable[[str, random.Random], str], ...] = (left_out, put_in, replaced, swapped)


def corpus() -> Iterator[Known]:
    """Every place where the checker looks a name up."""
    for path, row in lookup.SECTION_PATHS.items():
        yield Known("key", path or "a spec", row.known)
        for parameter in row.parameters:
            options = parameter.holds.options if isinstance(parameter.holds, OneOf) else (parameter.holds,)
            for words in options:
                if isinstance(words, Words) and len(words.spelled) > 1:
                    yield Known("word", f"{path}.{parameter.name}".lstrip("."), words.spelled)
    for families in TOGETHER:
        names = tuple(name for family in families for name in lookup.names(family))
        yield Known("class" if families[0] not in OWN_NAMES else "own name", families[-1], names)
        for name in names[::EVERY_NTH_CLASS]:
            row = next(row for family in families if (row := lookup.find(family, name)))
            yield Known("argument", name, tuple(known for known in row.known if known != "name"))
    yield Known("activation", "activation", tuple(load().activations))


@cache
def tried() -> tuple[tuple[str, str, str], ...]:
    """Every typo as kind, line of the list, and `found` or `missed`."""
    results = {}
    for known in corpus():
        for name in known.names:
            for edit in EDITS:
                dice = random.Random(f"{known.kind} {name} {edit.__name__}")
                typo = edit(name, dice)
                if not typo or typo in known.names or len(name) < 3:
                    continue
                suggested = meant(typo, known.names)
                line = f"{known.kind} of {known.place}: {typo} -> {suggested or 'nothing'}, not {name}"
                results[line] = (known.kind, line, "found" if suggested == name else "missed")
    return tuple(results.values())


KINDS = tuple(dict.fromkeys(known.kind for known in corpus()))


@pytest.mark.parametrize("kind", KINDS)
def test_of_each_kind_at_least_95_of_100_typos_find_their_name(kind):
    counts = Counter(result for one, _, result in tried() if one == kind)
    assert counts.total() > 20
    assert counts["found"] / counts.total() >= 0.95


def test_the_corpus_holds_every_family_and_thousands_of_typos():
    assert {family for families in TOGETHER for family in families} >= set(lookup.HOMES)
    assert set(KINDS) == {"key", "word", "class", "argument", "activation", "own name"}
    assert len(tried()) > 3000


def test_the_list_of_missed_typos_only_shrinks():
    missed = {line for _, line, result in tried() if result == "missed"}
    listed = set(LISTED.read_text(encoding="utf-8").splitlines())
    assert missed - listed == set(), "typos that were suggested rightly before, or of new names"
    if os.environ.get("RECIPE_UPDATE_GOLDENS") == "1":
        LISTED.write_text("".join(f"{line}\n" for line in sorted(missed)), encoding="utf-8")
        return
    assert listed - missed == set(), "suggested rightly by now: take these out of the list"


@pytest.mark.parametrize(
    ("text", "code", "suggested"),
    [
        (edited(("epochs", "epcohs")), "R201", "epochs"),
        (edited(("  - Flatten", "  - Flaten")), "R202", "Flatten"),
        (edited(("AdamW", "AdmaW")), "R202", "AdamW"),
        (edited((LAYER, "  - Dense: {unist: 64}\n")), "R203", "units"),
        (edited(("relu", "rleu")), "R205", "relu"),
        (edited(("bundled: digits", "bundled: digist")), "R205", "digits"),
    ],
)
def test_the_checker_suggests_what_the_corpus_counts(text, code, suggested):
    (problem,) = (one for one in told(text) if one.code == code)
    assert f"did you mean `{suggested}`?" in problem.label
