"""Weights in a file come back as they were written, or are told to be damaged."""

import hashlib

import numpy as np
import pytest
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from recipe.compiler.arrays import read_arrays, to_bytes

ARRAYS = {
    "dense/kernel": np.arange(6, dtype=np.float32).reshape(3, 2).T,
    "dense/bias": np.float16([1, -2]),
    "step": np.int64(7),
    "empty": np.zeros((0, 2), np.float32),
}


def assert_same(found, wanted=ARRAYS):
    assert found.keys() == wanted.keys()
    for path, array in wanted.items():
        np.testing.assert_array_equal(found[path], array, err_msg=path, strict=np.ndim(array) > 0)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "weights.safetensors"
    path.write_bytes(to_bytes(ARRAYS))
    return path


def test_weights_come_back_here_and_in_every_reader_of_safetensors(file):
    assert_same(read_arrays(file))
    assert_same(load_file(file))


def test_the_same_weights_are_the_same_bytes(file):
    turned = dict(reversed(ARRAYS.items()))
    assert hashlib.sha256(to_bytes(turned)).digest() == hashlib.sha256(file.read_bytes()).digest()


def test_a_file_of_others_has_no_sum(file):
    save_file({"a": np.ones(3)}, file)
    assert_same(read_arrays(file), {"a": np.ones(3)})


def test_a_flipped_bit_anywhere_is_told_or_changes_no_weight(file):
    whole = file.read_bytes()
    told = 0
    for place in range(8 * len(whole)):
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        file.write_bytes(changed)
        try:
            assert_same(read_arrays(file))
        except (ValueError, KeyError, OSError, SafetensorError):
            told += 1
    assert told >= 8 * (len(whole) - len("sha256"))
