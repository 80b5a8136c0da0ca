"""Blocks of steps as one `tf.function`, on one device or mirrored over several."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import tensorflow as tf

from recipe.compiler.kernels import replaced
from recipe.data.datasets import Array, Arrays
from recipe.data.windows import Windows
from recipe.training.engines.engine import Engine, Kind, fed, padded
from recipe.training.engines.modes import Mode


@dataclass(slots=True)
class TensorFlowEngine(Engine):
    """Runs blocks in graph mode, or compiled by XLA."""

    _functions: dict[tuple[Mode, Kind, int, int], Callable[..., Any]] = field(default_factory=dict)
    _data: dict[int, tuple[Any, Any]] = field(default_factory=dict)

    def scope(self) -> AbstractContextManager[Any]:
        """Of the strategy that shares batches over devices."""
        scope: AbstractContextManager[Any] = self.compiled.strategy.scope()
        return scope

    def run(self, kind: Kind, arrays: Arrays, order: np.ndarray) -> None:
        """Run one block; its function is made once per mode, kind, split and batch size."""
        key = (self.mode, kind, id(arrays), order.shape[1])
        if key not in self._functions:
            self._functions[key] = self._function(kind, *self._on_device(arrays), order.shape[1])
        rows, steps = padded(order) if self.mode.xla else (order, len(order))
        self._functions[key](tf.constant(rows), tf.constant(steps))

    def gradients(self, arrays: Arrays, rows: np.ndarray) -> tuple[float, list[np.ndarray]]:
        """The loss of one batch and its gradients, as the first device computes them from all of it."""
        model, strategy = self.compiled.model, self.compiled.strategy
        inputs, targets = _rows_of(self._on_device(arrays), rows)

        def on_device() -> tuple[Any, list[Any]]:
            encoded, wanted = self.compiled.batch(inputs, targets, training=True)
            with tf.GradientTape() as tape:
                outputs = model(encoded, training=True)
                loss = self.compiled.compute_loss(encoded, wanted, outputs, training=True)
            found = tape.gradient(loss, model.trainable_weights, unconnected_gradients="zero")
            return loss, [tf.convert_to_tensor(gradient) for gradient in found]

        devices = strategy.num_replicas_in_sync
        loss, found = tf.nest.map_structure(
            lambda value: strategy.experimental_local_results(value)[0].numpy() * devices,
            strategy.run(tf.function(on_device)),
        )
        return float(loss), found

    def _on_device(self, arrays: Arrays) -> tuple[Any, Any]:
        if id(arrays) not in self._data:
            both = (fed(arrays.inputs), fed(arrays.targets))
            self._data[id(arrays)] = tf.nest.map_structure(_placed, both)
        return self._data[id(arrays)]

    def _function(self, kind: Kind, inputs: Any, targets: Any, batch: int) -> Callable[..., Any]:
        strategy = self.compiled.strategy
        step = {Kind.TRAIN: self._train_step, Kind.EVALUATE: self._evaluation_step}[kind]

        def on_device(rows: Any) -> None:
            mine, weight = self._share(rows, batch)
            with replaced(self.compiled.model) if self.mode.fused else nullcontext():
                examples, answers = _rows_of((inputs, targets), mine)
                step(examples, answers, weight)

        def block(order: Any, steps: Any) -> None:
            for index in tf.range(steps):
                strategy.run(on_device, args=(order[index],))

        signature = [tf.TensorSpec((None, batch), tf.int32), tf.TensorSpec((), tf.int32)]
        return tf.function(block, input_signature=signature, jit_compile=self.mode.xla or None)  # type: ignore[no-any-return]

    def _share(self, rows: Any, batch: int) -> tuple[Any, float]:
        """This device's rows of a batch, and the weight of each in the metrics.

        A batch that the devices do not divide is computed whole on each: the mean of equal gradients is the
        gradient, so the step is that of one device.
        """
        devices = self.compiled.strategy.num_replicas_in_sync
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
            loss = self.compiled.compute_loss(inputs, targets, outputs, training=True)
            scaled = optimizer.scale_loss(loss)
        gradients = tape.gradient(scaled, model.trainable_weights)
        optimizer.apply(gradients, model.trainable_weights)
        self._measure(loss, targets, outputs, weight)

    def _evaluation_step(self, inputs: Any, targets: Any, weight: float) -> None:
        model = self.compiled.model
        inputs, targets = self.compiled.batch(inputs, targets, training=False)
        outputs = model(inputs, training=False)
        loss = self.compiled.compute_loss(inputs, targets, outputs, training=False)
        self._measure(loss, targets, outputs, weight)

    def _measure(self, loss: Any, targets: Any, outputs: Any, weight: float) -> None:
        """Count a batch into loss and metrics; Keras divides the loss by the number of devices."""
        size, devices = tf.nest.flatten(targets)[0].shape[0], self.compiled.strategy.num_replicas_in_sync
        self.loss.update_state(loss * devices, sample_weight=size * weight)
        weights = None if weight == 1.0 else tf.fill((size,), weight)
        self.compiled.measure(targets, outputs, weights)


def _rows_of(values: Any, rows: Any) -> Any:
    """Some examples of the inputs and targets of a split."""
    return tf.nest.map_structure(lambda array: _gathered(array, rows), values)


def _placed(array: Array) -> Any:
    """An array on the device; what windows lie in is there once."""
    if isinstance(array, Windows):
        return replace(
            array, values=tf.constant(array.values), starts=tf.constant(array.starts.astype(np.int32))
        )
    return tf.constant(array)


def _gathered(array: Any, rows: Any) -> Any:
    if not isinstance(array, Windows):
        return tf.gather(array, rows)
    count = array.starts.shape[0]
    starts = tf.gather(array.starts, rows % count) + rows // count
    return tf.gather(array.values, starts[:, tf.newaxis] + tf.range(array.length))
