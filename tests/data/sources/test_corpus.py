import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recipe.catalog.calls import Argument, Call, Origin
from recipe.data.order import epoch_rows
from recipe.data.tokens import Tokenizer, tokenizer_in
from recipe.program.plans import Split
from tests.data.plans import SPAN, WHOLE, kind, plan_of, source

TENTH = replace(WHOLE, validation=0.1)
WORDS = "the quick brown fox jumps over the lazy dog and the quiet owl hears it. "


def subword(vocabulary: int) -> Call:
    return Call("subword", "recipe:subword", {"vocabulary": Argument(vocabulary, Origin(SPAN))}, Origin(SPAN))


def corpus(path: Path | str, tokens: str | Call = "characters", context: int = 8) -> Call:
    return source("corpus", path=str(path), tokens=tokens, context=context, encoding="utf-8")  # type: ignore[arg-type]


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text("".join(f"{number} squared is {number * number}.\n" for number in range(200)))
    return path


def test_characters_have_the_ids_that_nanogpt_gives_them_and_the_last_tenth_is_set_aside(
    dataset_of, shared_data
):
    path = shared_data("tinyshakespeare.txt")
    dataset = dataset_of(plan_of(corpus(path, context=256), split=TENTH))
    # data/shakespeare_char/prepare.py of nanoGPT
    data = path.read_text()
    chars = sorted(set(data))
    stoi = {character: index for index, character in enumerate(chars)}
    border = len(data) - round(len(data) * 0.1)  # nanoGPT rounds the other part, and is one character off
    train, held_out = ([stoi[one] for one in part] for part in (data[:border], data[border:]))
    assert dataset.facts.columns[0].statistics["categories"] == tuple(chars)
    assert dataset.facts.inputs["input"].shape == (256,)
    windows = dataset.splits["validation"].inputs["input"][:]
    assert np.array_equal(windows.reshape(-1), held_out[: windows.size])
    assert len(held_out) - windows.size <= 256
    assert np.array_equal(
        dataset.splits["train"].inputs["input"].values[: len(train)], np.asarray(train, np.int32)
    )


def test_the_target_is_the_next_token_at_every_place_in_every_epoch(dataset_of, text):
    arrays = dataset_of(plan_of(corpus(text), {"tokens": next_token()}, split=TENTH)).splits["train"]
    for epoch in range(4):
        rows = epoch_rows(3, epoch, len(arrays), arrays.shifts)
        inputs, targets = arrays.inputs["input"][rows], arrays.targets["tokens"][rows]
        assert np.array_equal(inputs[:, 1:], targets[:, :-1])
    assert arrays.shifts == 8


def test_no_window_of_training_reaches_what_is_set_aside_wherever_an_epoch_cuts(dataset_of, text):
    dataset = dataset_of(plan_of(corpus(text), split=TENTH))
    arrays, size = dataset.splits["train"], len(text.read_text())
    border = size - round(size * 0.1)
    last = len(arrays) * arrays.shifts - 1
    furthest = int((arrays.targets["tokens"].starts[-1]) + last // len(arrays) + 8)
    assert border - 16 <= furthest <= border
    assert arrays.inputs["input"].values is arrays.targets["tokens"].values
    assert dataset.splits["validation"].inputs["input"].starts[0] == border
    assert np.array_equal(arrays.inputs["input"][:][0], arrays.inputs["input"].values[:8])


def next_token() -> Call:
    return Call("next", "recipe:next", {}, Origin(SPAN))


def test_the_target_of_a_text_is_the_next_token_and_nothing_else(problems_of, text):
    (problem,) = problems_of(plan_of(corpus(text), {"tokens": kind("category")}))
    assert problem.code == "R528"


def test_bytes_are_the_bytes_of_the_files_in_the_order_of_their_names(dataset_of, tmp_path):
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress("héllo".encode()))
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(bytes(range(64))))
    dataset = dataset_of(plan_of(corpus(tmp_path / "*.gz", "bytes", context=4)))
    values = dataset.splits["train"].inputs["input"].values
    assert bytes(values.tolist()) == bytes(range(64)) + "héllo".encode()
    assert dataset.facts.columns[0].statistics["vocabulary"] == 256


def test_subwords_are_learned_from_the_training_text_alone_and_give_the_text_back(dataset_of, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(WORDS * 90 + "zebra zebras naïve " * 38)
    pytest.importorskip("tokenizers")
    split = replace(WHOLE, validation=len("zebra zebras naïve " * 38))
    dataset = dataset_of(plan_of(corpus(path, subword(300)), split=split))
    tokenizer = tokenizer_in(dataset.facts.columns[0].statistics)
    assert isinstance(tokenizer, Tokenizer)
    assert len(tokenizer.names) == 300
    assert "Ġthe" in tokenizer.names
    assert not any("ze" in name for name in tokenizer.names)
    values = dataset.splits["train"].inputs["input"].values
    assert tokenizer.decode(values) == path.read_text()
    assert dataset_of(plan_of(corpus(path, subword(300)), split=split)).facts == dataset.facts


def test_a_validation_text_has_the_ids_of_the_training_text(dataset_of, problems_of, write):
    train, validation = write("abcdefgh" * 4, name="a.txt"), write("hgfedcba" * 3, name="b.txt")
    sources = {"train": corpus(train, context=4), "validation": corpus(validation, context=4)}
    dataset = dataset_of(plan_of(sources))
    names = dataset.facts.columns[0].statistics["categories"]
    first = dataset.splits["validation"].inputs["input"][:][0]
    assert [names[index] for index in first] == list("hgfe")
    write("xyz" * 9, name="b.txt")
    (problem,) = problems_of(plan_of(sources))
    assert (problem.code, problem.characters, problem.count) == ("R571", ("x", "y", "z"), 27)


@pytest.mark.parametrize(("split", "context", "code"), [
    (replace(TENTH, stratified=True), 8, "R570"),
    (replace(TENTH, group="tokens"), 8, "R570"),
    (TENTH, 4000, "R572"),
])  # fmt: skip
def test_what_cannot_be_cut_is_refused(problems_of, text, split: Split, context: int, code: str):
    assert [problem.code for problem in problems_of(plan_of(corpus(text, context=context), split=split))] == [
        code
    ]
