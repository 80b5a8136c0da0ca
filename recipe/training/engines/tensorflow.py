"""Blocks of steps as one `tf.function`, on one device or mirrored over several."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import tensorflow as tf

from recipe.compiler.batches import Batch
from recipe.compiler.groups import resting
from recipe.compiler.kernels.dropout import Part
from recipe.compiler.kernels.replacing import KERNELS, XLA_KERNELS, replaced, whole_batch
from recipe.data.datasets import Array, Arrays
from recipe.data.packing.mapped import Mapped
from recipe.data.windows import Windows
from recipe.program.machines import usable_cores
from recipe.program.per_core import num_parts
from recipe.training.engines.engine import Engine, Kind, padded, part_sizes
from recipe.training.engines.pulses import clipping, norm, sampled, update_ratio


@dataclass(frozen=True, slots=True)
class Step:
    """What a step is told beside its examples.

    Args:
        share: of each example in the metrics.
        last: whether it is the last of its call, a bool scalar.
    """

    share: float
    last: Any


@dataclass(slots=True)
class TensorFlowEngine(Engine):
    """Runs blocks in graph mode, or compiled by XLA."""

    _functions: dict[tuple[Any, ...], Callable[..., Any]] = field(default_factory=dict)
    _watching: dict[str, Callable[..., Any]] = field(default_factory=dict)

    def scope(self) -> AbstractContextManager[Any]:
        """Of the strategy that shares batches over devices."""
        scope: AbstractContextManager[Any] = self.compiled.strategy.scope()
        return scope

    def execute(self, kind: Kind, arrays: Arrays, order: np.ndarray) -> tuple[float, float]:
        """Run some steps; their function is made once per mode, kind, split and batch size."""
        key = (self.mode, kind, id(arrays), order.shape[1], self.frozen)
        examples, order = self.feed.examples(arrays, order)
        given = tf.nest.flatten(examples) if self.feed.streams(arrays) else []
        if key not in self._functions:
            self._functions[key] = self._function(kind, examples, order.shape[1], given)
        rows, steps = padded(order) if self.mode.xla else (order, len(order))
        norm, clipped = self._functions[key](tf.constant(rows), tf.constant(steps), *given).numpy()
        return float(norm), float(clipped)

    @property
    def wants_one_shape(self) -> bool:
        """XLA does."""
        return self.mode.xla

    def place(self, examples: Batch) -> Batch:
        """Tensors of the default device; what windows lie in is there once."""
        placed: Batch = tf.nest.map_structure(_placed, examples)
        return placed

    def sample(self) -> Any:
        """Some values of each weight that is trained."""
        if "sample" not in self._watching:
            self._watching["sample"] = traced(lambda: sampled(self.weights))
        return self._watching["sample"]()

    def ratio(self, before: Any) -> float:
        """How far the weights moved."""
        if "ratio" not in self._watching:
            self._watching["ratio"] = traced(lambda before: update_ratio(self.weights, before))
        return float(self._watching["ratio"](before))

    def gradients(self, arrays: Arrays, rows: np.ndarray) -> tuple[float, list[np.ndarray]]:
        """The loss of one batch and its gradients, as the first device computes them from all of it."""
        model, strategy = self.compiled.model, self.compiled.strategy
        examples, (own,) = self.feed.examples(arrays, rows.reshape(1, -1))
        chosen = rows_of(examples, own)

        def on_device() -> tuple[Any, list[Any]]:
            batch = self.compiled.batch(chosen, training=True)
            with tf.GradientTape() as tape:
                outputs = model(batch.inputs, training=True)
                loss = self.compiled.compute_loss(batch, outputs, training=True)
            found = tape.gradient(loss, model.trainable_weights, unconnected_gradients="zero")
            return loss, [tf.convert_to_tensor(gradient) for gradient in found]

        devices = strategy.num_replicas_in_sync
        loss, found = tf.nest.map_structure(
            lambda value: strategy.experimental_local_results(value)[0].numpy() * devices,
            strategy.run(traced(on_device)),
        )
        return float(loss), found

    def _function(self, kind: Kind, examples: Batch, batch: int, given: Sequence[Any]) -> Callable[..., Any]:
        """A block of steps.

        Args:
            kind: whether weights change.
            examples: that its indices point into.
            batch: examples of a step.
            given: tensors of the examples where every call brings its own; else none.
        """
        form = tf.nest.map_structure(lambda _: None, examples) if given else examples
        strategy = self.compiled.strategy
        step = {Kind.TRAIN: self._train_step, Kind.EVALUATE: self._evaluation_step}[kind]
        parts = part_sizes(batch, self.compiled.program.training.accumulate if kind is Kind.TRAIN else 1)

        def block(order: Any, steps: Any, *tensors: Any) -> Any:
            found = tf.nest.pack_sequence_as(form, tensors) if tensors else form

            def on_device(rows: Any, last: Any) -> Any:
                mine, share = self._share(rows, parts)
                model, mode = self.compiled.model, self.mode
                kernels = (XLA_KERNELS if mode.xla else KERNELS) if mode.fused else ()
                with resting(model, self.frozen), replaced(model, kernels):
                    return step(rows_of(found, mine), Step(share, last))

            def advance(index: Any, _: Any, clipped: Any) -> tuple[Any, ...]:
                pulse = strategy.run(on_device, args=(order[index], index + 1 == steps))
                norm, more = (strategy.experimental_local_results(one)[0] for one in pulse)
                return index + 1, norm, clipped + more

            with summed_before(self.compiled.optimizer):
                start = (0, tf.zeros(()), tf.zeros(()))
                _, norm, clipped = tf.while_loop(lambda index, *_: index < steps, advance, start)
            return tf.stack([norm, clipped])

        signature = [tf.TensorSpec((None, batch), tf.int32), tf.TensorSpec((), tf.int32)]
        signature += [tf.TensorSpec((None, *one.shape[1:]), one.dtype) for one in given]
        return traced(block, input_signature=signature, jit_compile=self.mode.xla or None)

    def _share(self, rows: Any, parts: Sequence[int]) -> tuple[Any, float]:
        """This device's rows of a batch, and the share of each in the metrics.

        A device has its share of every part, so that batch norm sees the parts that one device would. A batch
        with a part that the devices do not divide is computed whole on each: the mean of equal gradients is
        the gradient, so the step is that of one device.

        Args:
            rows: indices of the examples of the batch, `(batch,)`.
            parts: how many examples are computed at once, one part after the other.
        """
        devices = self.compiled.strategy.num_replicas_in_sync
        if devices == 1:
            return rows, 1.0
        if any(size % devices for size in parts):
            return rows, 1.0 / devices
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        sizes = [size // devices for size in parts]
        starts = np.cumsum([0, *parts[:-1]])
        mine = [rows[start + replica * size :][:size] for start, size in zip(starts, sizes, strict=True)]
        return tf.reshape(tf.concat(mine, 0), (sum(sizes),)), 1.0

    def _train_step(self, chosen: Batch, step: Step) -> Any:
        """One update: gradients summed by examples over parts, over devices, then clipped and applied."""
        optimizer, weights = self.compiled.optimizer, self.live
        batch = self.compiled.batch(chosen, training=True)
        gradients = self._reduced(self._gradients(batch, step.share))
        pulse = self._pulse(gradients, step.last)
        optimizer.apply(gradients, weights)
        return pulse

    def _gradients(self, batch: Batch, share: float) -> list[Any]:
        """This device's part of the gradient, from all parts of its batch one after the other."""
        examples, parts = _size(batch.targets), self.compiled.program.training.accumulate
        if parts == 1:
            return self._of_part(batch, share)
        size = part_sizes(examples, parts)[0]
        whole = examples // size
        cut = tf.nest.map_structure(lambda array: _in_parts(array, whole, size), batch)

        def add(index: Any, *summed: Any) -> tuple[Any, ...]:
            with tf.control_dependencies(summed):
                some = tf.nest.map_structure(lambda array: tf.identity(array[index]), cut)
            return (index + 1, *_added(summed, self._of_part(some, share), size / examples))

        state = (0, *(tf.zeros(one.shape, one.dtype) for one in self.live))
        if self.compiled.strategy.num_replicas_in_sync == 1:
            state = tf.while_loop(lambda index, *_: index < whole, add, state, parallel_iterations=1)
        else:  # devices meet inside a layer, as synchronized batch norm does, and cannot inside a loop
            for _ in range(whole):
                state = add(*state)
        _, *summed = state
        rest = examples - whole * size
        if rest:
            some = tf.nest.map_structure(lambda array: array[whole * size :], batch)
            summed = _added(summed, self._of_part(some, share), rest / examples)
        return list(summed)

    def _of_part(self, batch: Batch, share: float) -> list[Any]:
        """The gradient of the mean loss of some examples, which cores may compute side by side."""
        if not self.mode.parts:
            return self._of_examples(batch, share)
        part, found, shares = Part(_size(batch.targets)), [], []
        with replaced(self.compiled.model, whole_batch(part)):
            for part.start, some in self._parts(batch, Kind.TRAIN):
                found.append(self._of_examples(some, share))
                shares.append(_size(some.targets) / part.examples)
        return [_joined(gradients, shares) for gradients in zip(*found, strict=True)]

    def _parts(self, batch: Batch, kind: Kind) -> Iterator[tuple[int, Batch]]:
        """The parts of a batch that cores compute side by side, and where they begin."""
        if not self.mode.parts:
            yield 0, batch
            return
        examples, start = _size(batch.targets), 0
        kept = (row.kept_bytes or 0 for row in self.compiled.layers if kind is Kind.TRAIN)
        for size in part_sizes(examples, num_parts(examples, usable_cores(), max(kept, default=0))):
            part = slice(start, start + size)
            yield start, tf.nest.map_structure(lambda array, part=part: array[part], batch)
            start += size

    def _of_examples(self, batch: Batch, share: float) -> list[Any]:
        """The gradient of the mean loss of some examples, which are counted."""
        model = self.compiled.model
        with tf.GradientTape() as tape:
            outputs = model(batch.inputs, training=True)
            loss = self.compiled.compute_loss(batch, outputs, training=True)
            scaled = self.compiled.optimizer.scale_loss(loss)
        self._measure(loss, batch, outputs, share)
        return list(tape.gradient(scaled, self.live))

    def _reduced(self, gradients: list[Any]) -> list[Any]:
        """The gradients summed over the devices; Keras divides each loss by their number."""
        if self.compiled.strategy.num_replicas_in_sync == 1:
            return gradients
        known = [one for one in gradients if one is not None]
        context = tf.distribute.get_replica_context()
        summed = iter(context.all_reduce(tf.distribute.ReduceOp.SUM, known))
        return [None if one is None else next(summed) for one in gradients]

    def _pulse(self, gradients: list[Any], last: Any) -> tuple[Any, Any]:
        """The norm of a gradient, and whether it will be clipped; only of the last step where none is."""
        limit, scale = clipping(self.compiled.optimizer)

        def measured() -> Any:
            return norm([None if one is None else tf.convert_to_tensor(one) for one in gradients]) / scale

        if limit is None and self.compiled.strategy.num_replicas_in_sync == 1:
            return tf.cond(last, measured, lambda: tf.zeros(())), tf.zeros(())
        length = measured()
        return length, tf.cast(length > (limit or np.inf), tf.float32)

    def _evaluation_step(self, chosen: Batch, step: Step) -> Any:
        whole = self.compiled.batch(chosen, training=False)
        for _, batch in self._parts(whole, Kind.EVALUATE):
            outputs = self.compiled.model(batch.inputs, training=False)
            loss = self.compiled.compute_loss(batch, outputs, training=False)
            self._measure(loss, batch, outputs, step.share)
        return tf.zeros(()), tf.zeros(())

    def _measure(self, loss: Any, batch: Batch, outputs: Any, share: float) -> None:
        """Count a batch into loss and metrics; Keras divides the loss by the number of devices."""
        size, devices = _size(batch.targets), self.compiled.strategy.num_replicas_in_sync
        self.loss.update_state(loss * devices, sample_weight=size * share)
        self.compiled.measure(batch, outputs, share)


def traced(action: Callable[..., Any], **options: Any) -> Callable[..., Any]:
    """A `tf.function` without AutoGraph, which Keras does without too.

    No function of a step has a tensor in an `if` or a `for`; to look for one takes longer than tracing.
    """
    return tf.function(action, autograph=False, **options)  # type: ignore[no-any-return]


def rows_of(examples: Batch, rows: Any) -> Batch:
    """Some examples of a split."""
    chosen: Batch = tf.nest.map_structure(lambda array: _gathered(array, rows), examples)
    return chosen


def _placed(array: Array) -> Any:
    """An array on the device; what windows lie in is there once."""
    if isinstance(array, Windows):
        return replace(
            array, values=tf.constant(array.values), starts=tf.constant(array.starts.astype(np.int32))
        )
    return tf.constant(np.asarray(array) if isinstance(array, Mapped) else array)


def _gathered(array: Any, rows: Any) -> Any:
    if not isinstance(array, Windows):
        return tf.gather(array, rows)
    count = array.starts.shape[0]
    starts = tf.gather(array.starts, rows % count) + rows // count
    return tf.gather(array.values, starts[:, tf.newaxis] + tf.range(array.length))


def _size(values: Any) -> int:
    """How many examples there are."""
    return int(tf.nest.flatten(values)[0].shape[0])


def _in_parts(array: Any, parts: int, size: int) -> Any:
    """The first examples, `(parts, size, ...)`."""
    return tf.reshape(array[: parts * size], (parts, size, *array.shape[1:]))


def _added(summed: Sequence[Any], found: Sequence[Any], share: float) -> list[Any]:
    """Sums of gradients with a share of further ones; a weight without a gradient adds nothing."""
    return [
        one if more is None else one + share * tf.convert_to_tensor(more)
        for one, more in zip(summed, found, strict=True)
    ]


def _joined(gradients: Sequence[Any], shares: Sequence[float]) -> Any:
    """The gradient of a weight from those of parts of a batch; of an embedding, rows stay as they are."""
    known = [one for one in gradients if one is not None]
    if not known:
        return None
    if not isinstance(known[0], tf.IndexedSlices):
        return tf.add_n([share * one for one, share in zip(known, shares, strict=True)])
    values = [share * one.values for one, share in zip(known, shares, strict=True)]
    indices = [one.indices for one in known]
    return tf.IndexedSlices(tf.concat(values, 0), tf.concat(indices, 0), known[0].dense_shape)


@contextmanager
def summed_before(optimizer: Any) -> Iterator[None]:
    """Let an optimizer take gradients that are summed over the devices already, while a block is traced.

    Keras sums them itself, after it has clipped those of each device.
    """
    inner = vars(getattr(optimizer, "inner_optimizer", optimizer))
    inner["_all_reduce_sum_gradients"] = lambda pairs: pairs
    try:
        yield
    finally:
        del inner["_all_reduce_sum_gradients"]
