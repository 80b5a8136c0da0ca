"""Training for `recipe fit`: one run, or one for each of several seeds."""

import errno
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from recipe import api
from recipe.cli import terminals
from recipe.cli.output import Output, Verbosity
from recipe.cli.progress import EpochLines, Listener, LiveLine, Silent
from recipe.diagnostics.problems import Texts
from recipe.diagnostics.runs import FolderHasARun, RunFolderError
from recipe.report.history import read_history
from recipe.report.runs import is_finished
from recipe.report.seeds import seeds_table
from recipe.report.status import read_status
from recipe.report.summary import summarize
from recipe.report.tables import duration_text, number_text

RUNS = Path("runs")
BACKENDS: Mapping[str, str] = MappingProxyType({"tensorflow": "TensorFlow", "jax": "JAX"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for beside the spec.

    Args:
        folder: of the run; the next free one when None.
        fresh: whether to train what was trained before.
    """

    folder: Path | None = None
    fresh: bool = False


def train(output: Output, spec: api.Spec, wish: Wish) -> None:
    """Train a spec and show what came of it; the last line is the run folder.

    Raises:
        RunFolderError: R603 when the wished folder holds a run.
        RecipeError: with every problem of spec and data.
    """
    prepared = _prepare(output, spec)
    begun = _begun(prepared, wish)
    if begun is not None and is_finished(begun):
        output.say(f"already trained: {begun} (--fresh trains it again)")
        output.result(str(begun))
        return
    if begun is not None:
        output.say(f"continuing {begun} (--fresh begins anew)")
    folder = _fit(output, prepared, begun or wish.folder, _listener(output))
    if output.verbosity > Verbosity.QUIET:
        output.result(summarize(folder, width=terminals.width_of(sys.stdout)))
    output.result(str(folder))


def go_on(output: Output, run: Path) -> None:
    """Go on with a run from its folder, and show what came of it; the last line is the run folder."""
    if is_finished(run):
        output.say(f"already trained: {run}")
    else:
        listener = _listener(output)
        output.say(f"continuing {run} ...")
        try:
            resumed = api.resume(run, api.FitOptions(progress=(listener,)))
        finally:
            listener.close()
        output.report(resumed.outcome.warnings, Texts())
        if output.verbosity > Verbosity.QUIET:
            output.result(summarize(run, width=terminals.width_of(sys.stdout)))
    output.result(str(run))


def train_seeds(output: Output, specs: Mapping[int, api.Spec], wish: Wish) -> None:
    """Train a spec once for each seed, and show mean and spread; the last line is the folder of the runs.

    Args:
        output: where to tell it.
        specs: by seed.
        wish: without a folder.
    """
    rows = []
    for seed, spec in specs.items():
        title = f"seed {seed} of {len(specs)}"
        prepared = _prepare(output, spec)
        begun = _begun(prepared, wish)
        before = begun is not None and is_finished(begun)
        folder = begun if begun and before else _fit(output, prepared, begun, _listener(output, title))
        rows.append((seed, _result(folder)))
        output.say(f"{title}: {_in_short(folder)}{', trained before' if before else ''}")
    output.result(seeds_table(rows))
    output.result(str(folder.parent))


def _begun(prepared: api.Prepared, wish: Wish) -> Path | None:
    """The folder of an equal run, finished or not; None when a new one is to begin.

    Raises:
        RunFolderError: R603 when the wished folder holds a run and a fresh one was asked for, R611 when it
            holds another run.
    """
    folder = wish.folder
    if folder is None:
        return None if wish.fresh else api.equal_run(prepared, RUNS)
    if folder.is_file():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    if not (folder / "status.json").exists():
        return None
    if wish.fresh:
        raise RunFolderError([FolderHasARun(None, str(folder))])
    api.check_folder(prepared, folder)
    return folder


def _prepare(output: Output, spec: api.Spec) -> api.Prepared:
    output.say("reading the data ...")
    prepared = api.prepare(spec)
    output.report((*spec.warnings, *prepared.warnings), spec.texts)
    return prepared


def _listener(output: Output, title: str = "") -> Listener:
    """Who draws the progress; with a title, single epochs are told on a terminal only."""
    if output.verbosity is Verbosity.QUIET:
        return Silent()
    if terminals.is_live(sys.stderr):
        return LiveLine(sys.stderr, title)
    return Silent() if title else EpochLines(sys.stderr)


def _fit(output: Output, prepared: api.Prepared, folder: Path | None, listener: Listener) -> Path:
    if "keras" not in sys.modules:
        output.say(f"loading {BACKENDS[prepared.program.runtime.backend]} ...")
    try:
        run = api.fit_prepared(prepared, api.FitOptions(folder, RUNS, progress=(listener,)))
    finally:
        listener.close()
    output.report(run.outcome.warnings, Texts())
    if run.path is None:
        raise ValueError("a run with a folder is expected")
    return run.path


def _result(folder: Path) -> Mapping[str, float]:
    """Loss and metrics on the test split; without one, of the best epoch in validation, else in training."""
    status, history = read_status(folder), read_history(folder)
    if status.test is not None or status.best is None:
        return status.test or {}
    values = history.at(status.best.epoch)
    validation = {f"val_{name}": values.get(f"val_{name}") for name in history.metrics}
    chosen = validation if any(validation.values()) else {name: values.get(name) for name in history.metrics}
    return {name: value for name, value in chosen.items() if value is not None}


def _in_short(folder: Path) -> str:
    status = read_status(folder)
    measured = ", ".join(f"{name} {number_text(value)}" for name, value in _result(folder).items())
    where = "test " if status.test is not None else ""
    best = f", best epoch {status.best.epoch} of {status.epochs}" if status.best else ""
    return f"{where}{measured}{best}, {duration_text(status.seconds)}, {folder}"
