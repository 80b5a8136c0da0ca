"""Recurrent layers with their products outside of the loop over time, as far as they go.

What the steps take from the inputs is one product, and so is the gradient of the recurrent kernel (Appleyard
et al., arXiv 1604.01946, section 3). The loops, a function of XLA for the values and one for the gradient,
hold only what hangs on the step before. The second computes the gates again, from their sums.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf


@dataclass(frozen=True, slots=True)
class Cell:
    """How a step goes from the sums of its gates to its states.

    Args:
        inputs: for each sum, its part of the kernel; None where it looks at the state alone. The sums that
            look at the state come first, in the order of the parts of the recurrent kernel.
        step: `(sums, states) -> states`, each of them `(batch, units)`; the first state is the output.
    """

    inputs: tuple[int | None, ...]
    step: Callable[[Sequence[Any], Sequence[Any]], tuple[Any, ...]]


def _simple(sums: Sequence[Any], _: Sequence[Any]) -> tuple[Any, ...]:
    return (tf.tanh(sums[0]),)


def _lstm(sums: Sequence[Any], states: Sequence[Any]) -> tuple[Any, ...]:
    entry, forget, candidate, output = sums
    carry = tf.sigmoid(forget) * states[1] + tf.sigmoid(entry) * tf.tanh(candidate)
    return tf.sigmoid(output) * tf.tanh(carry), carry


def _gru(sums: Sequence[Any], states: Sequence[Any]) -> tuple[Any, ...]:
    update, reset, of_state, of_inputs = sums
    kept = tf.sigmoid(update)
    return (kept * states[0] + (1.0 - kept) * tf.tanh(of_inputs + tf.sigmoid(reset) * of_state),)


CELLS: Mapping[type, Cell] = {
    keras.layers.SimpleRNN: Cell((0,), _simple),
    keras.layers.LSTM: Cell((0, 1, 2, 3), _lstm),
    keras.layers.GRU: Cell((0, 1, None, 2), _gru),
}


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The loop over time of a recurrent layer.

    Args:
        layer: a `keras.layers.LSTM`, `GRU` or `SimpleRNN`.
    """

    layer: Any

    @staticmethod
    def fits(layer: Any) -> bool:
        """Whether a layer is of that kind, with the activations of its paper; a GPU has Keras's cuDNN."""
        return (
            type(layer) in CELLS
            and layer.activation is keras.activations.tanh
            and getattr(layer, "recurrent_activation", keras.activations.sigmoid) is keras.activations.sigmoid
            and getattr(layer, "reset_after", True)
            and getattr(layer.cell, "implementation", 2) == 2
            and not layer.recurrent_dropout
            and not layer.unroll
            and not tf.config.list_logical_devices("GPU")
        )

    def __call__(self, sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        """The last output, all outputs `(batch, time, units)` where they are wanted, and the last states.

        Other numbers than float32, and sequences of unknown length, are Keras's.
        """
        layer, (mask,) = self.layer, tf.nest.flatten(mask)
        if sequences.dtype != tf.float32 or None in sequences.shape:
            return type(layer).inner_loop(layer, sequences, initial_state, mask, training=training)
        if training and layer.dropout:
            sequences *= layer.cell.get_dropout_mask(sequences[:, 0, :])[:, tf.newaxis]
        counted = None if mask is None else self._in_time(tf.cast(mask, tf.bool)[..., tf.newaxis])
        outputs, states = _run(
            CELLS[type(layer)],
            self._sums(self._in_time(sequences)),
            _parts(layer.cell.recurrent_kernel, layer.units),
            tf.nest.flatten(initial_state),
            counted,
            layer.return_sequences,
        )
        if counted is not None:
            # A step that does not count repeats the output before it; before the first that does it is zero.
            shown = counted if layer.zero_output_for_mask else tf.cumsum(tf.cast(counted, tf.int32)) > 0
            outputs = tf.where(shown[-outputs.shape[0] :], outputs, 0.0)
        return outputs[-1], tf.transpose(outputs, (1, 0, 2)), states

    def _in_time(self, values: Any) -> Any:
        """An array `(batch, time, width)` in the order of the steps, `(time, batch, width)`."""
        steps = tf.transpose(values, (1, 0, 2))
        return tf.reverse(steps, (0,)) if self.layer.go_backwards else steps

    def _sums(self, inputs: Any) -> list[Any]:
        """Each sum of all steps without its part of the state, `(time, batch, units)`."""
        own, units = self.layer.cell, self.layer.units
        time, batch, width = inputs.shape
        kernels = _parts(own.kernel, units)
        shape = (-1, len(kernels) * units)
        biases = tf.zeros((1, shape[1])) if own.bias is None else tf.reshape(own.bias, shape)
        of_inputs, *of_state = [_parts(bias, units) for bias in tf.unstack(biases)]
        # With a column of ones the bias is a row of the kernel, and its gradient is part of the product.
        rows = tf.concat((tf.reshape(inputs, (-1, width)), tf.ones((time * batch, 1))), axis=1)
        sums = []
        for place, part in enumerate(CELLS[type(self.layer)].inputs):
            offsets = [bias[place] for bias in of_state if place < len(bias)]
            if part is None:
                sums.append(tf.broadcast_to(tf.add_n(offsets) if offsets else 0.0, (time, batch, units)))
            else:
                bias = tf.add_n([of_inputs[part], *offsets])
                product = tf.matmul(rows, tf.concat((kernels[part], bias[tf.newaxis]), axis=0))
                sums.append(tf.reshape(product, (time, batch, units)))
        return sums


def _parts(weight: Any, units: int) -> list[Any]:
    """What of a weight belongs to each gate, `(..., units)`."""
    parts: list[Any] = tf.split(weight, weight.shape[-1] // units, axis=-1)
    return parts


def _run(
    cell: Cell, sums: Sequence[Any], kernels: Sequence[Any], states: Sequence[Any], counted: Any, whole: bool
) -> tuple[Any, list[Any]]:
    """All steps.

    Args:
        cell: of the layer.
        sums: without their parts of the state, `(time, batch, units)`.
        kernels: for the state, `(units, units)` each.
        states: to begin from, `(batch, units)`.
        counted: which steps change the states, `(time, batch, 1)`; None when all do.
        whole: whether the outputs of all steps are wanted.

    Returns:
        The outputs of all steps, `(time, batch, units)`, or of the last, `(1, batch, units)`; last states.
    """
    ends = (len(sums), len(sums) + len(kernels))

    @tf.custom_gradient
    def computed(*given: Any) -> tuple[Any, Any]:
        sums, kernels, states = given[: ends[0]], given[ends[0] : ends[1]], given[ends[1] :]
        complete, after = _values(cell, sums, kernels, states, counted)
        last = [state[-1] for state in after]

        def gradient(*upstream: Any) -> list[Any]:
            above, at_end = (upstream[0], upstream[1:]) if whole else (None, upstream)
            before = [
                tf.concat((first[tf.newaxis], later[:-1]), axis=0)
                for first, later in zip(states, after, strict=True)
            ]
            by_sums, by_states = _gradient(cell, complete, kernels, before, counted, above, at_end)
            outputs = tf.reshape(before[0], (-1, before[0].shape[-1]))
            by_kernels = [
                tf.matmul(outputs, tf.reshape(by_sum, outputs.shape), transpose_a=True)
                for by_sum, _ in zip(by_sums, kernels, strict=False)
            ]
            return [*by_sums, *by_kernels, *by_states]

        return ([after[0], *last] if whole else last), gradient

    found = computed(*sums, *kernels, *states)
    return (found[0], found[1:]) if whole else (found[0][tf.newaxis], found)


@tf.function(jit_compile=True, autograph=False)
def _values(
    cell: Cell, sums: Sequence[Any], kernels: Sequence[Any], states: Sequence[Any], counted: Any
) -> tuple[list[Any], list[Any]]:
    """The complete sums and the states of all steps, `(time, batch, units)`."""

    def advance(step: Any, states: Sequence[Any], arrays: Sequence[Any]) -> tuple[Any, ...]:
        looking = [
            one[step] + tf.matmul(states[0], kernel) for one, kernel in zip(sums, kernels, strict=False)
        ]
        complete = (*looking, *(one[step] for one in sums[len(kernels) :]))
        states = _stepped(cell, complete, states, counted, step)
        return step + 1, states, _written(arrays, step, (*complete, *states))

    time = sums[0].shape[0]
    start = (0, tuple(states), _arrays(time, (*sums, *states)))
    *_, arrays = tf.while_loop(lambda step, *_: step < time, advance, start)
    kept = [array.stack() for array in arrays]
    return kept[: len(sums)], kept[len(sums) :]


@tf.function(jit_compile=True, autograph=False)
def _gradient(
    cell: Cell,
    complete: Sequence[Any],
    kernels: Sequence[Any],
    before: Sequence[Any],
    counted: Any,
    above: Any,
    at_end: Sequence[Any],
) -> tuple[list[Any], list[Any]]:
    """The gradient by the sums of all steps, and by the states to begin from.

    Args:
        cell: of the layer.
        complete: sums, `(time, batch, units)`.
        kernels: for the state.
        before: the states that a step begins from, `(time, batch, units)`.
        counted: which steps change the states.
        above: gradient by the outputs of all steps; None when only the last states are used.
        at_end: gradient by the last states.
    """

    def retreat(step: Any, by_states: Sequence[Any], arrays: Sequence[Any]) -> tuple[Any, ...]:
        given = [one[step] for one in complete], [one[step] for one in before]
        if above is not None:
            by_states = (by_states[0] + above[step], *by_states[1:])
        with tf.GradientTape() as tape:
            tape.watch(given)
            states = _stepped(cell, *given, counted, step)
        by_sums, (by_output, *others) = tape.gradient(states, given, by_states, unconnected_gradients="zero")
        for by_sum, kernel in zip(by_sums, kernels, strict=False):
            by_output += tf.matmul(by_sum, kernel, transpose_b=True)
        return step - 1, (by_output, *others), _written(arrays, step, by_sums)

    time = complete[0].shape[0]
    start = (time - 1, tuple(at_end), _arrays(time, complete))
    _, by_states, arrays = tf.while_loop(lambda step, *_: step >= 0, retreat, start)
    return [array.stack() for array in arrays], list(by_states)


def _stepped(
    cell: Cell, sums: Sequence[Any], states: Sequence[Any], counted: Any, step: Any
) -> tuple[Any, ...]:
    """The states after a step; where it does not count, those before it."""
    after = cell.step(sums, states)
    if counted is None:
        return after
    return tuple(tf.where(counted[step], new, old) for new, old in zip(after, states, strict=True))


def _arrays(time: int, like: Sequence[Any]) -> tuple[Any, ...]:
    """An empty array for each kind of value, which has one for every step."""
    return tuple(tf.TensorArray(tf.float32, time, element_shape=one.shape[-2:]) for one in like)


def _written(arrays: Sequence[Any], step: Any, values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(array.write(step, value) for array, value in zip(arrays, values, strict=True))
