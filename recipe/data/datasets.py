"""Data that is ready to train on: encoded arrays by split, and the facts about them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recipe.data.packing.mapped import Mapped
from recipe.data.windows import Windows
from recipe.program.facts import Facts

Array = NDArray[np.generic] | Windows | Mapped


@dataclass(frozen=True, slots=True)
class Arrays:
    """The examples of one split.

    Args:
        inputs: by name of the network's input, `(examples, *shape)`; images and ids in their stored type.
            What was packed stays in its file until it is asked for.
        targets: by name of the target: class indices int32 `(examples,)`; flags and numbers float32
            `(examples, 1)`; of an array or a sequence `(examples, *shape)`; empty where rows without their
            answers were encoded.
        rows: number of each example in its source, from 0, `(examples,)`.
        shifts: from how many positions on an epoch may cut its windows; 1 where examples lie where they lie.
        weights: how much each example counts, float32 `(examples,)`; None where all count alike.
        num_steps: how many steps each example has, `(examples,)`, of rows that are to be predicted; None
            where the answers are no sequences, or no feature says it.
    """

    inputs: Mapping[str, Array]
    targets: Mapping[str, Array]
    rows: NDArray[np.int64]
    shifts: int = 1
    weights: NDArray[np.float32] | None = None
    num_steps: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Dataset:
    """What reading the data gave.

    Args:
        facts: what a Program learns from it.
        splits: `train`, and `validation` and `test` where they exist.
    """

    facts: Facts
    splits: Mapping[str, Arrays]
