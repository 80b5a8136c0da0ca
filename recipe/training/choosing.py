"""`engine: auto`: the modes of a block are timed on the real network, and the fastest is kept.

It costs at most a twentieth of what the run would take without it, and at most ten seconds; a run that is too
short for that takes the graph. XLA is left out where it cannot win or would compile for minutes, in networks
with convolutions, and where it would draw other random numbers, in networks with dropout. So the mode changes
no number but by rounding, and nothing of the run is changed by timing.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from recipe.compiler.startup import keeps_to_cores
from recipe.data.datasets import Arrays
from recipe.diagnostics.engines import EngineChosen
from recipe.program.caches import read_cache, write_cache
from recipe.program.machines import usable_cores
from recipe.program.per_core import pays
from recipe.program.programs import Program
from recipe.training import environments, states
from recipe.training.engines.engine import Engine, Kind, convolves
from recipe.training.engines.modes import FUSED, GRAPH, MODES, PER_CORE, XLA, Mode
from recipe.training.orders import rest_of_epoch
from recipe.training.states import Position

LONGEST_SECONDS = 10.0
LARGEST_SHARE = 0.05
# Of a mode, measured twice for this long; the better counts, since other work on the machine only slows down.
TIMED_SECONDS = 0.1
MOST_STEPS = 256
# What the first block of a mode takes, times that of the graph: tracing, and compilation by XLA.
FIRST_BLOCK = {GRAPH: 1.0, FUSED: 1.5, PER_CORE: 2.5, XLA: 3.0}
FILE = "engines"


@dataclass(slots=True)
class Trials:
    """Times modes within a budget.

    Args:
        engine: whose mode is set.
        train: the training split.
        batches: indices of examples, `(steps, batch)`.
        base: the mode that is timed first, and that others are judged by.
        first: seconds of the first step by mode, in which it is compiled.
        once: seconds of the next one.
        step: seconds of a step by mode, from many.
        random: whether a step drew random numbers; under XLA, TensorFlow takes another algorithm for them.
    """

    engine: Engine
    train: Arrays
    batches: np.ndarray
    base: Mode = GRAPH
    first: dict[Mode, float] = field(default_factory=dict)
    once: dict[Mode, float] = field(default_factory=dict)
    step: dict[Mode, float] = field(default_factory=dict)
    random: bool = False

    def glance(self, mode: Mode) -> float:
        """Seconds of one step of a mode that is compiled by now."""
        if mode not in self.once:
            with self._restored(mode):
                self.first[mode], self.once[mode] = self._seconds(1), self._seconds(1)
        return self.once[mode]

    def time(self, mode: Mode) -> None:
        """Time a mode."""
        once = self.glance(mode)
        with self._restored(mode) as before:
            steps = max(1, min(len(self.batches), MOST_STEPS, int(TIMED_SECONDS / once)))
            self.step[mode] = min(self._seconds(steps) for _ in range(2)) / steps
            self.random = self.random or self._drew(before)

    @contextmanager
    def _restored(self, mode: Mode) -> Iterator[Mapping[str, np.ndarray]]:
        """Let a mode run, from arrays that are put back however it ends."""
        before = states.arrays_of(self.engine, ())
        self.engine.mode = mode
        try:
            yield before
        finally:
            states.assign(self.engine, before)

    def _drew(self, before: Mapping[str, np.ndarray]) -> bool:
        seeds = {name: array for name, array in before.items() if name.endswith("/seed")}
        variables = states.variables_of(self.engine)
        return any(np.any(np.asarray(variables[name]) != array) for name, array in seeds.items())

    def _seconds(self, steps: int) -> float:
        started = time.perf_counter()
        self.engine.run(Kind.TRAIN, self.train, self.batches[:steps].astype(np.int32))
        return time.perf_counter() - started

    def cost(self, mode: Mode) -> float:
        """Seconds that timing another mode will take, judged by the one that was timed first."""
        longer = FIRST_BLOCK[mode] / FIRST_BLOCK[self.base]
        return longer * self.first[self.base] + 3 * max(TIMED_SECONDS, self.step[self.base])

    @property
    def fastest(self) -> Mode:
        """The mode with the shortest step."""
        return min(self.step, key=lambda mode: self.step[mode])


def choose(engine: Engine, train: Arrays) -> EngineChosen | None:
    """Give an engine its mode, where the spec leaves it open and the backend has several.

    Args:
        engine: of the run; its mode is set.
        train: the training split.

    Returns:
        What was chosen and why; None where there was no choice, or the run is too short for any.
    """
    if engine.compiled.program.runtime.engine != "auto":
        return None
    base, *others = candidates(engine)
    engine.mode = base
    if not others:
        return None
    known = remembered(engine)
    if known in (base, *others):
        engine.mode = known
        return EngineChosen(None, known.name, "measured in an earlier run on this machine")
    return measured(engine, train, tuple(others))


def candidates(engine: Engine) -> Iterator[Mode]:
    """The modes that may be the fastest; the first is taken where nothing is measured."""
    model, program = engine.compiled.model, engine.compiled.program
    by_cores = keeps_to_cores() and pays(program, usable_cores())
    yield PER_CORE if by_cores else engine.mode
    if program.runtime.backend != "tensorflow" or engine.compiled.strategy.num_replicas_in_sync > 1:
        return
    from recipe.compiler.kernels.replacing import replaceable

    if replaceable(model):
        yield FUSED
    elif by_cores:
        yield GRAPH
    if not convolves(model):
        yield XLA


def measured(engine: Engine, train: Arrays, others: tuple[Mode, ...]) -> EngineChosen | None:
    """Time the mode of an engine and what the budget allows beside it; nothing in a run that is over soon."""
    batches = next(rest_of_epoch(engine.compiled.program, Position(0, 0, 0), train))
    trials = Trials(engine, train, batches, base := engine.mode)
    steps = total_steps(engine.compiled.program)
    if LARGEST_SHARE * steps * trials.glance(base) < 2 * TIMED_SECONDS:
        return None
    trials.time(base)
    budget = min(LONGEST_SECONDS, LARGEST_SHARE * steps * trials.step[base])
    if trials.random:
        others = tuple(mode for mode in others if not mode.xla)
    for mode in others:
        started = time.perf_counter()
        if trials.cost(mode) <= budget:
            trials.time(mode)
            budget -= time.perf_counter() - started
    engine.mode = trials.fastest
    milliseconds = tuple((mode.name, 1000 * seconds) for mode, seconds in trials.step.items())
    if left := ", ".join(mode.name for mode in others if mode not in trials.step):
        reason = f"to measure {left} takes longer than it may"
    else:
        write_cache(FILE, key(engine), {"engine": engine.mode.name})
        reason = f"the fastest of {len(trials.step)}" if others else "xla would draw other random numbers"
    return EngineChosen(None, engine.mode.name, reason, milliseconds)


def remembered(engine: Engine) -> Mode | None:
    """The mode that was measured for this program before; None when there is none that can be used."""
    found = read_cache(FILE, key(engine)) or {}
    return MODES.get(str(found.get("engine")))


def key(engine: Engine) -> str:
    """Everything that the choice depends on: program, versions, machine, threads."""
    written = {**environments.environment(engine), "engine": None, "fingerprint": None}
    return hashlib.sha256(json.dumps(written, sort_keys=True).encode()).hexdigest()


def total_steps(program: Program) -> int:
    """Updates of the weights in the whole run."""
    return int(str(program.training.total_steps))
