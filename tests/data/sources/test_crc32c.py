"""CRC-32C: the sums of RFC 3720, and those of one byte after the other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recipe.data.sources.crc32c import crc32c, masked, masked_one


def byte_by_byte(text):
    found = 0xFFFFFFFF
    for byte in text:
        found ^= byte
        for _ in range(8):
            found = (found >> 1) ^ (0x82F63B78 if found & 1 else 0)
    return found ^ 0xFFFFFFFF


def test_the_sums_are_those_of_the_rfc():
    texts = [bytes(32), b"\xff" * 32, bytes(range(32)), bytes(range(31, -1, -1))]
    assert crc32c(texts).tolist() == [0x8A9136AA, 0x62A8AB43, 0x46DD794E, 0x113FDB5C]


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=9))
def test_texts_of_any_lengths_have_their_sums_side_by_side(texts):
    assert crc32c(texts).tolist() == [byte_by_byte(text) for text in texts]
    assert masked(crc32c(texts)).tolist() == [masked_one(text) for text in texts]


def test_texts_longer_than_a_block_are_joined():
    generator = np.random.default_rng(0)
    texts = [generator.bytes(size) for size in (1023, 1024, 1025, 5000, 3, 0)]
    assert crc32c(texts).tolist() == [byte_by_byte(text) for text in texts]
