"""A whole run: compile, train, evaluate, and write the run folder."""

import importlib.metadata
import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from recipe.compiler.compiling import Compiled
from recipe.compiler.serving import build_serving
from recipe.data.datasets import Dataset
from recipe.diagnostics.machine import MachineError
from recipe.diagnostics.problems import Problem, errors
from recipe.program import saving
from recipe.program.hashing import program_hash
from recipe.program.programs import Program
from recipe.training.disks import probe
from recipe.training.engines.engine import engine_for
from recipe.training.folders import RunFolder
from recipe.training.locks import lock
from recipe.training.loop import Loop, Progress
from recipe.training.rows import Best, EpochRow
from recipe.training.saving import WORDS, CancelledError, PreemptedError, Saver, newest_state
from recipe.training.signals import Watcher
from recipe.training.states import State
from recipe.training.writers import AsyncWriter

PACKAGES = ("keras-recipe", "keras", "tensorflow", "numpy")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run gave.

    Args:
        compiled: the trained Keras objects.
        rows: one an epoch.
        best: the best epoch.
        test: loss and metrics on the test split; None when there is none.
        stopped: why the run ended before its plan; None when it did not.
        weights_epoch: the epoch that the final weights are of, from 1.
        seconds: of training, validation included.
        warnings: about the folder: damaged checkpoints that were passed over.
    """

    compiled: Compiled
    rows: tuple[EpochRow, ...]
    best: Best
    test: Mapping[str, float] | None
    stopped: str | None
    weights_epoch: int
    seconds: float
    warnings: tuple[Problem, ...] = ()


@dataclass(slots=True)
class Recorder:
    """Writes `metrics.csv`, `status.json` and the best weights after every epoch."""

    folder: RunFolder
    compiled: Compiled
    parameters: int = 0
    started: float = field(default_factory=time.perf_counter)
    rows: list[EpochRow] = field(default_factory=list)

    def begin(self, program: Program, parameters: int) -> None:
        """The folder says that a run goes on; rows of epochs after the checkpoint are cut off."""
        self.parameters = parameters
        if self.rows:
            self._write_rows()
        self.status("running")

    def block(self, step: int, epoch: int, logs: Mapping[str, float]) -> None:
        """Nothing is written inside an epoch."""

    def epoch(self, row: EpochRow, best: Best) -> None:
        """One more line, and how far the run is."""
        self.rows.append(row)
        self._write_rows()
        if best.epoch == row.epoch:
            self.folder.write_best(arrays_by_path(self.compiled.model))
        self.status("running", best)

    def _write_rows(self) -> None:
        columns = list(self.rows[0].cells)
        lines = [
            ",".join(columns),
            *(",".join(_cell(row.cells.get(name)) for name in columns) for row in self.rows),
        ]
        self.folder.write_text("metrics.csv", "\n".join(lines) + "\n")

    def status(self, state: str, best: Best | None = None, outcome: Outcome | None = None) -> None:
        """Write `status.json`."""
        seconds = sum(row.seconds for row in self.rows)
        steps = self.rows[-1].step if self.rows else 0
        program = self.compiled.program
        batch = program.training.batch_size
        content = {
            "state": state,
            "name": program.name,
            "epochs": len(self.rows),
            "epochs_planned": program.training.epochs,
            "stopped": outcome.stopped if outcome else None,
            "best": _best_json(best),
            "test": outcome.test if outcome else None,
            "weights_epoch": outcome.weights_epoch if outcome else None,
            "seconds": round(seconds, 3),
            "parameters": self.parameters,
            "examples_per_second": round(steps * int(str(batch)) / seconds, 1) if seconds else 0.0,
        }
        self.folder.write_json("status.json", content)


def _cell(value: float | None) -> str:
    return "" if value is None else repr(value)


def _best_json(best: Best | None) -> Mapping[str, Any] | None:
    if best is None or best.epoch == 0:
        return None
    monitor = best.monitor
    return {
        "metric": monitor.metric,
        "direction": monitor.direction,
        "epoch": best.epoch,
        "value": best.value,
    }


def run(
    compiled: Compiled,
    dataset: Dataset,
    folder: RunFolder | None,
    callbacks: Sequence[Any] = (),
    progress: Sequence[Progress] = (),
) -> Outcome:
    """Train a compiled Program and write everything about it.

    Args:
        compiled: the Keras objects.
        dataset: the splits.
        folder: where to write; None writes nothing.
        callbacks: Keras callbacks beside those of the spec.
        progress: told of every block and epoch.
    """
    loop = Loop(engine_for(compiled), dataset, (*compiled.callbacks, *callbacks), progress)
    if folder is None:
        return _train(loop, None)
    checkpointing = compiled.program.checkpointing
    with lock(folder.path), Watcher(WORDS) as watcher, AsyncWriter(checkpointing.keep) as writer:
        return _train_in(folder, loop, Saver(folder.checkpoints, writer, watcher, checkpointing))


def _train_in(folder: RunFolder, loop: Loop, saver: Saver) -> Outcome:
    """Train from the newest checkpoint of the folder, or anew, and write what comes of it."""
    compiled = loop.engine.compiled
    problems: list[Problem] = []
    probe(folder.path, problems)
    state = newest_state(folder.checkpoints, problems) if not problems else None
    if errors(problems):
        raise MachineError(problems)
    recorder = Recorder(folder, compiled)
    if state is None:
        write_plan(folder, compiled)
    else:
        saver.resumed(state)
        recorder.rows = list(state.rows)
    loop.progress, loop.border = (recorder, *loop.progress), saver
    try:
        outcome = _train(loop, state)
    except (PreemptedError, CancelledError):
        recorder.status("stopped", loop.best)
        raise
    except BaseException:
        recorder.status("failed", loop.best)
        raise
    folder.write_weights(arrays_by_path(compiled.model))
    folder.write_model("model.keras", build_serving(compiled.program, compiled.model))
    recorder.status("finished", outcome.best, outcome)
    return replace(outcome, warnings=tuple(problems))


def _train(loop: Loop, state: State | None) -> Outcome:
    parameters = int(loop.engine.compiled.model.count_params())
    for listener in loop.progress:
        listener.begin(loop.program, parameters)
    started = time.perf_counter()
    loop.run(state)
    seconds = time.perf_counter() - started
    test = loop.dataset.splits.get("test")
    measured = None if test is None else loop.engine.evaluate(test)
    stopped = "a callback stopped the run" if loop.stopped_early else None
    if loop.stopped_early and loop.program.early_stopping is not None:
        stopping = loop.program.early_stopping
        stopped = f"{stopping.metric} did not improve for {stopping.patience} epochs"
    rows, best, epoch = tuple(loop.rows), loop.best, loop.weights_epoch
    return Outcome(loop.engine.compiled, rows, best, measured, stopped, epoch, seconds)


def arrays_by_path(model: Any) -> dict[str, np.ndarray]:
    """The weights of a network by path; seeds are no weights."""
    return {weight.path: np.asarray(keras.ops.convert_to_numpy(weight)) for weight in model.weights}


def write_plan(folder: RunFolder, compiled: Compiled) -> None:
    """Everything that is known before the first step."""
    program = compiled.program
    folder.write_json("program.json", saving.to_json(program))
    folder.write_json("layers.json", [_layer_json(asdict(row)) for row in compiled.layers])
    folder.write_json("environment.json", environment(program))


def _layer_json(row: dict[str, Any]) -> dict[str, Any]:
    span = row.pop("span")
    return row | {"line": span["line"] if span else None, "source": span["source"] if span else None}


def environment(program: Program) -> Mapping[str, Any]:
    """What the result depends on beside the Program."""
    return {
        "versions": {package: importlib.metadata.version(package) for package in PACKAGES},
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "backend": keras.backend.backend(),
        "engine": program.runtime.engine,
        "fingerprint": program.facts.fingerprint if program.facts else None,
        "program_hash": program_hash(program),
    }


def write_sources(folder: RunFolder, texts: Mapping[str, str], main: str) -> None:
    """`spec.yaml` and every other file that was read, in `sources/`."""
    folder.write_text("spec.yaml", texts[main])
    for index, (source, text) in enumerate(texts.items()):
        folder.write_text(f"sources/{index:02d}-{Path(source).name.replace('/', '_') or 'spec.yaml'}", text)
