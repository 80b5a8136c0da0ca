"""Training for `recipe fit`: one run, or one for each of several seeds or folds."""

import errno
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from recipe import api
from recipe.cli import terminals
from recipe.cli.output import Output, Verbosity
from recipe.cli.progress import EpochLines, Listener, LiveLine, Silent
from recipe.diagnostics.problems import Texts
from recipe.program.saving import read_untouched
from recipe.report.history import read_history
from recipe.report.runs import is_finished
from recipe.report.seeds import seeds_table
from recipe.report.status import read_status
from recipe.report.summary import summarize
from recipe.report.tables import duration_text, number_text

BACKENDS: Mapping[str, str] = MappingProxyType({"tensorflow": "TensorFlow", "jax": "JAX"})


def train(output: Output, spec: api.Spec, options: api.FitOptions) -> None:
    """Train a spec and show what came of it; the last line is the run folder.

    Raises:
        RunFolderError: R603, R611, R612 or R618 when the wished folder holds another run.
        RecipeError: with every problem of spec and data.
    """
    prepared = _prepare(output, spec)
    met = _met(prepared, options)
    if met is not None and met.finished:
        way_out = " (--fresh trains it again)" if options.folder is None else ""
        output.say(f"already trained: {met.folder}{way_out}")
        if others := api.unlike(prepared, met.folder):
            output.say(f"with other values of {', '.join(others)}")
        output.result(str(met.folder))
        return
    output.say(_announced(prepared, met, options))
    folder = _fit(output, prepared, _going_on(options, met), _listener(output))
    if output.verbosity > Verbosity.QUIET:
        output.result(summarize(folder, width=terminals.width_of(sys.stdout)))
    output.result(str(folder))


def _announced(prepared: api.Prepared, met: api.Met | None, options: api.FitOptions) -> str:
    """Whether a run goes on or begins, and what a new one does in another way than the newest."""
    if met is not None:
        return f"continuing {met.folder}" + ("" if options.folder else " (--fresh begins anew)")
    if options.fork is not None:
        return f"starting from the newest checkpoint of {options.fork}"
    return "" if options.folder or options.fresh else api.differing(prepared, options.runs)


def go_on(output: Output, run: Path, options: api.FitOptions, *, allow_imports: bool = False) -> None:
    """Go on with a run from its folder, where the modules that it names may be imported."""
    read_untouched(run)
    if is_finished(run):
        output.say(f"already trained: {run}")
        return
    listener = _listener(output)
    output.say(f"continuing {run} ...")
    try:
        chosen = replace(options, progress=(listener,))
        resumed = api.resume(run, chosen, allow_imports=allow_imports)
    finally:
        listener.close()
    output.report(resumed.outcome.warnings, Texts())


def train_several(output: Output, what: str, specs: Mapping[int, api.Spec], options: api.FitOptions) -> None:
    """Train a spec once for each seed or fold, and show mean and spread; the last line is the runs' folder.

    Args:
        output: where to tell it.
        what: is numbered, `seed` or `fold`.
        specs: by number.
        options: without a folder.
    """
    rows = []
    for number, spec in specs.items():
        title = f"{what} {number} of {len(specs)}"
        prepared = _prepare(output, spec)
        met = _met(prepared, options)
        before = met is not None and met.finished
        listener = _listener(output, title)
        folder = met.folder if met and before else _fit(output, prepared, _going_on(options, met), listener)
        rows.append((number, _result(folder)))
        output.say(f"{title}: {_in_short(folder)}{', trained before' if before else ''}")
    output.result(seeds_table(rows, what))
    output.result(str(folder.parent))


def _met(prepared: api.Prepared, options: api.FitOptions) -> api.Met | None:
    """The run that is there for a spec; None when a new one is to begin."""
    if options.folder is not None and options.folder.is_file():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(options.folder))
    return api.meet(prepared, options)


def _going_on(options: api.FitOptions, met: api.Met | None) -> api.FitOptions:
    """The options with the folder of the run that goes on."""
    return options if met is None else replace(options, folder=met.folder)


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


def _fit(output: Output, prepared: api.Prepared, options: api.FitOptions, listener: Listener) -> Path:
    if "keras" not in sys.modules:
        output.say(f"loading {BACKENDS[prepared.program.runtime.backend]} ...")
    try:
        run = api.fit_prepared(prepared, replace(options, progress=(listener,)))
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
