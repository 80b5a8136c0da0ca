"""The one training loop: epochs, blocks, callbacks."""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import keras
import numpy as np

from recipe.data.datasets import Arrays, Dataset
from recipe.data.order import epoch_order, in_batches
from recipe.diagnostics.machine import Diverged
from recipe.diagnostics.problems import RecipeError
from recipe.program.programs import Monitor, Program
from recipe.program.seeds import derive
from recipe.training.engine import Engine


class DivergedError(RecipeError):
    """The loss is no number any more."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class EpochRow:
    """What one epoch gave.

    Args:
        epoch: from 1.
        step: updates so far.
        learning_rate: of the next update.
        seconds: that the epoch took, validation included.
        logs: loss and metrics, those of validation with `val_` before.
    """

    epoch: int
    step: int
    learning_rate: float
    seconds: float
    logs: Mapping[str, float]

    @property
    def cells(self) -> dict[str, float]:
        """The row of `metrics.csv`."""
        return {
            "epoch": self.epoch,
            "step": self.step,
            "learning_rate": self.learning_rate,
            "seconds": round(self.seconds, 4),
            **self.logs,
        }


class Progress(Protocol):
    """Who wants to know how far a run is."""

    def begin(self, program: Program, parameters: int) -> None:
        """Training starts."""

    def block(self, step: int, epoch: int, logs: Mapping[str, float]) -> None:
        """A block of steps is done."""

    def epoch(self, row: EpochRow, best: "Best") -> None:
        """An epoch and its validation are done."""


@dataclass(slots=True)
class Best:
    """The best epoch so far, by the monitor's metric."""

    monitor: Monitor
    epoch: int = 0
    value: float = math.nan

    def see(self, row: EpochRow) -> bool:
        """Take an epoch into account; whether it is the best now. What is not finite is no improvement."""
        value = row.logs.get(self.monitor.metric, math.nan)
        better = value > self.value if self.monitor.direction == "max" else value < self.value
        if not math.isfinite(value) or not (better or self.epoch == 0):
            return False
        self.epoch, self.value = row.epoch, value
        return True


@dataclass(slots=True)
class Loop:
    """Trains one compiled Program.

    Args:
        program: with facts.
        engine: runs blocks.
        dataset: the splits.
        callbacks: Keras callbacks.
        progress: told of every block and epoch.
    """

    program: Program
    engine: Engine
    dataset: Dataset
    callbacks: tuple[Any, ...]
    progress: tuple[Progress, ...]
    rows: list[EpochRow] = field(default_factory=list)
    best: Best = field(init=False)
    step: int = 0

    def __post_init__(self) -> None:
        self.best = Best(self.program.monitor)

    def run(self) -> None:
        """Train to the end, or until a callback stops it.

        Raises:
            DivergedError: R652 when the loss of an epoch is not finite.
        """
        model = self.engine.compiled.model
        model.stop_training = False
        callbacks = keras.callbacks.CallbackList(list(self.callbacks), model=model)
        callbacks.on_train_begin()
        for epoch in range(int(str(self.program.training.epochs))):
            callbacks.on_epoch_begin(epoch)
            row = self._epoch(epoch, callbacks)
            self.rows.append(row)
            self.best.see(row)
            for listener in self.progress:
                listener.epoch(row, self.best)
            callbacks.on_epoch_end(epoch, dict(row.logs))
            if model.stop_training:
                break
        callbacks.on_train_end(dict(self.rows[-1].logs) if self.rows else None)

    @property
    def stopped_early(self) -> bool:
        """Whether a callback ended the run before its plan."""
        return len(self.rows) < int(str(self.program.training.epochs))

    def _epoch(self, epoch: int, callbacks: Any) -> EpochRow:
        started = time.perf_counter()
        train = self.dataset.splits["train"]
        self.engine.reset()
        for block in self._blocks(epoch, train):
            callbacks.on_train_batch_begin(self.step)
            self.engine.train(train, block)
            self.step += len(block)
            callbacks.on_train_batch_end(self.step - 1)
            for listener in self.progress:
                listener.block(self.step, epoch + 1, {})
        logs = self.engine.logs()
        rate = self.learning_rate
        if not math.isfinite(logs["loss"]):
            raise DivergedError([Diverged(None, epoch + 1, rate)])
        if "validation" in self.dataset.splits:
            validation = self.engine.evaluate(self.dataset.splits["validation"])
            logs |= {f"val_{name}": value for name, value in validation.items()}
        return EpochRow(epoch + 1, self.step, rate, time.perf_counter() - started, logs)

    def _blocks(self, epoch: int, train: Arrays) -> Iterator[np.ndarray]:
        """The index blocks of an epoch: pure in (seed, epoch), cut at the last step of the run."""
        seed = derive(self.program.runtime.seed, "order")
        full, rest = in_batches(
            epoch_order(seed, epoch, len(train)), int(str(self.program.training.batch_size))
        )
        left = int(str(self.program.training.total_steps)) - self.step
        start = 0
        while start < min(len(full), left):
            size = 1 if self._watches_batches else self.engine.block
            block = full[start : min(start + size, left)]
            yield block
            start += len(block)
        if len(rest) and left > len(full):
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
