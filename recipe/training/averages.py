"""The averaged weights of `regularization.ema`: what a run measures and keeps, while it trains the others.

Keras's optimizers hold an average beside each weight. It takes the weight's place while an epoch is validated
and told of, and for good when training ends; a checkpoint, which is taken in between, holds both.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from recipe.training.engines.engine import Engine


@dataclass(slots=True)
class Averages:
    """Puts averages in the place of weights, and back.

    Args:
        engine: of the run.
    """

    engine: Engine
    _shown: bool = False

    @property
    def _pairs(self) -> list[tuple[Any, Any]]:
        """Each weight with its average; none where the optimizer keeps none."""
        optimizer = self.engine.compiled.optimizer
        inner = getattr(optimizer, "inner_optimizer", optimizer)
        if not inner.use_ema:
            return []
        both = zip(inner._trainable_variables, inner._model_variables_moving_average, strict=True)
        return [(weight, average) for weight, average in both if average is not None]

    def _swap(self) -> None:
        with self.engine.scope():
            for weight, average in self._pairs:
                values = [np.array(keras.ops.convert_to_numpy(one)) for one in (weight, average)]
                average.assign(values[0])
                weight.assign(values[1])
        self._shown = not self._shown

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Let the network have its averaged weights, where there are any."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Let the network have the weights that are trained, inside `shown` too."""
        if not self._shown:
            yield
            return
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def keep(self) -> None:
        """Give the network its averaged weights for good."""
        with self.engine.scope():
            for weight, average in self._pairs:
                weight.assign(np.array(keras.ops.convert_to_numpy(average)))
