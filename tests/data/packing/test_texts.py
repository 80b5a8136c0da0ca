"""Texts in one run of bytes: whatever is in them comes back."""

import itertools

import pytest

from recipe.data.packing.texts import joined, parted

LETTERS = ("", "a", "0", "1", "\0", "\1", "é")
TEXTS = ["".join(letters) for letters in itertools.product(LETTERS, repeat=3)]


def test_all_texts_come_back_and_no_two_tables_are_the_same_bytes():
    pairs = list(itertools.product(sorted(set(TEXTS))[::5], repeat=2))
    found = {joined(pair): pair for pair in pairs}
    assert [tuple(parted(content)) for content in found] == pairs
    assert len(found) == len(pairs)


@pytest.mark.parametrize("texts", [[""], ["", ""], ["\0"], ["\1"], TEXTS])
def test_a_block_comes_back(texts):
    assert parted(joined(texts)) == texts


def test_usual_texts_are_parted_by_nul_and_nothing_else():
    assert joined(["5.0", "", "é"]) == "5.0\0\0é".encode()
