import keras
import numpy as np
import pytest

from recipe.data.tables import column_of
from recipe.data.words import ids_of, vocabulary_of
from recipe.program.plans import Split
from tests.data.plans import SPAN, csv_source, kind, plan_of

TEXTS = [
    "The cat's hat, isn't it?",
    "A HAT -- a hat! \t and\u00a0another\nhat",
    "naïve Ärger, ÄRGER; 3.5% of 10,000 (ten_thousand)",
    "the the the hat cat cat zebra apple",
    "under_score [brackets] {braces} <angles> `ticks` ~tilde^ |bar\\ 'quote' \"double\"",
    "x" * 40 + " y" * 30,
]


@pytest.mark.parametrize("most", [6, 12, 1000])
def test_ids_are_those_of_text_vectorization(most: int):
    vectorization = keras.layers.TextVectorization(max_tokens=most, output_sequence_length=8)
    vectorization.adapt(TEXTS)
    vocabulary = vocabulary_of(column_of(TEXTS), most)
    assert ["", "[UNK]", *vocabulary] == vectorization.get_vocabulary()
    unseen = [*TEXTS, "a dog in the hat", "zebra, zebra and apple"]
    expected = np.asarray(vectorization(unseen))
    assert np.array_equal(ids_of(column_of(unseen), vocabulary, 8), expected)


def test_a_text_without_a_word_is_one_that_is_not_known():
    assert ids_of(column_of(["``", "", "hat"]), ("hat",), 3).tolist() == [[1, 0, 0], [1, 0, 0], [2, 0, 0]]


def texts(vocabulary: int = 50, length: int = 4):
    from recipe.catalog.calls import Argument, Call, Origin

    given = {"vocabulary": vocabulary, "length": length, "missing": None}
    return Call("text", "recipe:text", {name: Argument(one, Origin(SPAN)) for name, one in given.items()})


ROWS = [
    f"so {'good' if row % 2 else 'bad'} a day{row // 4},{row * 0.7},d{row // 4},{row % 2}"
    for row in range(40)
]
LINES = ("said,age,doc,mood", *ROWS)


def test_a_lone_text_is_the_input_and_its_words_are_those_of_training(dataset_of, write):
    split = Split(validation=0.2, test=0, stratified=False, group="doc")
    plan = plan_of(
        csv_source(write(*LINES)), "mood", features={"said": texts()}, ignore=("age",), split=split
    )
    dataset = dataset_of(plan)
    (fact,) = dataset.facts.inputs.values()
    assert (fact.shape, fact.dtype) == ((4,), "int32")
    (column,) = dataset.facts.columns
    known = column.statistics["categories"]
    days = {f"day{row // 4}" for row in dataset.splits["train"].rows}
    assert set(known) == {"so", "good", "bad", "a", *days}
    assert column.statistics["vocabulary"] == len(known) + 2
    assert (dataset.splits["validation"].inputs["input"][:, 3] == 1).all()


def test_a_text_among_other_features_has_an_input_of_its_own(dataset_of, problems_of, write):
    features = {"said": texts(), "age": kind("number")}
    path = write(*LINES)
    dataset = dataset_of(
        plan_of(csv_source(path), "mood", features=features, ignore=("doc",), inputs=("said", "others"))
    )
    assert {name: fact.shape for name, fact in dataset.facts.inputs.items()} == {"said": (4,), "others": (1,)}
    (problem,) = problems_of(plan_of(csv_source(path), "mood", features=features, ignore=("doc",)))
    assert problem.code == "R576"
