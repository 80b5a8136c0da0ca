"""`engine: fit`: blocks are driven by Keras's own `fit` and `evaluate`, a call a step.

The step is that of the other engines, so the numbers are the same within rounding; the loop over batches, the
compilation of one step and its callbacks are Keras's. It is slower: for a Keras whose inside has changed, and
to compare with.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from recipe.compiler.batches import Batch
from recipe.compiler.groups import resting
from recipe.data.datasets import Arrays
from recipe.training.engines.engine import Kind
from recipe.training.engines.tensorflow import Step, TensorFlowEngine, rows_of

NORM, CLIPPED = "gradient_norm", "clipped"


@dataclass(slots=True)
class FitEngine(TensorFlowEngine):
    """Hands each block to `fit` or `evaluate` of a model of the same layers."""

    _drivers: dict[tuple[Kind, int, int, frozenset[str]], Any] = field(default_factory=dict)

    def execute(self, kind: Kind, arrays: Arrays, order: np.ndarray) -> tuple[float, float]:
        """Run some steps, the batches in the order that they have."""
        examples, rows = self.feed.examples(arrays, order)
        given: Any = rows
        if self.feed.streams(arrays):
            given = tuple(tf.gather(one, rows) for one in tf.nest.flatten(examples))
        driver, batches = (
            self._driver(kind, arrays, order.shape[1], examples),
            tf.data.Dataset.from_tensor_slices(given),
        )
        if kind is Kind.EVALUATE:
            driver.evaluate(batches, verbose=0)
            return 0.0, 0.0
        clipped: list[float] = []
        count = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda _, logs: clipped.append(float(logs[CLIPPED]))
        )
        history = driver.fit(batches, verbose=0, shuffle=False, callbacks=[count]).history
        return float(history[NORM][-1]), sum(clipped)

    def _driver(self, kind: Kind, arrays: Arrays, batch: int, examples: Batch) -> Any:
        """The model whose loop Keras runs, around our step over a split.

        The network itself stays as it was compiled; this one has its layers, and no loss or metrics. There is
        one for each batch size, since Keras lets go of a size that changes, and our step has to know it.
        """
        key = (kind, id(arrays), batch, self.frozen)
        if key not in self._drivers:
            network = self.compiled.model
            driver = keras.Model(network.inputs, network.outputs, name="driver")
            driver.compile(optimizer=self.compiled.optimizer, jit_compile=False, auto_scale_loss=False)
            if kind is Kind.TRAIN:
                driver.train_step = self._on_rows(arrays, examples, self._train_step)
            else:
                driver.test_step = self._on_rows(arrays, examples, self._evaluation_step)
            self._drivers[key] = driver
        return self._drivers[key]

    def _on_rows(
        self, arrays: Arrays, examples: Batch, step: Callable[[Any, Step], Any]
    ) -> Callable[[Any], dict[str, Any]]:
        """The step on what a batch holds: rows of examples on the device, or streamed examples themselves."""
        streams = self.feed.streams(arrays)
        form = tf.nest.map_structure(lambda _: None, examples) if streams else examples

        def on_rows(given: Any) -> dict[str, Any]:
            chosen = tf.nest.pack_sequence_as(form, given) if streams else rows_of(form, given)
            with resting(self.compiled.model, self.frozen):
                norm, clipped = step(chosen, Step(1.0, tf.constant(True)))
            return {NORM: norm, CLIPPED: clipped}

        return on_rows
