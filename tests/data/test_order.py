import hashlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recipe.data.order import epoch_order, in_batches

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS, st.integers(0, 1000), st.integers(0, 200))
def test_every_example_is_visited_once_an_epoch(seed, epoch, count):
    assert sorted(epoch_order(seed, epoch, count).tolist()) == list(range(count))


def test_the_order_of_an_epoch_is_the_same_on_every_platform():
    order = epoch_order(seed=1, epoch=3, num_examples=10_000)
    assert order.dtype == np.int64
    assert order[:5].tolist() == [7128, 9901, 532, 2884, 5397]
    assert (
        hashlib.sha256(order.astype("<i8").tobytes()).hexdigest()
        == "f40b770fe5c1d20447609c94a605617f448f28fa54eabffa31e507b4c12b332e"
    )


def test_the_order_is_what_numpy_documents_for_the_two_seeds():
    expected = np.random.Generator(np.random.PCG64(np.random.SeedSequence([7, 2]))).permutation(50)
    assert epoch_order(7, 2, 50).tolist() == expected.tolist()


def test_epochs_and_seeds_have_orders_of_their_own():
    orders = {tuple(epoch_order(seed, epoch, 20)) for seed in range(5) for epoch in range(5)}
    assert len(orders) == 25


@given(st.integers(0, 100), st.integers(1, 30))
def test_batches_keep_the_order_and_lose_nothing(count, batch_size):
    order = epoch_order(0, 0, count)
    full, rest = in_batches(order, batch_size)
    assert [*full.reshape(-1), *rest] == order.tolist()
    assert full.shape == (count // batch_size, batch_size)
    assert len(rest) < batch_size
