"""Blocks of steps as one `jax.lax.fori_loop`, compiled by XLA once for every batch size.

The step is written with Keras's own objects inside a `StatelessScope`, which turns what they assign into
values that the loop carries. On a CPU, XLA runs convolutions inside a loop on one thread and without Eigen
(github.com/jax-ml/jax/issues/12868): ResNet-20 takes 50 times as long. So there a network with convolutions
is compiled as one step, and Python loops.
"""

import hashlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np

from recipe.compiler.batches import Batch
from recipe.compiler.groups import resting
from recipe.data.datasets import Arrays
from recipe.data.packing.mapped import Mapped
from recipe.data.windows import Windows
from recipe.program.caches import cache_folder
from recipe.training.engines.engine import Engine, Kind, convolves, padded, part_sizes
from recipe.training.engines.feeds import stored
from recipe.training.engines.pulses import clipping, norm, sampled, update_ratio
from recipe.training.environments import processor

Values = list[Any]


@dataclass(frozen=True, slots=True)
class Carried:
    """The values that steps change, in the order of their variables.

    Args:
        weights: trainable weights.
        rest: batch norm statistics, seeds and metric accumulators.
        optimizer: its slots and its step number.
        pulse: norm of the newest gradient that was measured, and number of clipped steps.
    """

    weights: Values
    rest: Values
    optimizer: Values
    pulse: Values


jax.tree_util.register_dataclass(
    Carried, data_fields=["weights", "rest", "optimizer", "pulse"], meta_fields=[]
)
jax.tree_util.register_dataclass(Windows, data_fields=["values", "starts"], meta_fields=["length"])


def keep_compilations() -> None:
    """Let XLA keep what it compiles between processes, by processor, unless the user keeps it elsewhere."""
    if jax.config.jax_compilation_cache_dir is None:
        name = hashlib.sha256(processor().encode()).hexdigest()[:16]
        jax.config.update("jax_compilation_cache_dir", str(cache_folder() / "xla" / name))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)


@dataclass(slots=True)
class JaxEngine(Engine):
    """Runs blocks as one compiled loop; the state is donated, the data are not."""

    _functions: dict[tuple[Kind, frozenset[str]], Callable[..., Any]] = field(default_factory=dict)
    _watching: dict[str, Callable[..., Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Engine.__post_init__(self)
        keep_compilations()

    def scope(self) -> AbstractContextManager[Any]:
        """Nothing: variables are copied to the devices when a block runs."""
        return nullcontext()

    @property
    def _strategy(self) -> Any:
        return self.compiled.strategy

    def execute(self, kind: Kind, arrays: Arrays, order: np.ndarray) -> tuple[float, float]:
        """Run some steps and hand the new values to the variables."""
        examples, order = self.feed.examples(arrays, order)
        key = (kind, self.frozen)
        if key not in self._functions:
            step = {Kind.TRAIN: self._train_step, Kind.EVALUATE: self._evaluation_step}[kind]
            self._functions[key] = jax.jit(
                lambda *operands: self._block(step, *operands),
                donate_argnums=0,
                out_shardings=self._strategy.kept,
            )
        carried = self._strategy.copied(self._values())
        for block in self._calls(order):
            carried = self._functions[key](carried, examples, *block)
        norm, clipped = map(float, carried.pulse)
        self._assign(carried)
        return norm, clipped

    @property
    def wants_one_shape(self) -> bool:
        """XLA does."""
        return True

    def place(self, examples: Batch) -> Batch:
        """A copy on every device."""
        read = jax.tree.map(lambda one: np.asarray(one) if isinstance(one, Mapped) else one, examples)
        placed: Batch = self._strategy.copied(read)
        return placed

    def sample(self) -> Any:
        """Some values of each weight that is trained."""
        if "sample" not in self._watching:
            self._watching["sample"] = jax.jit(lambda weights: sampled(weights))
        return self._watching["sample"]([weight.value for weight in self.weights])

    def ratio(self, before: Any) -> float:
        """How far the weights moved."""
        if "ratio" not in self._watching:
            self._watching["ratio"] = jax.jit(lambda weights, before: update_ratio(weights, before))
        return float(self._watching["ratio"]([weight.value for weight in self.weights], before))

    def _calls(self, order: np.ndarray) -> Iterator[tuple[np.ndarray, int | None]]:
        """The calls that a block is made of: indices, and how many of their rows are steps."""
        if self._loops:
            yield padded(order)
            return
        yield from ((rows, None) for rows in order)

    @property
    def _loops(self) -> bool:
        """Whether steps stand in a compiled loop."""
        return not (jax.default_backend() == "cpu" and convolves(self.compiled.model))

    def gradients(self, arrays: Arrays, rows: np.ndarray) -> tuple[float, list[np.ndarray]]:
        """The loss of one batch and its gradients."""
        now = self._values()
        chosen = _rows_of(stored(arrays), rows)

        def loss_of(weights: Values) -> Any:
            batch, rest = self._prepared(now.rest, chosen, training=True)
            return self._forward(weights, rest, batch, training=True)[0]

        loss, found = jax.jit(jax.value_and_grad(loss_of))(now.weights)
        return float(loss), [np.asarray(gradient) for gradient in found]

    @property
    def _rest(self) -> list[Any]:
        measured = [variable for metric in self.measures for variable in metric.variables]
        trained = {id(weight) for weight in self.weights}
        others = [one for one in self.compiled.model.variables if id(one) not in trained]
        return [*others, *self.compiled.batch.variables, *measured]

    def _values(self) -> Carried:
        def values(variables: Sequence[Any]) -> Values:
            return [variable.value for variable in variables]

        slots = values(self.compiled.optimizer.variables)
        return Carried(values(self.weights), values(self._rest), slots, [jnp.zeros(()), jnp.zeros(())])

    def _assign(self, carried: Carried) -> None:
        for variables, values in (
            (self.weights, carried.weights),
            (self._rest, carried.rest),
            (self.compiled.optimizer.variables, carried.optimizer),
        ):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)

    def _block(
        self,
        step: Callable[..., Carried],
        carried: Carried,
        examples: Batch,
        order: Any,
        steps: Any,
    ) -> Any:
        if steps is None:
            return step(carried, self._batch(examples, order), last=jnp.array(True))

        def body(index: Any, now: Carried) -> Carried:
            return step(now, self._batch(examples, order[index]), last=index + 1 == steps)

        return jax.lax.fori_loop(0, steps, body, carried)

    def _batch(self, examples: Any, rows: Any) -> Batch:
        """The examples of a step, each device with its share of them."""
        batch: Batch = self._strategy.shared(_rows_of(examples, rows))
        return batch

    def _train_step(self, now: Carried, chosen: Batch, *, last: Any) -> Carried:
        """One update: gradients summed by examples over parts, then clipped and applied."""
        optimizer = self.compiled.optimizer
        batch, rest = self._prepared(now.rest, chosen, training=True)
        gradients, rest = self._gradients(replace(now, rest=rest), batch)
        pulse = self._pulse(now, gradients, last)
        weights, slots = applied(optimizer, now, self._whole(gradients, [None] * len(now.weights)))
        return Carried(weights, rest, slots, pulse)

    def _gradients(self, now: Carried, batch: Batch) -> tuple[Values, Values]:
        """The gradient of a batch from all its parts, one after the other, and the rest after them."""
        examples, parts = _size(batch.targets), self.compiled.program.training.accumulate
        if parts == 1:
            return self._of_part(now, batch)
        size = part_sizes(examples, parts)[0]
        whole = examples // size

        def add(index: Any, summed: tuple[Values, Values]) -> tuple[Values, Values]:
            some = self._strategy.shared(_part(batch, index * size, size))
            found, rest = self._of_part(replace(now, rest=summed[1]), some)
            return _added(summed[0], found, size / examples), rest

        summed = ([jnp.zeros_like(one) for one in self._live_of(now.weights)], now.rest)
        if self._loops:
            summed = jax.lax.fori_loop(0, whole, add, summed)
        else:
            for index in range(whole):
                summed = add(index, summed)
        left = examples - whole * size
        if left:
            some = _part(batch, whole * size, left)
            found, rest = self._of_part(replace(now, rest=summed[1]), some)
            summed = _added(summed[0], found, left / examples), rest
        return summed

    def _of_part(self, now: Carried, batch: Batch) -> tuple[Values, Values]:
        """The gradient of the mean loss of some examples, and the rest after them."""
        optimizer = self.compiled.optimizer

        def scaled_loss(live: Values) -> tuple[Any, Values]:
            weights = self._whole(live, now.weights)
            loss, rest = self._forward(weights, now.rest, batch, training=True)
            with keras.StatelessScope(list(zip(optimizer.variables, now.optimizer, strict=True))):
                return optimizer.scale_loss(loss), rest

        live = self._live_of(now.weights)
        found: tuple[Values, Values] = jax.grad(scaled_loss, has_aux=True)(live)
        return found

    def _live_of(self, values: Values) -> Values:
        """What belongs to the weights that are trained, of a value for each weight."""
        return [
            one for weight, one in zip(self.weights, values, strict=True) if weight.path not in self.frozen
        ]

    def _whole(self, live: Values, others: Values) -> Values:
        """A value for each weight: of those that are trained, and of the others."""
        given = iter(live)
        return [
            other if weight.path in self.frozen else next(given)
            for weight, other in zip(self.weights, others, strict=True)
        ]

    def _pulse(self, now: Carried, gradients: Values, last: Any) -> Values:
        """The norm of a gradient, and how many were clipped; only of the last step where none is."""
        optimizer = self.compiled.optimizer
        with keras.StatelessScope(list(zip(optimizer.variables, now.optimizer, strict=True))):
            limit, scale = clipping(optimizer)
            scale = jnp.asarray(scale)
        if limit is None:
            length = jax.lax.cond(last, lambda: norm(gradients) / scale, lambda: now.pulse[0])
            return [length, now.pulse[1]]
        length = norm(gradients) / scale
        return [length, now.pulse[1] + (length > limit)]

    def _evaluation_step(self, now: Carried, chosen: Batch, *, last: Any) -> Carried:
        batch, rest = self._prepared(now.rest, chosen, training=False)
        _, rest = self._forward(now.weights, rest, batch, training=False)
        return replace(now, rest=rest)

    def _prepared(self, rest: Values, chosen: Batch, *, training: bool) -> tuple[Batch, Values]:
        """A batch after the batch program, and the rest after it."""
        with keras.StatelessScope(list(zip(self._rest, rest, strict=True))) as scope:
            batch = self.compiled.batch(chosen, training=training)
        return batch, [scope.get_current_value(variable) for variable in self._rest]

    def _forward(self, weights: Values, rest: Values, batch: Batch, *, training: bool) -> tuple[Any, Values]:
        """The loss of a batch, and the new values of everything that is no weight."""
        model = self.compiled.model
        variables = [*self.weights, *self._rest]
        with keras.StatelessScope(list(zip(variables, [*weights, *rest], strict=True))) as scope:
            with resting(model, self.frozen if training else frozenset()):
                outputs = model(batch.inputs, training=training)
            loss = self.compiled.compute_loss(batch, outputs, training=training)
            self.loss.update_state(loss, sample_weight=_size(batch.targets))
            self.compiled.measure(batch, outputs)
        return loss, [scope.get_current_value(variable) for variable in self._rest]


def _rows_of(examples: Batch, rows: Any) -> Batch:
    """Some examples of a split."""
    chosen: Batch = jax.tree.map(
        lambda array: array[rows], examples, is_leaf=lambda value: isinstance(value, Windows)
    )
    return chosen


def _size(values: Any) -> int:
    """How many examples there are."""
    return int(jax.tree.leaves(values)[0].shape[0])


def _part(values: Any, start: Any, size: int) -> Any:
    """Some examples in a row."""
    return jax.tree.map(lambda array: jax.lax.dynamic_slice_in_dim(array, start, size), values)


def _added(summed: Values, found: Values, share: float) -> Values:
    """Sums of gradients with a share of further ones."""
    return [one + share * more for one, more in zip(summed, found, strict=True)]


def applied(optimizer: Any, now: Carried, gradients: Values) -> tuple[Values, Values]:
    """The weights and slots after an update; Keras would warn of weights that have no gradient for now."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Gradients do not exist")
        found: tuple[Values, Values] = optimizer.stateless_apply(now.optimizer, gradients, now.weights)
    return found
