"""The engine: many training steps inside one compiled function, over data that lies on the device."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from recipe.compiler.compiling import Compiled
from recipe.data.datasets import Arrays

# A block is short enough that a signal or a progress line never waits long for its end.
BLOCK_SECONDS = 0.2
LARGEST_BLOCK = 1024
EVALUATION_BATCH = 256


@dataclass(slots=True)
class Engine:
    """Trains, evaluates and predicts with one compiled network.

    Args:
        compiled: the Keras objects.
        block: steps in the next block; grows until a block takes about 0.2 seconds.
    """

    compiled: Compiled
    block: int = 1
    loss: Any = field(init=False)
    _functions: dict[tuple[str, int], Callable[..., Any]] = field(default_factory=dict)
    _data: dict[int, tuple[Any, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.strategy.scope():
            self.loss = keras.metrics.Mean(name="loss")

    @property
    def strategy(self) -> Any:
        """How batches are shared over devices."""
        return self.compiled.strategy

    # -- training --------------------------------------------------------------------------------

    def train(self, arrays: Arrays, order: np.ndarray) -> None:
        """Run one block.

        Args:
            arrays: the training split.
            order: indices of examples, `(steps, batch)`.
        """
        started = time.perf_counter()
        self._function("train", order.shape[1], arrays)(tf.constant(order, tf.int32))
        took = time.perf_counter() - started
        if len(order) == self.block and took < BLOCK_SECONDS / 2:
            self.block = min(LARGEST_BLOCK, self.block * 2)

    def reset(self) -> None:
        """Forget the loss and metrics seen so far."""
        for metric in self.measures:
            metric.reset_state()

    def logs(self) -> dict[str, float]:
        """Loss and metrics since `reset`."""
        return {metric.name: float(np.asarray(metric.result())) for metric in self.measures}

    # -- evaluation ------------------------------------------------------------------------------

    def evaluate(self, arrays: Arrays) -> dict[str, float]:
        """Loss and metrics over a split, without changing a weight."""
        self.reset()
        rows = np.arange(len(arrays))
        whole = len(rows) - len(rows) % EVALUATION_BATCH
        for order in (rows[:whole].reshape(-1, EVALUATION_BATCH), rows[whole:].reshape(1, -1)):
            if order.size:
                self._function("evaluate", order.shape[1], arrays)(tf.constant(order, tf.int32))
        logs = self.logs()
        self.reset()
        return logs

    # -- one step --------------------------------------------------------------------------------

    @property
    def measures(self) -> tuple[Any, ...]:
        """The mean loss and the metrics, which count what is trained or evaluated."""
        return (self.loss, *self.compiled.metrics)

    def _function(self, kind: str, batch: int, arrays: Arrays) -> Callable[..., Any]:
        """The compiled block of a kind and batch size; made once."""
        key = (f"{kind} {id(arrays)}", batch)
        if key not in self._functions:
            inputs, targets = self._on_device(arrays)
            step = self._train_step if kind == "train" else self._evaluation_step
            self._functions[key] = self._block_function(step, inputs, targets, batch)
        return self._functions[key]

    def _on_device(self, arrays: Arrays) -> tuple[Any, Any]:
        if id(arrays) not in self._data:
            (inputs,) = arrays.inputs.values()
            (targets,) = arrays.targets.values()
            self._data[id(arrays)] = (tf.constant(inputs), tf.constant(targets))
        return self._data[id(arrays)]

    def _block_function(
        self, step: Callable[..., None], inputs: Any, targets: Any, batch: int
    ) -> Callable[..., Any]:
        def on_device(rows: Any) -> None:
            mine, weight = self._share(rows, batch)
            step(tf.gather(inputs, mine), tf.gather(targets, mine), weight)

        def block(order: Any) -> None:
            for index in tf.range(tf.shape(order)[0]):
                self.strategy.run(on_device, args=(order[index],))

        xla = self.compiled.program.runtime.engine == "xla"
        signature = [tf.TensorSpec((None, batch), tf.int32)]
        return tf.function(block, input_signature=signature, jit_compile=xla or None)  # type: ignore[no-any-return]

    def _share(self, rows: Any, batch: int) -> tuple[Any, float]:
        """This device's rows of a batch, and the weight of each in the metrics.

        A batch that the devices do not divide is computed whole on each: the mean of equal gradients is the
        gradient, so the step is that of one device.
        """
        devices = self.strategy.num_replicas_in_sync
        if devices == 1:
            return rows, 1.0
        if batch % devices:
            return rows, 1.0 / devices
        size = batch // devices
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        return tf.reshape(tf.slice(rows, [replica * size], [size]), (size,)), 1.0

    def _train_step(self, inputs: Any, targets: Any, weight: float) -> None:
        model, optimizer = self.compiled.model, self.compiled.optimizer
        inputs, targets = self.compiled.batch(inputs, targets, training=True)
        with tf.GradientTape() as tape:
            outputs = model(inputs, training=True)
            loss = model.compute_loss(inputs, targets, outputs, training=True)
            scaled = optimizer.scale_loss(loss)
        gradients = tape.gradient(scaled, model.trainable_weights)
        optimizer.apply(gradients, model.trainable_weights)
        self._measure(loss, targets, outputs, weight)

    def _evaluation_step(self, inputs: Any, targets: Any, weight: float) -> None:
        model = self.compiled.model
        inputs, targets = self.compiled.batch(inputs, targets, training=False)
        outputs = model(inputs, training=False)
        loss = model.compute_loss(inputs, targets, outputs, training=False)
        self._measure(loss, targets, outputs, weight)

    def _measure(self, loss: Any, targets: Any, outputs: Any, weight: float) -> None:
        """Count a batch into loss and metrics; Keras divides the loss by the number of devices."""
        size = targets.shape[0]
        self.loss.update_state(loss * self.strategy.num_replicas_in_sync, sample_weight=size * weight)
        weights = None if weight == 1.0 else tf.fill((size,), weight)
        for metric in self.compiled.metrics:
            metric.update_state(targets, outputs, sample_weight=weights)


def predict(model: Any, batch: Any, inputs: np.ndarray) -> np.ndarray:
    """Outputs of a network on stored inputs, `(examples, ...)`."""
    parts = []
    for start in range(0, len(inputs), EVALUATION_BATCH):
        encoded, _ = batch(inputs[start : start + EVALUATION_BATCH], None, training=False)
        parts.append(keras.ops.convert_to_numpy(model(encoded, training=False)))
    return np.concatenate(parts)
