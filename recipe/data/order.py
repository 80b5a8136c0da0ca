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


def balanced_order(seed: int, epoch: int, classes: NDArray[np.integer]) -> NDArray[np.int64]:
    """The order of an epoch in which every class comes equally often, as long as the data.

    Each class goes through permutation after permutation of its examples, over the ends of epochs, so that
    each of them has come as often as any other of its class, or once more.

    Args:
        seed: derived for the role `order`.
        epoch: from 0.
        classes: index of the class of every example, `(num_examples,)`.

    Returns:
        Indices of examples, `(num_examples,)`: a pure function of (seed, epoch, classes).

    >>> sorted(np.array([0, 0, 0, 1])[balanced_order(1, 0, np.array([0, 0, 0, 1]))].tolist())
    [0, 0, 1, 1]
    """
    present, total = np.unique(classes), len(classes)
    drawn = []
    for index, one in enumerate(present):
        # Of all epochs so far, the places of this class; what does not divide goes to the next in turn.
        start, end = ((one_epoch * total + index) // len(present) for one_epoch in (epoch, epoch + 1))
        drawn.append(_endless((seed, int(one)), np.flatnonzero(classes == one), start, end))
    mixed = np.concatenate(drawn)
    return mixed[permutation((seed, epoch), len(mixed))]


def _endless(seed: tuple[int, ...], examples: NDArray[np.int64], start: int, end: int) -> NDArray[np.int64]:
    """A stretch of the endless row of permutations of some examples."""
    size = len(examples)
    first, last = start // size, -(-end // size)
    turns = [examples[permutation((*seed, turn), size)] for turn in range(first, last)]
    return np.concatenate([*turns, examples[:0]])[start - first * size : end - first * size]


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
