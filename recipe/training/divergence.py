"""When a loss or a weight is no number any more: the step is found, what was good is kept, and the rest told.

Nothing is kept for this while all is well. A run is the same whenever it is repeated, so the newest State of
the epoch is enough: from there single steps lead to the one that broke.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import keras
import numpy as np

from recipe.data.datasets import Arrays
from recipe.diagnostics.numerics import Diverged
from recipe.diagnostics.problems import RecipeError
from recipe.program.facts import NO_NUMBER
from recipe.training import states
from recipe.training.engines.engine import Engine, Kind
from recipe.training.orders import steps_left
from recipe.training.states import State


class DivergedError(RecipeError):
    """The loss or a weight is no number any more."""

    exit_code: ClassVar[int] = 4


@dataclass(frozen=True, slots=True)
class Replay:
    """A run that goes back to a State and from there step by step.

    Args:
        engine: that trains.
        callbacks: of the run.
        train: the training split.
        point: where to go back to; everything in it is finite.
    """

    engine: Engine
    callbacks: Sequence[Any]
    train: Arrays
    point: State

    def investigate(self) -> tuple[State, Diverged]:
        """The State before the step that broke, and what is known about that step."""
        blocks = steps_left(self.engine.compiled.program, self.point.position, self.train)
        good = self._good_steps(blocks)
        self._go(blocks[:good])
        before, rate = self._state(good), self._learning_rate
        position = before.position
        facts: tuple[float, str, tuple[int, ...]] = (math.nan, "", ())
        if good < len(blocks):  # else the same steps gave other numbers this time
            facts = self._of_step(blocks[good])
        return before, Diverged(None, position.epoch + 1, position.step + 1, rate, *facts)

    def _go(self, blocks: Sequence[np.ndarray]) -> None:
        states.put_back(self.point, self.engine, self.callbacks)
        for block in blocks:
            self.engine.run(Kind.TRAIN, self.train, block)

    def _good_steps(self, blocks: Sequence[np.ndarray]) -> int:
        """How many steps leave everything finite."""
        self._go(())
        for number, block in enumerate(blocks):
            self.engine.run(Kind.TRAIN, self.train, block)
            if not math.isfinite(self.engine.total_loss()) or broken_weights(self.engine.compiled.model):
                return number
        return len(blocks)

    def _state(self, steps: int) -> State:
        now = self.point.position
        position = replace(now, step=now.step + steps, batches=now.batches + steps)
        return replace(self.point, position=position, arrays=states.arrays_of(self.engine, self.callbacks))

    @property
    def _learning_rate(self) -> float:
        return float(keras.ops.convert_to_numpy(self.engine.compiled.optimizer.learning_rate))

    def _of_step(self, block: np.ndarray) -> tuple[float, str, tuple[int, ...]]:
        """Of the step that broke: the norm of its gradient, what was not finite first, and its examples."""
        weights = self.engine.compiled.model.trainable_weights
        loss, gradients = self.engine.gradients(self.train, block[0])
        named = {weight.path: array for weight, array in zip(weights, gradients, strict=True)}
        norm = math.sqrt(sum(float(np.square(array, dtype=np.float64).sum()) for array in named.values()))
        examples = _numbers(self.train, block[0])
        if poisoned := self._broken_examples(block[0]):
            return norm, f"a value of example {poisoned[0]}", examples
        if not math.isfinite(loss):
            return norm, "the loss", examples
        if gradient := broken(named):
            return norm, f"the gradient of `{gradient[0]}`", examples
        self.engine.run(Kind.TRAIN, self.train, block)
        weight = broken_weights(self.engine.compiled.model)
        return norm, f"the weight `{weight[0]}` after its update" if weight else "", examples

    def _broken_examples(self, batch: np.ndarray) -> tuple[int, ...]:
        """The numbers, in their source, of the examples of a batch that hold a value that is not finite."""
        facts = self.engine.compiled.program.facts
        filled = {one.name for one in facts.targets if one.not_counted == NO_NUMBER} if facts else ()
        parts = [(values, False) for values in self.train.inputs.values()]
        parts += [(values, name in filled) for name, values in self.train.targets.items()]
        whole = [_are_whole(values[batch], is_filled=is_filled) for values, is_filled in parts]
        return _numbers(self.train, batch[~np.all(whole, axis=0)])


def broken_weights(model: Any) -> tuple[str, ...]:
    """The paths of the weights of a network that hold a value that is not finite."""
    return broken({weight.path: keras.ops.convert_to_numpy(weight) for weight in model.weights})


def broken(arrays: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    """The names of the arrays that hold a value that is not finite."""
    return tuple(name for name, array in arrays.items() if not np.isfinite(array).all())


def _are_whole(values: np.ndarray, *, is_filled: bool) -> np.ndarray:
    """Which examples hold nothing but finite values, and NaN where sequences are filled up with it."""
    sound = np.isfinite(values) | np.isnan(values) if is_filled else np.isfinite(values)
    return np.asarray(sound.reshape(len(values), -1).all(axis=1))


def _numbers(train: Arrays, batch: np.ndarray) -> tuple[int, ...]:
    """The numbers of examples in their source, wherever the epoch cut them."""
    return tuple(train.rows[batch % len(train)].tolist())
