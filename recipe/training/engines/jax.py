"""Blocks of steps as one `jax.lax.fori_loop`, compiled by XLA once for every batch size.

The step is written with Keras's own objects inside a `StatelessScope`, which turns what they assign into
values that the loop carries.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import jax
import keras
import numpy as np

from recipe.data.datasets import Arrays
from recipe.training.engines.engine import LARGEST_BLOCK, Engine, Kind, one_array

Values = list[Any]
# Indices that fit into the buffer of a block: 1 MiB.
ROOM = 2**18


@dataclass(frozen=True, slots=True)
class Carried:
    """The values that steps change, in the order of their variables.

    Args:
        weights: trainable weights.
        rest: batch norm statistics, seeds and metric accumulators.
        optimizer: its slots and its step number.
    """

    weights: Values
    rest: Values
    optimizer: Values


jax.tree_util.register_dataclass(Carried, data_fields=["weights", "rest", "optimizer"], meta_fields=[])


@dataclass(slots=True)
class JaxEngine(Engine):
    """Runs blocks as one compiled loop; the state is donated, the data are not."""

    _functions: dict[Kind, Callable[..., Any]] = field(default_factory=dict)
    _data: dict[int, tuple[Any, Any]] = field(default_factory=dict)

    def scope(self) -> AbstractContextManager[Any]:
        """Nothing: one device."""
        return nullcontext()

    def run(self, kind: Kind, arrays: Arrays, order: np.ndarray) -> None:
        """Run one block and hand the new values to the variables."""
        if id(arrays) not in self._data:
            inputs, targets = one_array(arrays)
            self._data[id(arrays)] = (jax.device_put(inputs), jax.device_put(targets))
        if kind not in self._functions:
            step = {Kind.TRAIN: self._train_step, Kind.EVALUATE: self._evaluation_step}[kind]
            self._functions[kind] = jax.jit(lambda *operands: self._block(step, *operands), donate_argnums=0)
        steps, batch = order.shape
        # Blocks of every length share one compilation: the loop's bound is a value, not a shape.
        room = np.zeros((max(steps, min(LARGEST_BLOCK, ROOM // batch)), batch), np.int32)
        room[:steps] = order
        carried = self._functions[kind](self._values(), *self._data[id(arrays)], room, steps)
        jax.block_until_ready(carried.rest[-1])
        self._assign(carried)

    @property
    def _weights(self) -> list[Any]:
        return list(self.compiled.model.trainable_variables)

    @property
    def _rest(self) -> list[Any]:
        measured = [variable for metric in self.measures for variable in metric.variables]
        return [*self.compiled.model.non_trainable_variables, *self.compiled.batch.variables, *measured]

    def _values(self) -> Carried:
        def values(variables: Sequence[Any]) -> Values:
            return [variable.value for variable in variables]

        return Carried(values(self._weights), values(self._rest), values(self.compiled.optimizer.variables))

    def _assign(self, carried: Carried) -> None:
        for variables, values in (
            (self._weights, carried.weights),
            (self._rest, carried.rest),
            (self.compiled.optimizer.variables, carried.optimizer),
        ):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)

    def _block(
        self,
        step: Callable[..., Carried],
        carried: Carried,
        inputs: Any,
        targets: Any,
        order: Any,
        steps: Any,
    ) -> Any:
        def body(index: Any, now: Carried) -> Carried:
            return step(now, inputs[order[index]], targets[order[index]])

        return jax.lax.fori_loop(0, steps, body, carried)

    def _train_step(self, now: Carried, inputs: Any, targets: Any) -> Carried:
        optimizer = self.compiled.optimizer

        def scaled_loss(weights: Values) -> tuple[Any, Values]:
            loss, rest = self._forward(weights, now.rest, inputs, targets, training=True)
            with keras.StatelessScope(list(zip(optimizer.variables, now.optimizer, strict=True))):
                return optimizer.scale_loss(loss), rest

        gradients, rest = jax.grad(scaled_loss, has_aux=True)(now.weights)
        weights, slots = optimizer.stateless_apply(now.optimizer, gradients, now.weights)
        return Carried(weights, rest, slots)

    def _evaluation_step(self, now: Carried, inputs: Any, targets: Any) -> Carried:
        _, rest = self._forward(now.weights, now.rest, inputs, targets, training=False)
        return Carried(now.weights, rest, now.optimizer)

    def _forward(
        self, weights: Values, rest: Values, inputs: Any, targets: Any, *, training: bool
    ) -> tuple[Any, Values]:
        """The loss of a batch, and the new values of everything that is no weight."""
        model = self.compiled.model
        variables = [*self._weights, *self._rest]
        with keras.StatelessScope(list(zip(variables, [*weights, *rest], strict=True))) as scope:
            inputs, targets = self.compiled.batch(inputs, targets, training=training)
            outputs = model(inputs, training=training)
            loss = model.compute_loss(inputs, targets, outputs, training=training)
            self.loss.update_state(loss, sample_weight=targets.shape[0])
            for metric in self.compiled.metrics:
                metric.update_state(targets, outputs)
        return loss, [scope.get_current_value(variable) for variable in self._rest]
