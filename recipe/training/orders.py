"""Which examples come next: a pure function of where a run stands."""

from collections.abc import Iterator

import numpy as np

from recipe.data.datasets import Arrays
from recipe.data.order import balanced_order, epoch_rows, in_batches
from recipe.program.programs import Program
from recipe.program.seeds import derive
from recipe.training.states import Position


def rest_of_epoch(program: Program, position: Position, train: Arrays) -> Iterator[np.ndarray]:
    """The batches that are left of an epoch, the smaller last one by itself.

    They are pure in (seed, epoch), and cut at the last step of the run.

    Args:
        program: its seed, batch size and length.
        position: where the run stands.
        train: the training split.

    Yields:
        Indices of its rows, `(steps, batch)`.
    """
    order = order_of_epoch(program, position.epoch, train)
    full, rest = in_batches(order, int(str(program.training.batch_size)))
    start = position.batches
    last = start + int(str(program.training.total_steps)) - position.step
    if start < min(len(full), last):
        yield full[start:last]
    if len(rest) and start <= len(full) < last:
        yield rest.reshape(1, -1)


def order_of_epoch(program: Program, epoch: int, train: Arrays) -> np.ndarray:
    """The rows of an epoch in their order, `(examples,)`.

    Args:
        program: its seed and sampling.
        epoch: from 0.
        train: the training split.
    """
    seed, training = derive(program.runtime.seed, "order"), program.training
    if training.balanced_by:
        classes = np.asarray(train.targets[training.balanced_by]).reshape(-1).astype(np.int64)
        return balanced_order(seed, epoch, classes)
    if training.sampling == "ordered":
        return np.arange(len(train))
    return epoch_rows(seed, epoch, len(train), train.shifts)


def steps_left(program: Program, position: Position, train: Arrays) -> list[np.ndarray]:
    """The same as one block a step: int32 `(1, batch)` each."""
    return [
        batch.reshape(1, -1).astype(np.int32)
        for batches in rest_of_epoch(program, position, train)
        for batch in batches
    ]
