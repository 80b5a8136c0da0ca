import keras
import pytest

from recipe.data.hashing import bin_of, siphash


def test_the_hash_is_that_of_the_paper():
    key = (int.from_bytes(bytes(range(8)), "little"), int.from_bytes(bytes(range(8, 16)), "little"))
    assert siphash(bytes(range(15)), key) == 0xA129CA6149BE45E5  # appendix A


@pytest.mark.parametrize("bins", [2, 64, 100_003])
def test_a_bin_is_that_of_the_layer_of_keras(bins):
    names = ["", "JFK", "abcdefgh", "a name of more than eight bytes", "ümlaut", "x" * 100]
    layer = keras.layers.Hashing(bins, salt=0)
    assert [bin_of(name, bins) for name in names] == [int(layer([name])[0]) for name in names]
