"""The one training loop: epochs, blocks, callbacks."""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import keras
import numpy as np

from recipe.data.datasets import Arrays, Dataset
from recipe.data.order import epoch_order, in_batches
from recipe.diagnostics.machine import Diverged
from recipe.diagnostics.problems import RecipeError
from recipe.program.programs import Program
from recipe.program.seeds import derive
from recipe.training import states
from recipe.training.engines.engine import Engine, Kind
from recipe.training.rows import Best, EpochRow
from recipe.training.states import Position, State


class DivergedError(RecipeError):
    """The loss is no number any more."""

    exit_code = 4


class Progress(Protocol):
    """Who wants to know how far a run is."""

    def begin(self, program: Program, parameters: int) -> None:
        """Training starts."""

    def block(self, step: int, epoch: int, logs: Mapping[str, float]) -> None:
        """A block of steps is done."""

    def epoch(self, row: EpochRow, best: Best) -> None:
        """An epoch and its validation are done."""


class Border(Protocol):
    """What happens between two blocks: checkpoints, and leaving when a signal asks for it."""

    def __call__(self, step: int, take: Callable[[], State]) -> None:
        """Called after every block with the last step and a function that takes the run's State."""


def no_border(step: int, take: Callable[[], State]) -> None:
    """Nothing happens between blocks."""


@dataclass(slots=True)
class Loop:
    """Trains one compiled Program.

    Args:
        engine: runs blocks.
        dataset: the splits.
        callbacks: Keras callbacks.
        progress: told of every block and epoch.
        border: called between blocks.
    """

    engine: Engine
    dataset: Dataset
    callbacks: tuple[Any, ...]
    progress: Sequence[Progress] = ()
    border: Border = no_border
    rows: list[EpochRow] = field(default_factory=list)
    best: Best = field(init=False)
    position: Position = field(default=Position(0, 0, 0))

    def __post_init__(self) -> None:
        self.best = Best(self.program.monitor)

    @property
    def program(self) -> Program:
        """What is trained."""
        return self.engine.compiled.program

    def run(self, state: State | None = None) -> None:
        """Train to the end, or until a callback stops it.

        Args:
            state: where an earlier process left; None begins anew.

        Raises:
            DivergedError: R652 when the loss of an epoch is not finite.
        """
        model = self.engine.compiled.model
        model.stop_training = False
        callbacks = keras.callbacks.CallbackList(list(self.callbacks), model=model)
        callbacks.on_train_begin()
        self.engine.reset()
        if state is not None:
            self._continue_from(state)
        while self.position.epoch < self._epochs and not model.stop_training:
            self._epoch(callbacks)
        callbacks.on_train_end(dict(self.rows[-1].logs) if self.rows else None)

    def _continue_from(self, state: State) -> None:
        """Callbacks have reset themselves by now, so what they remembered is put back last."""
        states.put_back(state, self.engine, self.callbacks)
        self.position = state.position
        self.rows = list(state.rows)
        self.best.epoch, self.best.value = state.best

    def state(self) -> State:
        """The State of this moment."""
        return states.take(self.engine, self.callbacks, self.position, self.rows, self.best)

    @property
    def stopped_early(self) -> bool:
        """Whether a callback ended the run before its plan."""
        return len(self.rows) < self._epochs

    @property
    def weights_epoch(self) -> int:
        """The epoch, from 1, that the weights are of: the last, or the one that was brought back."""
        for callback in self.callbacks:
            if isinstance(callback, keras.callbacks.EarlyStopping) and callback.best_weights is not None:
                return int(callback.best_epoch) + 1
        return len(self.rows)

    @property
    def _epochs(self) -> int:
        return int(str(self.program.training.epochs))

    def _epoch(self, callbacks: Any) -> None:
        started = time.perf_counter()
        epoch = self.position.epoch
        callbacks.on_epoch_begin(epoch)
        self._train(callbacks)
        logs = self.engine.logs()
        rate = self.learning_rate
        if not math.isfinite(logs["loss"]):
            raise DivergedError([Diverged(None, epoch + 1, rate)])
        logs |= self._validate()
        row = EpochRow(epoch + 1, self.position.step, rate, time.perf_counter() - started, logs)
        self.rows.append(row)
        self.best.see(row)
        for listener in self.progress:
            listener.epoch(row, self.best)
        callbacks.on_epoch_end(epoch, dict(logs))
        self.position = Position(epoch + 1, self.position.step, 0)

    def _train(self, callbacks: Any) -> None:
        train = self.dataset.splits["train"]
        single = self._watches_batches
        for batches in self._rest_of_epoch(train):
            for block in self.engine.blocks(Kind.TRAIN, batches, single=single):
                callbacks.on_train_batch_begin(self.position.batches)
                self.engine.run_timed(Kind.TRAIN, train, block)
                now = self.position
                self.position = Position(now.epoch, now.step + len(block), now.batches + len(block))
                callbacks.on_train_batch_end(self.position.batches - 1)
                for listener in self.progress:
                    listener.block(self.position.step, now.epoch + 1, {})
                self.border(self.position.step, self.state)

    def _validate(self) -> dict[str, float]:
        if "validation" not in self.dataset.splits:
            self.engine.reset()
            return {}
        measured = self.engine.evaluate(self.dataset.splits["validation"])
        return {f"val_{name}": value for name, value in measured.items()}

    def _rest_of_epoch(self, train: Arrays) -> Iterator[np.ndarray]:
        """The batches that are left of the epoch, the smaller last one by itself.

        They are pure in (seed, epoch), and cut at the last step of the run.
        """
        seed = derive(self.program.runtime.seed, "order")
        order = epoch_order(seed, self.position.epoch, len(train))
        full, rest = in_batches(order, int(str(self.program.training.batch_size)))
        last = self.position.batches + int(str(self.program.training.total_steps)) - self.position.step
        start = self.position.batches
        if start < min(len(full), last):
            yield full[start:last]
        if len(rest) and start <= len(full) < last:
            yield rest.reshape(1, -1)

    @property
    def _watches_batches(self) -> bool:
        """Whether a callback overrides a batch hook and so must see every step."""
        plain = keras.callbacks.Callback
        return any(
            getattr(type(callback), hook) is not getattr(plain, hook)
            for callback in self.callbacks
            for hook in ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")
        )

    @property
    def learning_rate(self) -> float:
        """Of the next update."""
        return float(keras.ops.convert_to_numpy(self.engine.compiled.optimizer.learning_rate))
