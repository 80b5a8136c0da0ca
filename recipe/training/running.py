"""A whole run: compile, train, evaluate, and write the run folder."""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from recipe.compiler.compiling import Compiled
from recipe.compiler.hardware import unfit_precision
from recipe.compiler.serving import build_serving
from recipe.data.datasets import Arrays, Dataset
from recipe.diagnostics.numerics import NotRepeatable, StillWeights
from recipe.diagnostics.packs import Streamed
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.program import saving
from recipe.program.programs import Program
from recipe.training import environments
from recipe.training.checkpoints import commit
from recipe.training.choosing import choose
from recipe.training.engines.engine import engine_for
from recipe.training.engines.feeds import Feed, bytes_of
from recipe.training.folders import RunFolder, arrays_by_path
from recipe.training.goals import sentence
from recipe.training.journals import LOG, Journal
from recipe.training.locks import lock
from recipe.training.loop import Loop, Progress
from recipe.training.manifests import folder_name
from recipe.training.memory import told_when_exhausted
from recipe.training.mistakes import write_mistakes
from recipe.training.orders import rest_of_epoch
from recipe.training.recording import Recorder
from recipe.training.repeats import differing
from recipe.training.resuming import Beginning, as_begun, start
from recipe.training.rows import Best, EpochRow
from recipe.training.saving import ENDED_BY, WORDS, Saver
from recipe.training.signals import Watcher
from recipe.training.speeds import Speed, measured_speed
from recipe.training.spikes import SpikeWatch
from recipe.training.stalls import STACKS, Watchdog
from recipe.training.states import Position, State
from recipe.training.steps import STEPS, StepTable, cut_back
from recipe.training.stillness import still_weights
from recipe.training.trackers import tell_the_end, trackers
from recipe.training.writers import AsyncWriter

# The metrics of an epoch are measured while the network learns, with dropout on. What it knows in the end is
# measured on so many training examples, which costs no more than a validation.
MOST_MEASURED = 10_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run gave.

    Args:
        compiled: the trained Keras objects.
        rows: one an epoch.
        best: the best epoch.
        train: loss and metrics of the final weights on training examples, measured as those of the test.
        test: loss and metrics on the test split; None when there is none.
        stopped: why the run ended before its plan; None when it did not.
        weights_epoch: the epoch that the final weights are of, from 1.
        seconds: of training, validation included.
        speed: of the steps, and what bounds it; None without a folder, or when there were too few.
        warnings: about the folder: damaged checkpoints that were passed over, changes that were accepted.
    """

    compiled: Compiled
    rows: tuple[EpochRow, ...]
    best: Best
    train: Mapping[str, float]
    test: Mapping[str, float] | None
    stopped: str | None
    weights_epoch: int
    seconds: float
    speed: Speed | None = None
    warnings: tuple[Problem, ...] = ()


def run(
    compiled: Compiled,
    dataset: Dataset,
    folder: RunFolder | None,
    callbacks: Sequence[Any] = (),
    progress: Sequence[Progress] = (),
    beginning: Beginning | None = None,
) -> Outcome:
    """Train a compiled Program and write everything about it.

    Args:
        compiled: the Keras objects.
        dataset: the splits.
        folder: where to write; None writes nothing.
        callbacks: Keras callbacks beside those of the spec.
        progress: told of every block and epoch.
        beginning: what was asked for beside the Program.
    """
    with told_when_exhausted(compiled.program):
        return _run(compiled, dataset, folder, (callbacks, progress), beginning or Beginning())


def _run(
    compiled: Compiled,
    dataset: Dataset,
    folder: RunFolder | None,
    listeners: tuple[Sequence[Any], Sequence[Progress]],
    beginning: Beginning,
) -> Outcome:
    callbacks, progress = listeners
    if folder is not None and not beginning.engine_changed:
        compiled = as_begun(compiled, folder.path)
    engine = engine_for(compiled)
    chosen = choose(engine, dataset.splits["train"])
    streamed = streamed_splits(engine.feed, dataset.splits)
    notes = (*compiled.notes, *unfit_precision(compiled.program.runtime), *streamed)
    notes += (chosen,) if chosen else ()
    loop = Loop(engine, dataset, (*compiled.callbacks, *callbacks), progress, notes=notes)
    if folder is None:
        return _train(loop, None)
    checkpointing, last_step = compiled.program.checkpointing, int(str(compiled.program.training.total_steps))
    with lock(folder.path), Watcher(WORDS) as watcher, AsyncWriter(checkpointing.keep) as writer:
        folder.refuse_another_run()
        saver = Saver(folder.checkpoints, writer, watcher, checkpointing, last_step)
        return _train_in(folder, loop, saver, beginning)


def streamed_splits(feed: Feed, splits: Mapping[str, Arrays]) -> tuple[Streamed, ...]:
    """What is to be said of the splits that do not lie on the device."""
    found = [(part, bytes_of(arrays)) for part, arrays in splits.items() if feed.streams(arrays)]
    return tuple(Streamed(None, part, needed, feed.free) for part, needed in found)


def _train_in(folder: RunFolder, loop: Loop, saver: Saver, beginning: Beginning) -> Outcome:
    """Train from where the folder stands, and write what comes of it."""
    compiled = loop.engine.compiled
    started = start(folder, loop, beginning)
    state = started.state
    recorder = Recorder(folder, compiled, started.first_step)
    if state is not None:
        saver.resumed(state)
        recorder.rows = list(state.rows)
    write_plan(folder, compiled, started.environment, beginning)
    if state is not None and started.forked:
        commit(folder.checkpoints / folder_name(state.position.step), state.to_files())
    journal, steps = Journal(folder.path / LOG), StepTable(folder.path / STEPS, lambda: loop.learning_rate)
    kept_step = state.position.step if state else 0
    cut_back(steps.path, kept_step)
    told = trackers(compiled.program, folder.path, kept_step, lambda: recorder.rows, loop.tell)
    loop.progress = (recorder, steps, journal, *told, *loop.progress)

    def border(step: int, take: Callable[[], State]) -> None:
        folder.check_there()
        saver(step, take)

    loop.border = border
    loop.rescue, loop.stopping, loop.leave = saver.rescue, saver.stopping, saver.leave
    saver.before = recorder.keep_best

    def last_words(problem: Problem) -> None:
        journal.tell(problem)
        recorder.status("failed", loop.best)

    stalls = Watchdog(
        beginning.stall_minutes, lambda: loop.engine.num_blocks, folder.path / STACKS, last_words
    )
    try:
        with journal.told((*beginning.found, *started.problems)):
            with stalls:
                outcome = _train(loop, state, lambda: check_repeats(folder, loop, started.environment))
            folder.check_there()
            write_results(folder, loop)
    except BaseException as error:
        how = "stopped" if isinstance(error, tuple(ENDED_BY.values())) else "failed"
        tell_the_end(told, how)
        folder.check_there()
        with contextlib.suppress(OSError):  # a full disk; what ended the run is told
            recorder.status(how, loop.best)
        raise
    outcome = replace(outcome, speed=measured_speed(compiled, loop.timing))
    recorder.status("finished", outcome.best, outcome)
    tell_the_end(told, "finished")
    return replace(outcome, warnings=tuple(started.problems))


def write_results(folder: RunFolder, loop: Loop) -> None:
    """What a trained network is, and what it takes for what."""
    compiled = loop.engine.compiled
    folder.write_weights(arrays_by_path(compiled.model))
    folder.write_model("model.keras", build_serving(compiled.program, compiled.model))
    write_mistakes(folder, compiled, loop.dataset, loop.leave)


def check_repeats(folder: RunFolder, loop: Loop, environment: Mapping[str, Any]) -> None:
    """Say before the first step whether this machine repeats itself, and write it down."""
    train = loop.dataset.splits["train"]
    batches = next(rest_of_epoch(loop.program, Position(0, 0, 0), train))
    found = differing(loop.engine, train, batches)
    folder.write_json(environments.FILE, {**environment, "repeats": not found})
    if found:
        loop.tell(NotRepeatable(None, len(found), found[0]))


def _train(loop: Loop, state: State | None, first: Callable[[], None] = lambda: None) -> Outcome:
    """Train, once everybody knows that it begins and what comes first is done."""
    loop.progress = (*loop.progress, SpikeWatch(loop.tell))
    parameters = int(loop.engine.compiled.model.count_params())
    for listener in loop.progress:
        listener.begin(loop.program, parameters)
    for note in loop.notes:
        loop.tell(note)
    first()
    started = time.perf_counter()
    loop.run(state)
    seconds = time.perf_counter() - started
    if loop.rows and (still := still_weights(loop.engine.compiled, loop.position.step)):
        loop.tell(StillWeights(_span_of(still[0], loop.program), still))
    train, test = loop.dataset.splits["train"], loop.dataset.splits.get("test")
    learned = loop.engine.evaluate(train, loop.leave, evenly(len(train), MOST_MEASURED))
    measured = None if test is None else loop.engine.evaluate(test, loop.leave)
    stopped = _why_it_stopped(loop) if loop.stopped_early or loop.has_arrived else None
    rows, best, epoch = tuple(loop.rows), loop.best, loop.weights_epoch
    return Outcome(loop.engine.compiled, rows, best, learned, measured, stopped, epoch, seconds)


def _span_of(path: str, program: Program) -> Span | None:
    """Where the layer of a weight was written."""
    layer = program.graph.by_name.get(path.rpartition("/")[0])
    return layer.span if layer else None


def evenly(count: int, most: int) -> np.ndarray:
    """Indices of at most so many examples at equal distances, whatever their order is, `(examples,)`."""
    return np.linspace(0, count - 1, min(count, most)).round().astype(np.int64)


def _why_it_stopped(loop: Loop) -> str:
    if loop.has_arrived:
        return sentence(loop.program.goals, loop.rows)
    if loop.is_out_of_time:
        return f"its time of {loop.program.training.minutes:g} minutes was over"
    watched, stopping = loop.program.overfitting, loop.program.early_stopping
    if watched is not None and loop.has_fallen_behind:
        return f"{watched.metric} was more than {watched.gap:g} worse in validation than in training"
    if stopping is not None:
        return f"{stopping.metric} did not improve for {stopping.patience} epochs"
    return "a callback stopped the run"


def write_plan(
    folder: RunFolder, compiled: Compiled, environment: Mapping[str, Any], beginning: Beginning
) -> None:
    """Everything that is known before the first step; a run that goes on from its folder keeps its texts.

    `program.json` is the last: where it stands, a run was begun, and the rest is there.
    """
    if beginning.texts:
        write_sources(folder, beginning.texts, beginning.main)
    folder.write_json("layers.json", [_layer_json(asdict(row)) for row in compiled.layers])
    folder.write_json(environments.FILE, environment)
    folder.write_json(saving.PROGRAM, saving.to_json(compiled.program))


def _layer_json(row: dict[str, Any]) -> dict[str, Any]:
    span = row.pop("span")
    return row | {"line": span["line"] if span else None, "source": span["source"] if span else None}


def write_sources(folder: RunFolder, texts: Mapping[str, str], main: str) -> None:
    """`spec.yaml` and every other file that was read, in `sources/`."""
    folder.write_text("spec.yaml", texts[main])
    for index, (source, text) in enumerate(texts.items()):
        folder.write_text(f"sources/{index:02d}-{Path(source).name.replace('/', '_') or 'spec.yaml'}", text)
