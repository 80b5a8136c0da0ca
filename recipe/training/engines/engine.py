"""The engine: many steps inside one compiled function, over data that lies on the device."""

import importlib
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import keras
import numpy as np

from recipe.catalog.words import LARGEST_BLOCK
from recipe.compiler.batches import Batch
from recipe.compiler.compiling import Compiled
from recipe.data.datasets import Array, Arrays
from recipe.training.engines.feeds import Feed, fed
from recipe.training.engines.modes import GRAPH, MODES, XLA, Mode
from recipe.training.engines.pulses import BETWEEN_SECONDS, Pulse, clipping

# A block is short enough that a signal or a progress line never waits long for its end.
BLOCK_SECONDS = 0.2
# Indices that fit into the array of a block: 1 MiB.
ROOM = 2**18
EVALUATION_BATCH = 256

# The engine of each backend of Keras.
ENGINES: Mapping[str, str] = {
    "tensorflow": "recipe.training.engines.tensorflow.TensorFlowEngine",
    "jax": "recipe.training.engines.jax.JaxEngine",
}
# What JAX compiles, it compiles by XLA.
DEFAULTS: Mapping[str, Mode] = {"tensorflow": GRAPH, "jax": XLA}
CONVOLUTIONS = (
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
    keras.layers.DepthwiseConv1D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv1D,
    keras.layers.SeparableConv2D,
    keras.layers.ConvLSTM1D,
    keras.layers.ConvLSTM2D,
    keras.layers.ConvLSTM3D,
)


class Kind(StrEnum):
    """What a block of steps does."""

    TRAIN = "train"
    EVALUATE = "evaluate"


@dataclass(slots=True)
class Engine(ABC):
    """Trains and evaluates one compiled network; subclasses know how a backend runs a block.

    Args:
        compiled: the Keras objects.
        mode: how blocks are executed, where the backend leaves a choice.
        pulse: what the last block of training steps showed.
        frozen: paths of the weights that the next steps do not train.
        feed: gives steps their examples.
        num_blocks: that were run so far, of any kind.
    """

    compiled: Compiled
    mode: Mode = GRAPH
    pulse: Pulse = field(init=False, default=Pulse())
    frozen: frozenset[str] = frozenset()
    loss: Any = field(init=False)
    weights: tuple[Any, ...] = field(init=False)
    feed: Feed = field(init=False)
    num_blocks: int = 0
    _looked_at: float = -BETWEEN_SECONDS
    _sizes: dict[tuple[Kind, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.scope():
            self.loss = keras.metrics.Mean(name="loss")
        self.weights = tuple(self.compiled.model.trainable_variables)
        wanted = self.compiled.program.runtime.examples
        self.feed = Feed(self.place, largest_block, wanted, lambda: self.wants_one_shape)

    @property
    def live(self) -> list[Any]:
        """The weights that the next steps train."""
        return [weight for weight in self.weights if weight.path not in self.frozen]

    @abstractmethod
    def scope(self) -> AbstractContextManager[Any]:
        """In which variables are made and assigned."""

    @abstractmethod
    def place(self, examples: Batch) -> Batch:
        """Put examples on the device; what lies in a file is read."""

    @property
    @abstractmethod
    def wants_one_shape(self) -> bool:
        """Whether a compiler begins anew for every shape of its arguments."""

    @abstractmethod
    def execute(self, kind: Kind, arrays: Arrays, order: np.ndarray) -> tuple[float, float]:
        """Run some steps in one call.

        Args:
            kind: whether weights change.
            arrays: a split; its examples come from the feed.
            order: indices of examples, int32 `(steps, batch)`; of a split that is streamed, no more than
                the feed gathers at once.

        Returns:
            Of training the norm of the gradient of the last step before it is clipped, and how many steps
            were clipped by their global norm; of an evaluation zeros.
        """

    @abstractmethod
    def sample(self) -> Any:
        """Some values of each weight that is trained."""

    @abstractmethod
    def ratio(self, before: Any) -> float:
        """How far the weights moved, relative to what they were.

        Args:
            before: from `sample`.
        """

    @abstractmethod
    def gradients(self, arrays: Arrays, rows: np.ndarray) -> tuple[float, list[np.ndarray]]:
        """The loss of one batch, and its gradients by trainable weight, before they are clipped.

        Args:
            arrays: a split.
            rows: indices of examples, int32 `(batch,)`.
        """

    def run(self, kind: Kind, arrays: Arrays, order: np.ndarray) -> None:
        """Run one block; of training, its pulse is taken.

        Args:
            kind: whether weights change.
            arrays: a split.
            order: indices of examples, int32 `(steps, batch)`.
        """
        if kind is not Kind.TRAIN:
            self._execute_all(kind, arrays, order)
            return
        clipped = 0
        for part in self._between_thaws(order):
            self._train(arrays, part)
            clipped += self.pulse.clipped
        self.pulse = replace(self.pulse, clipped=clipped)

    def _between_thaws(self, order: np.ndarray) -> Iterator[np.ndarray]:
        """The steps of a block in parts in which the same weights are trained."""
        groups = self.compiled.groups
        while len(order) and groups.thaws:
            step = int(keras.ops.convert_to_numpy(self.compiled.optimizer.iterations))
            self.frozen, left = groups.frozen_at(step), groups.left(step)
            if left is None:
                break
            yield order[:left]
            order = order[left:]
        if len(order):
            yield order

    def _train(self, arrays: Arrays, order: np.ndarray) -> None:
        kind = Kind.TRAIN
        if time.monotonic() - self._looked_at < BETWEEN_SECONDS:
            norm, clipped = self._execute_all(kind, arrays, order)
            self.pulse = Pulse(norm, self.pulse.update_ratio, int(clipped))
            return
        first = self._execute_all(kind, arrays, order[:-1])[1]
        before = self.sample()
        norm, last = self.execute(kind, arrays, order[-1:])
        self.pulse = Pulse(norm, self.ratio(before), int(first + last))
        self._looked_at = time.monotonic()

    def _execute_all(self, kind: Kind, arrays: Arrays, order: np.ndarray) -> tuple[float, float]:
        """Run any number of steps, in as many calls as the feed needs; see `execute`."""
        most = self.feed.most_steps(arrays, order.shape[1]) if self.feed.streams(arrays) else len(order)
        norm, clipped = 0.0, 0.0
        for start in range(0, len(order), max(1, most)):
            norm, more = self.execute(kind, arrays, order[start : start + most])
            clipped += more
        return norm, clipped

    def total_loss(self) -> float:
        """The sum of the losses of all examples since `reset`."""
        return float(keras.ops.convert_to_numpy(self.loss.total))

    @property
    def largest_norm(self) -> float | None:
        """The global norm that gradients are clipped to; None where they are not."""
        return clipping(self.compiled.optimizer)[0]

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

    def evaluate(
        self,
        arrays: Arrays,
        between: Callable[[], None] = lambda: None,
        rows: np.ndarray | None = None,
    ) -> dict[str, float]:
        """Loss and metrics over a split, without changing a weight.

        Args:
            arrays: the split.
            between: called after every block; what it raises ends the evaluation.
            rows: indices of the examples to look at, `(examples,)`; all unless said.
        """
        self.reset()
        rows = np.arange(len(arrays)) if rows is None else rows
        whole = len(rows) - len(rows) % EVALUATION_BATCH
        for batches in (rows[:whole].reshape(-1, EVALUATION_BATCH), rows[whole:].reshape(1, -1)):
            for block in self.blocks(Kind.EVALUATE, batches, arrays):
                self.run_timed(Kind.EVALUATE, arrays, block)
                between()
        logs = self.logs()
        self.reset()
        return logs

    def blocks(
        self, kind: Kind, batches: np.ndarray, arrays: Arrays, *, single: bool = False
    ) -> Iterator[np.ndarray]:
        """Batches cut into blocks, each as long as those before it taught; `run_timed` teaches.

        Those of a split that is streamed come when their examples are gathered.

        Args:
            kind: what the blocks are for.
            batches: indices of examples, `(steps, batch)`.
            arrays: the split.
            single: one step a block, for callbacks that watch every step, whatever the spec says.
        """
        streams = batches.size > 0 and self.feed.streams(arrays)
        most = self.feed.most_steps(arrays, batches.shape[1]) if streams else LARGEST_BLOCK
        cut = self._cut(kind, batches, 1 if single else most)
        return self.feed.ahead(arrays, cut) if streams else cut

    def _cut(self, kind: Kind, batches: np.ndarray, most: int) -> Iterator[np.ndarray]:
        start, fixed = 0, self.compiled.program.runtime.block if kind is Kind.TRAIN else None
        while start < len(batches) and batches.size:
            size = min(most, fixed or self._sizes.get((kind, batches.shape[1]), 1))
            yield batches[start : start + size].astype(np.int32)
            start += size

    def run_timed(self, kind: Kind, arrays: Arrays, block: np.ndarray) -> None:
        """Run one block; the next is twice as long until one takes about 0.2 seconds."""
        started = time.perf_counter()
        self.run(kind, arrays, block)
        self.num_blocks += 1
        key = (kind, block.shape[1])
        if len(block) == self._sizes.get(key, 1) and time.perf_counter() - started < BLOCK_SECONDS / 2:
            self._sizes[key] = min(LARGEST_BLOCK, 2 * len(block))


def largest_block(batch: int) -> int:
    """Steps of a block at most.

    Args:
        batch: examples of a step.
    """
    return max(1, min(LARGEST_BLOCK, ROOM // batch))


def part_sizes(examples: int, parts: int) -> list[int]:
    """How many examples each part of a batch has: as many in all but the last.

    Args:
        examples: of the batch.
        parts: that are wanted; a batch that is too small has fewer.
    """
    size = -(-examples // parts)
    return [min(size, examples - start) for start in range(0, examples, size)]


def padded(order: np.ndarray) -> tuple[np.ndarray, int]:
    """Indices in an array of one size for blocks of every length, and how many of its rows are steps.

    XLA compiles once for every shape; the bound of a loop may be a value.
    """
    steps, batch = order.shape
    room = np.zeros((max(steps, largest_block(batch)), batch), np.int32)
    room[:steps] = order
    return room, steps


def convolves(model: Any) -> bool:
    """Whether a network has a convolution at any depth."""
    return any(isinstance(layer, CONVOLUTIONS) for layer in model._flatten_layers())


def engine_for(compiled: Compiled) -> Engine:
    """The engine that a Program asks for; where it leaves the mode open, the default of its backend."""
    runtime = compiled.program.runtime
    mode = MODES.get(runtime.engine, DEFAULTS[runtime.backend])
    module, _, name = (mode.by or ENGINES[runtime.backend]).rpartition(".")
    engine: Engine = getattr(importlib.import_module(module), name)(compiled, mode)
    return engine


def predict(
    compiled: Compiled,
    inputs: Mapping[str, Array],
    kept: Callable[[str, np.ndarray], np.ndarray] = lambda target, output: output,
    between: Callable[[], None] = lambda: None,
) -> Mapping[str, np.ndarray]:
    """Outputs of a network on stored inputs, by target: `(examples, ...)` each.

    Args:
        compiled: the network.
        inputs: by name.
        kept: what is kept of the output of a target, where memory does not hold all of it.
        between: called after every batch; what it raises ends the prediction.
    """
    parts: list[Mapping[str, np.ndarray]] = []
    for _, outputs in predicted(compiled, inputs):
        parts.append({name: kept(name, output) for name, output in outputs.items()})
        between()
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def predicted(
    compiled: Compiled, inputs: Mapping[str, Array]
) -> Iterator[tuple[slice, Mapping[str, np.ndarray]]]:
    """Outputs of a network on stored inputs, a batch at a time: which rows, and their outputs by target.

    Args:
        compiled: the network.
        inputs: by name.
    """
    for start in range(0, len(next(iter(inputs.values()))), EVALUATION_BATCH):
        rows = slice(start, start + EVALUATION_BATCH)
        batch = {name: values[rows] for name, values in inputs.items()}
        encoded = compiled.batch(Batch(fed(batch)), training=False).inputs
        found = compiled.by_target(compiled.model(encoded, training=False))
        yield rows, {name: keras.ops.convert_to_numpy(one) for name, one in found.items()}
