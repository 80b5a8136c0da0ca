import importlib.util
import random
import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipe.diagnostics.foreign_words import SPOKEN_ELSEWHERE
from recipe.diagnostics.suggestions import FOREIGN_WORDS, meant, nearest, nearest_few
from tests.speeds import least_seconds

OUR_WORDS = tuple(answer for answer, _ in SPOKEN_ELSEWHERE)
ARGUMENTS = ("activation", "axis", "data_format", "dilation_rate", "groups", "kernel_initializer", "nesterov")


def keras_names() -> tuple[str, ...]:
    """Public class names of the installed Keras, read as text so that Keras is not loaded."""
    spec = importlib.util.find_spec("keras")
    assert spec is not None
    assert spec.origin is not None
    names: set[str] = set()
    for package in ("layers", "optimizers", "losses", "metrics", "initializers"):
        text = (Path(spec.origin).parent / package / "__init__.py").read_text()
        names |= set(re.findall(r"as ([A-Z]\w+)", text))
    return tuple(sorted(names))


def one_edit(name: str, dice: random.Random) -> str:
    """A name with one letter left out, doubled, replaced, added or swapped."""
    place = dice.randrange(len(name))
    letter = dice.choice(string.ascii_lowercase)
    swap = min(place, len(name) - 2)
    return dice.choice(
        (
            name[:place] + name[place + 1 :],
            name[:place] + name[place] + name[place:],
            name[:place] + letter + name[place + 1 :],
            name[:place] + letter + name[place:],
            name[:swap] + name[swap + 1] + name[swap] + name[swap + 2 :],
        )
    )


def test_of_one_thousand_typos_at_least_95_of_100_find_their_name():
    known = tuple(dict.fromkeys((*keras_names(), *OUR_WORDS, *ARGUMENTS)))
    assert len(known) > 250
    dice = random.Random(7)
    typos = [(name, one_edit(name, dice)) for name in dice.choices(known, k=1000)]
    typos = [(name, typo) for name, typo in typos if typo and typo not in known]
    assert len(typos) > 900
    found = sum(nearest(typo, known) == name for name, typo in typos)
    assert found / len(typos) >= 0.95


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("conv2d", ("Conv1D", "Conv2D", "Conv3D"), "Conv2D"),
        ("batch_normalization", ("GroupNormalization", "BatchNormalization"), "BatchNormalization"),
        ("BatchSize", ("batch_size", "base_size"), "batch_size"),
        ("max-pooling-2d", ("MaxPooling1D", "MaxPooling2D"), "MaxPooling2D"),
        ("metric", ("metrics", "Metric_"), "Metric_"),
        ("class", ("classes", "glass"), "classes"),
        ("category", ("categories", "gateway"), "categories"),
        ("adma", ("adam", "adama", "aroma"), "adam"),
        ("learning_rat", ("learning_rate", "earning_rates"), "learning_rate"),
        ("mop", ("top", "map"), "map"),
        ("Relu", ("ReLU", "relu6"), "ReLU"),
    ],
)
def test_the_likelier_of_two_near_names_comes_first(name: str, known: tuple[str, ...], expected: str):
    assert nearest(name, known) == expected
    assert nearest(name, reversed(known)) == expected


@pytest.mark.parametrize("name", ["", "x", "_", "zebra", "Ünïcödé", "d" * 50_000])
def test_nothing_is_suggested_for_a_name_far_from_all(name: str):
    assert nearest(name, ("learning_rate", "momentum", "y", "-", "d" * 49_999)) is None


def test_a_budget_of_one_letter_in_three_is_kept():
    assert nearest("momxxxum", ["momentum"]) is None
    assert nearest("momxxtum", ["momentum"]) == "momentum"


def test_the_nearest_few_are_ordered_and_limited():
    known = ["Conv3D", "Conv1D", "Conv2D", "Dense", "Conv2DTranspose"]
    assert nearest_few("conv2d", known) == ("Conv2D", "Conv1D", "Conv3D")
    assert nearest_few("conv2d", known, limit=1) == ("Conv2D",)
    assert nearest_few("flatten", known) == ()


@given(st.text(string.ascii_letters, min_size=4, max_size=20), st.integers(0, 10**6))
def test_one_edit_is_always_near_enough(name: str, seed: int):
    assert nearest(one_edit(name, random.Random(seed)), [name]) == name


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("lr", ("learning_rate", "l1", "l2"), "learning_rate"),
        ("n_epochs", ("epochs", "steps"), "epochs"),
        ("num_epochs", ("epochs", "steps"), "epochs"),
        ("bs", ("batch_size", "as"), "batch_size"),
        ("wd", ("weight_decay", "l2"), "weight_decay"),
        ("val_split", ("validation", "test"), "validation"),
        ("adam", ("Adam", "AdamW", "Nadam"), "Adam"),
        ("model", ("architecture", "monitor"), "architecture"),
        ("layers", ("architecture", "data"), "architecture"),
        ("layer", ("architecture", "layers"), "layers"),
        ("BatchNorm2d", ("BatchNormalization", "Dense"), "BatchNormalization"),
        ("CrossEntropyLoss", ("CategoricalCrossentropy", "Dice"), "CategoricalCrossentropy"),
        ("dropout", ("rate", "seed"), "rate"),
        ("lr", ("filters", "units"), None),
        ("momentun", ("momentum", "nesterov"), "momentum"),
    ],
)
def test_words_of_other_tools_are_understood(name: str, known: tuple[str, ...], expected: str | None):
    assert meant(name, known) == expected


def test_a_foreign_word_that_is_valid_here_is_taken_as_it_is():
    assert meant("inputs", ("features", "inputs")) == "inputs"
    assert meant("input", ("features", "inputs")) == "inputs"


def test_no_foreign_word_stands_for_itself():
    assert [word for word, answers in FOREIGN_WORDS.items() if word in answers] == []


def test_thousands_of_names_take_milliseconds():
    known = [f"{name}_{number}" for name in keras_names() for number in range(12)]
    assert len(known) > 3000
    nearest("SeparableConv", known)
    assert least_seconds(lambda: nearest("SeparableConv_1x", known), 0.25) < 0.25
