"""The order of examples in an epoch: a pure function of the seed and the epoch."""

import numpy as np
from numpy.typing import NDArray


def permutation(seed: int | tuple[int, ...], count: int) -> NDArray[np.int64]:
    """The numbers from 0 to `count - 1` in an order that only the seed decides, on every platform.

    Args:
        seed: one number or several, each at least 0.
        count: how many.

    Returns:
        `(count,)`.
    """
    return np.random.Generator(np.random.PCG64(seed)).permutation(np.arange(count, dtype=np.int64))


def epoch_order(seed: int, epoch: int, num_examples: int) -> NDArray[np.int64]:
    """The order in which one epoch visits the examples.

    Args:
        seed: derived for the role `order`.
        epoch: from 0.
        num_examples: of the training split.

    Returns:
        Every index from 0 to `num_examples - 1` once, `(num_examples,)`; `order[i]` is a pure function of
        (seed, epoch, i), so a position in a run is one number.

    >>> epoch_order(1, 0, 5).tolist() == epoch_order(1, 0, 5).tolist() != epoch_order(1, 1, 5).tolist()
    True
    """
    return permutation((seed, epoch), num_examples)


def epoch_rows(seed: int, epoch: int, num_examples: int, shifts: int) -> NDArray[np.int64]:
    """The order of an epoch as numbers of rows; all windows of it begin equally many positions later.

    Args:
        seed: derived for the role `order`.
        epoch: from 0.
        num_examples: of the training split.
        shifts: from how many positions on an epoch may cut its windows, see `recipe.data.windows`.

    Returns:
        `(num_examples,)`; a pure function of the arguments.

    >>> epoch_rows(1, 0, 3, 4).tolist(), epoch_rows(1, 1, 3, 4).tolist()
    ([0, 1, 2], [11, 9, 10])
    """
    order = epoch_order(seed, epoch, num_examples)
    if shifts == 1:
        return order
    shift = np.random.Generator(np.random.PCG64((seed, epoch, shifts))).integers(shifts)
    return order + num_examples * shift


def in_batches(order: NDArray[np.int64], batch_size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """An order cut into batches.

    Args:
        order: `(num_examples,)`.
        batch_size: examples per update, at least 1.

    Returns:
        The full batches, `(num_batches, batch_size)`, and the shorter last one, `(rest,)`, possibly empty.

    >>> full, rest = in_batches(np.arange(5), 2)
    >>> full.tolist(), rest.tolist()
    ([[0, 1], [2, 3]], [4])
    """
    whole = len(order) - len(order) % batch_size
    return order[:whole].reshape(-1, batch_size), order[whole:]
