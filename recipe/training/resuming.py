"""How a run begins in its folder: anew, at its newest checkpoint, or at that of another run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from recipe.compiler.compiling import Compiled
from recipe.diagnostics.machine import MachineError
from recipe.diagnostics.problems import Problem, errors
from recipe.diagnostics.runs import RunFolderError
from recipe.diagnostics.runs_resuming import (
    Condition,
    DataChangeAccepted,
    EnvironmentAccepted,
    NoCheckpoint,
    OtherEnvironment,
)
from recipe.training import environments, states
from recipe.training.carrying import continued, forked
from recipe.training.checkpoints import needed_bytes
from recipe.training.disks import check_space, probe
from recipe.training.engines.modes import MODES
from recipe.training.folders import CHECKPOINTS, RunFolder
from recipe.training.loop import Loop
from recipe.training.manifests import folder_name
from recipe.training.saving import newest_state
from recipe.training.states import State


@dataclass(frozen=True, slots=True)
class Beginning:
    """What was asked for beside the Program of a run.

    Args:
        texts: that the spec came from, by source name; none when the run goes on from its folder alone.
        main: name of the spec's own text.
        fork: the run from whose newest checkpoint a new one starts.
        engine_changed: go on although machine, versions or engine are others.
        stall_minutes: without a block of steps after which the process ends; None waits for ever.
        found: warnings about the spec and its data, which the log keeps.
    """

    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    main: str = ""
    fork: Path | None = None
    engine_changed: bool = False
    stall_minutes: float | None = None
    found: Sequence[Problem] = ()


@dataclass(frozen=True, slots=True)
class Start:
    """With what a run begins.

    Args:
        state: where it goes on; None at the first step.
        environment: the content of `environment.json`.
        problems: warnings about what was accepted, and about damaged checkpoints.
        forked: whether the State is that of another run, and to be saved as the first of this one.
    """

    state: State | None
    environment: Mapping[str, Any]
    problems: Sequence[Problem]
    forked: bool = False

    @property
    def first_step(self) -> int:
        """The step that the run's own training begins after: 0, or where it was forked."""
        fork = self.environment.get("fork")
        return int(fork["step"]) if fork else 0


def as_begun(compiled: Compiled, folder: Path) -> Compiled:
    """The same with the engine that a run began with, where its spec leaves the choice open."""
    program = compiled.program
    try:
        engine = json.loads((folder / environments.FILE).read_text(encoding="utf-8"))["engine"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return compiled  # a new run; or damage, which is told where the folder is locked
    if program.runtime.engine != "auto" or engine not in MODES:
        return compiled
    return replace(compiled, program=replace(program, runtime=replace(program.runtime, engine=engine)))


def start(folder: RunFolder, loop: Loop, beginning: Beginning) -> Start:
    """Find out where a run begins; the caller holds the lock of its folder.

    Raises:
        MachineError: R657 when the folder cannot be written to, R658 when its disk has too little space.
        RunFolderError: R602, R609, R614, R616 to R618, as the folder and what was asked for demand.
    """
    problems: list[Problem] = []
    probe(folder.path, problems)
    one, keep = states.num_bytes(loop.engine, loop.callbacks), loop.program.checkpointing.keep
    check_space(folder.path, needed_bytes(folder.checkpoints, one, keep), problems)
    if errors(problems):
        raise MachineError(problems)
    state = newest_state(folder.checkpoints, problems)
    environment = environments.environment(loop.engine)
    if state is not None:
        return _go_on(folder, loop, beginning, state, environment, problems)
    fork = beginning.fork or _parent(folder)
    if fork is not None:
        return _fork(loop, fork, environment, problems)
    return Start(None, environment, problems)


def _parent(folder: RunFolder) -> Path | None:
    """The run that this one is forked from, where it was killed before it had saved anything."""
    if not (folder.path / environments.FILE).exists():
        return None
    fork = environments.read_environment(folder.path).get("fork")
    return Path(fork["run"]) if fork else None


def _fork(loop: Loop, run: Path, environment: dict[str, Any], problems: list[Problem]) -> Start:
    """The State of another run; this one needs the other no more once it is saved here."""
    saved = newest_state(run / CHECKPOINTS, problems)
    if saved is None:
        raise RunFolderError([NoCheckpoint(None, str(run))])
    step = saved.position.step
    checkpoint = run / CHECKPOINTS / folder_name(step)
    state = forked(saved, loop.engine, loop.callbacks, str(checkpoint))
    origin = {"run": str(run.resolve()), "step": step}
    return Start(state, environment | {"fork": origin}, problems, forked=True)


def _go_on(
    folder: RunFolder,
    loop: Loop,
    beginning: Beginning,
    state: State,
    environment: dict[str, Any],
    problems: list[Problem],
) -> Start:
    """Go on at a checkpoint of this run, unless its bits would be others."""
    before = environments.read_environment(folder.path)
    conditions, step = environments.changed(before, environment), state.position.step
    if conditions and not beginning.engine_changed:
        raise RunFolderError([OtherEnvironment(None, str(folder.path), conditions)])
    if conditions:
        problems.append(EnvironmentAccepted(None, str(folder.path), step, conditions))
    kept = {name: before[name] for name in ("fork", "accepted") if name in before}
    accepted = _accepted(step, before, environment, conditions)
    if accepted:
        kept["accepted"] = [*kept.get("accepted", []), accepted]
    if "data" in accepted:
        problems.append(DataChangeAccepted(None, str(folder.path), step))
    checkpoint = folder.checkpoints / folder_name(step)
    fitted = continued(state, loop.engine, loop.callbacks, str(checkpoint))
    return Start(fitted, environment | kept, problems)


def _accepted(
    step: int, before: Mapping[str, Any], now: Mapping[str, Any], conditions: Sequence[Condition]
) -> dict[str, Any]:
    """What a run folder remembers of a change that was accepted; empty when nothing changed."""
    found: dict[str, Any] = {one.name: [one.before, one.after] for one in conditions}
    if before.get("fingerprint") != now["fingerprint"]:
        found["data"] = [before.get("fingerprint"), now["fingerprint"]]
    return {"step": step, **found} if found else {}
