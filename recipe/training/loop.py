"""The one training loop: epochs, blocks, callbacks."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, Protocol

import keras
import numpy as np

from recipe.data.datasets import Dataset
from recipe.diagnostics.numerics import MetricNotFinite
from recipe.diagnostics.problems import Problem
from recipe.program.programs import Program
from recipe.training import states
from recipe.training.averages import Averages
from recipe.training.divergence import DivergedError, Replay, broken, broken_weights
from recipe.training.engines.engine import Engine, Kind
from recipe.training.goals import reached
from recipe.training.orders import rest_of_epoch
from recipe.training.overfitting import has_fallen_behind, too_far_behind
from recipe.training.rows import Best, EpochRow
from recipe.training.states import Position, State
from recipe.training.timing import Timing


class Progress(Protocol):
    """Who wants to know how far a run is."""

    def begin(self, program: Program, parameters: int) -> None:
        """Training starts."""

    def block(self, step: int, epoch: int, logs: Mapping[str, float]) -> None:
        """A block of steps is done.

        Args:
            step: the last update of the block, from 1.
            epoch: from 1.
            logs: `loss`, the mean over the examples of the block, `examples` and `seconds`; of the last
                update `gradient_norm`, before it is clipped, and of one of the newest `update_ratio`, the
                norm of the change of the weights divided by theirs.
        """

    def epoch(self, row: EpochRow, best: Best) -> None:
        """An epoch and its validation are done."""

    def tell(self, problem: Problem) -> None:
        """There is something to know while the run goes on."""


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
        stopping: whether the border is waited for: then a validation ends early, to be done again on resume.
        leave: called between blocks of what is measured after the last step; raises to end the run there.
        rescue: called with the State before the step at which a run diverged.
        notes: told when training begins.
    """

    engine: Engine
    dataset: Dataset
    callbacks: tuple[Any, ...]
    progress: Sequence[Progress] = ()
    border: Border = no_border
    stopping: Callable[[], bool] = lambda: False
    leave: Callable[[], None] = lambda: None
    rescue: Callable[[State], None] = lambda state: None
    notes: Sequence[Problem] = ()
    rows: list[EpochRow] = field(default_factory=list)
    best: Best = field(init=False)
    averages: Averages = field(init=False)
    timing: Timing = field(default_factory=Timing)
    position: Position = field(default=Position(0, 0, 0))
    _began: float = 0.0
    _point: State | None = None
    _told: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.best = Best(self.program.monitor)
        self.averages = Averages(self.engine)

    @property
    def program(self) -> Program:
        """What is trained."""
        return self.engine.compiled.program

    def run(self, state: State | None = None) -> None:
        """Train to the end, or until a callback stops it.

        Args:
            state: where an earlier process left; None begins anew.

        Raises:
            DivergedError: R652 when a loss or a weight is not finite.
        """
        model = self.engine.compiled.model
        model.stop_training = False
        callbacks = keras.callbacks.CallbackList(list(self.callbacks), model=model)
        callbacks.on_train_begin()
        self.engine.reset()
        if state is not None:
            self._continue_from(state)
        self._began = time.perf_counter() - self.position.spent
        model.stop_training = self.has_fallen_behind or self.has_arrived or self.is_out_of_time
        while self.position.epoch < self._epochs and not model.stop_training:
            self._epoch(callbacks)
        self.averages.keep()
        callbacks.on_train_end(dict(self.rows[-1].logs) if self.rows else None)

    def _continue_from(self, state: State) -> None:
        """Callbacks have reset themselves by now, so what they remembered is put back last."""
        states.put_back(state, self.engine, self.callbacks)
        self.position = state.position
        self.rows = list(state.rows)
        self.best.epoch, self.best.value = state.best

    def state(self) -> State:
        """The State of this moment; a run that diverges goes back to the newest one of its epoch.

        Raises:
            DivergedError: R652 when a weight is not finite: such a State is never saved.
        """
        state = states.take(self.engine, self.callbacks, self.position, self.rows, self.best)
        if self._point is not None and broken(states.weights_in(state.arrays)):
            self._diverged()
        self._point = state
        return state

    def tell(self, problem: Problem) -> None:
        """Tell everybody who listens."""
        for listener in self.progress:
            listener.tell(problem)

    def _diverged(self) -> NoReturn:
        if self._point is None:
            raise ValueError("a State of this epoch is expected")
        train = self.dataset.splits["train"]
        before, problem = Replay(self.engine, self.callbacks, train, self._point).investigate()
        self.rescue(before)
        raise DivergedError([problem])

    @property
    def stopped_early(self) -> bool:
        """Whether something ended the run before its plan."""
        return self.position.step < int(str(self.program.training.total_steps))

    @property
    def weights_epoch(self) -> int:
        """The epoch, from 1, that the weights are of: the last, or the one that was brought back."""
        for callback in self.callbacks:
            if isinstance(callback, keras.callbacks.EarlyStopping) and callback.best_weights is not None:
                return int(callback.best_epoch) + 1
        return self.position.epoch

    @property
    def _epochs(self) -> int:
        return int(str(self.program.training.epochs))

    def _epoch(self, callbacks: Any) -> None:
        started = time.perf_counter()
        epoch = self.position.epoch
        callbacks.on_epoch_begin(epoch)
        self._train(callbacks)
        with self.averages.shown():
            self._measure(callbacks, started)
        self.position = Position(epoch + 1, self.position.step, 0, spent=self._spent)
        if self.has_arrived or self.is_out_of_time:
            self.engine.compiled.model.stop_training = True

    def _measure(self, callbacks: Any, started: float) -> None:
        """Validate what the epoch trained, and tell everybody."""
        epoch = self.position.epoch
        logs = self.engine.logs() | self._validate(callbacks)
        seconds = time.perf_counter() - started
        row = EpochRow(epoch + 1, self.position.step, self.learning_rate, seconds, logs, self._clipped)
        self.rows.append(row)
        self.best.see(row)
        self._tell_broken(row)
        for listener in self.progress:
            listener.epoch(row, self.best)
        callbacks.on_epoch_end(epoch, dict(logs))
        self._watch_gap()

    def _train(self, callbacks: Any) -> None:
        train = self.dataset.splits["train"]
        single = self._watches_batches
        self.state()
        for batches in self.timing.waiting(rest_of_epoch(self.program, self.position, train)):
            for block in self.timing.waiting(self.engine.blocks(Kind.TRAIN, batches, train, single=single)):
                callbacks.on_train_batch_begin(self.position.batches)
                logs = self._block(block)
                now = self.position
                self.position = Position(
                    now.epoch,
                    now.step + len(block),
                    now.batches + len(block),
                    now.clipped + self.engine.pulse.clipped,
                    self._spent,
                )
                callbacks.on_train_batch_end(self.position.batches - 1)
                for listener in self.progress:
                    listener.block(self.position.step, now.epoch + 1, logs)
                self.border(self.position.step, self.state)
                if self.is_out_of_time:
                    return
        if broken_weights(self.engine.compiled.model):
            self._diverged()

    def _block(self, block: np.ndarray) -> dict[str, float]:
        """Run one block; what it gave."""
        before, started = self.engine.total_loss(), time.perf_counter()
        self.engine.run_timed(Kind.TRAIN, self.dataset.splits["train"], block)
        total = self.engine.total_loss() - before
        if not math.isfinite(total):
            self._diverged()
        seconds = time.perf_counter() - started
        self.timing.add(len(block), block.shape[1], seconds)
        pulse = self.engine.pulse
        return {
            "loss": total / block.size,
            "examples": block.size,
            "seconds": seconds,
            "gradient_norm": pulse.gradient_norm,
            "update_ratio": pulse.update_ratio,
        }

    @property
    def _clipped(self) -> float | None:
        """The share of the steps of the epoch that were clipped; None where nothing is."""
        if self.engine.largest_norm is None:
            return None
        return self.position.clipped / max(1, self.position.batches)

    def _tell_broken(self, row: EpochRow) -> None:
        """Tell each metric once that is no number; the loss of an epoch always is one."""
        broken = tuple(n for n, value in row.logs.items() if not math.isfinite(value) and n not in self._told)
        if broken:
            self._told |= {*broken}
            self.tell(MetricNotFinite(None, row.epoch, broken))

    @property
    def has_arrived(self) -> bool:
        """Whether the newest epoch has reached all that `training.stop_at` asks for."""
        return reached(self.program.goals, self.rows)

    @property
    def is_out_of_time(self) -> bool:
        """Whether the run has trained as long as `training.time` lets it."""
        minutes = self.program.training.minutes
        return minutes is not None and self.position.spent >= 60 * minutes

    @property
    def _spent(self) -> float:
        return time.perf_counter() - self._began

    @property
    def has_fallen_behind(self) -> bool:
        """Whether the validation is so far behind the training that the spec wants the run to end."""
        watched = self.program.overfitting
        return watched is not None and watched.stops and has_fallen_behind(watched, self.rows)

    def _watch_gap(self) -> None:
        """Tell when the validation falls too far behind, and end the run where the spec says so."""
        problem = too_far_behind(self.program, self.rows)
        if problem is not None:
            self.tell(problem)
            if problem.stops:
                self.engine.compiled.model.stop_training = True

    def _validate(self, callbacks: Any) -> dict[str, float]:
        if "validation" not in self.dataset.splits or not self._is_validated:
            self.engine.reset()
            return {}
        counted = states.counted(self.engine)

        def between() -> None:
            if self.stopping():
                states.assign(self.engine, counted)
                with self.averages.hidden():
                    self.border(self.position.step, self.state)

        callbacks.on_test_begin()
        measured = self.engine.evaluate(self.dataset.splits["validation"], between)
        callbacks.on_test_end(dict(measured))
        return {f"val_{name}": value for name, value in measured.items()}

    @property
    def _is_validated(self) -> bool:
        """Whether the epoch that ends is validated: one of every few, and the last."""
        done = self.position.epoch + 1
        every = self.program.training.validate_every
        return done % every == 0 or done >= self._epochs or self.is_out_of_time

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
