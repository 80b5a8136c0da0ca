"""The engine: many steps inside one compiled function, over data that lies on the device."""

import importlib
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import keras
import numpy as np

from recipe.compiler.compiling import Compiled
from recipe.data.datasets import Arrays

# A block is short enough that a signal or a progress line never waits long for its end.
BLOCK_SECONDS = 0.2
LARGEST_BLOCK = 1024
EVALUATION_BATCH = 256

# The engine of each backend of Keras.
ENGINES: Mapping[str, str] = {
    "tensorflow": "recipe.training.engines.tensorflow.TensorFlowEngine",
    "jax": "recipe.training.engines.jax.JaxEngine",
}


class Kind(StrEnum):
    """What a block of steps does."""

    TRAIN = "train"
    EVALUATE = "evaluate"


@dataclass(slots=True)
class Engine(ABC):
    """Trains and evaluates one compiled network; subclasses know how a backend runs a block.

    Args:
        compiled: the Keras objects.
    """

    compiled: Compiled
    loss: Any = field(init=False)
    _sizes: dict[tuple[Kind, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.scope():
            self.loss = keras.metrics.Mean(name="loss")

    @abstractmethod
    def scope(self) -> AbstractContextManager[Any]:
        """In which variables are made and assigned."""

    @abstractmethod
    def run(self, kind: Kind, arrays: Arrays, order: np.ndarray) -> None:
        """Run one block.

        Args:
            kind: whether weights change.
            arrays: a split; it is put on the device once.
            order: indices of examples, int32 `(steps, batch)`.
        """

    @property
    def measures(self) -> tuple[Any, ...]:
        """The mean loss and the metrics, which count what is trained or evaluated."""
        return (self.loss, *self.compiled.metrics)

    def reset(self) -> None:
        """Forget the loss and metrics seen so far."""
        for metric in self.measures:
            metric.reset_state()

    def logs(self) -> dict[str, float]:
        """Loss and metrics since `reset`."""
        return {metric.name: float(np.asarray(metric.result())) for metric in self.measures}

    def evaluate(self, arrays: Arrays) -> dict[str, float]:
        """Loss and metrics over a split, without changing a weight."""
        self.reset()
        rows = np.arange(len(arrays))
        whole = len(rows) - len(rows) % EVALUATION_BATCH
        for batches in (rows[:whole].reshape(-1, EVALUATION_BATCH), rows[whole:].reshape(1, -1)):
            for block in self.blocks(Kind.EVALUATE, batches):
                self.run_timed(Kind.EVALUATE, arrays, block)
        logs = self.logs()
        self.reset()
        return logs

    def blocks(self, kind: Kind, batches: np.ndarray, *, single: bool = False) -> Iterator[np.ndarray]:
        """Batches cut into blocks, each as long as those before it taught; `run_timed` teaches.

        Args:
            kind: what the blocks are for.
            batches: indices of examples, `(steps, batch)`.
            single: one step a block, for callbacks that watch every step.
        """
        start = 0
        while start < len(batches) and batches.size:
            size = 1 if single else self._sizes.get((kind, batches.shape[1]), 1)
            yield batches[start : start + size].astype(np.int32)
            start += size

    def run_timed(self, kind: Kind, arrays: Arrays, block: np.ndarray) -> None:
        """Run one block; the next is twice as long until one takes about 0.2 seconds."""
        started = time.perf_counter()
        self.run(kind, arrays, block)
        key = (kind, block.shape[1])
        if len(block) == self._sizes.get(key, 1) and time.perf_counter() - started < BLOCK_SECONDS / 2:
            self._sizes[key] = min(LARGEST_BLOCK, 2 * len(block))


def one_array(arrays: Arrays) -> tuple[np.ndarray, np.ndarray]:
    """The inputs and targets of a split with one of each."""
    (inputs,) = arrays.inputs.values()
    (targets,) = arrays.targets.values()
    return inputs, targets


def engine_for(compiled: Compiled) -> Engine:
    """The engine of the backend that a Program asks for."""
    module, _, name = ENGINES[compiled.program.runtime.backend].rpartition(".")
    engine: Engine = getattr(importlib.import_module(module), name)(compiled)
    return engine


def predict(compiled: Compiled, inputs: np.ndarray) -> np.ndarray:
    """Outputs of a network on stored inputs, `(examples, ...)`."""
    parts = []
    for start in range(0, len(inputs), EVALUATION_BATCH):
        encoded, _ = compiled.batch(inputs[start : start + EVALUATION_BATCH], None, training=False)
        parts.append(keras.ops.convert_to_numpy(compiled.model(encoded, training=False)))
    return np.concatenate(parts)
