"""Compiling and training: from a spec to Keras objects, and to a run folder."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recipe.api.checking import DataError, Spec, loaded
from recipe.api.importing import import_modules
from recipe.api.meeting import meet
from recipe.api.options import FitOptions
from recipe.api.planning import Prepared, prepare, translated
from recipe.api.presets import start_for_texts
from recipe.diagnostics.problems import (
    Problem,
    RecipeError,
    Texts,
    errors,
    in_order,
)
from recipe.lint.histories import lint_run
from recipe.program.contents import contents_of
from recipe.program.programs import Program
from recipe.program.sections import section
from recipe.program.settling import settle_training
from recipe.program.tracking import check_trackers
from recipe.report.runs import kept_to_cores

if TYPE_CHECKING:
    import pandas as pd

    from recipe.compiler.compiling import Compiled
    from recipe.data.datasets import Dataset
    from recipe.training.folders import RunFolder
    from recipe.training.running import Outcome


# A page takes about a second: it is written unasked where that is less than a fiftieth of the run.
REPORT_AFTER_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Compilation:
    """A spec compiled into plain Keras objects.

    Args:
        prepared: spec, Program and data.
        compiled: the Keras objects.
    """

    prepared: Prepared
    compiled: "Compiled"

    @property
    def program(self) -> Program:
        """The settled Program."""
        return self.compiled.program

    @property
    def model(self) -> Any:
        """The network on encoded arrays: a plain functional `keras.Model`, compiled."""
        return self.compiled.model

    @property
    def optimizer(self) -> Any:
        """A plain Keras optimizer."""
        return self.compiled.optimizer

    @property
    def loss(self) -> Any:
        """A plain Keras loss."""
        return self.compiled.loss

    @property
    def metrics(self) -> tuple[Any, ...]:
        """Plain Keras metrics."""
        return self.compiled.metrics

    @property
    def callbacks(self) -> tuple[Any, ...]:
        """Plain Keras callbacks."""
        return self.compiled.callbacks

    @property
    def dataset(self) -> "Dataset":
        """The examples by split."""
        return self.prepared.dataset

    def fit(self, options: FitOptions | None = None, **changes: Any) -> "Run":
        """Train these objects; options as in `recipe.fit`."""
        chosen = replace(options or FitOptions(), **changes)
        return translated(self.prepared.spec, lambda: _fit(self, chosen))  # type: ignore[no-any-return]


def compile(spec: str | Path | Spec, *, arrays: Mapping[str, Any] | None = None) -> Compilation:
    """Compile a spec into plain Keras objects, weights initialized; trains nothing.

    Args:
        spec: a path, or what `load` returned.
        arrays: what `data: {source: arrays}` reads, by name.

    Raises:
        RecipeError: with every error, at its place.
    """
    return compile_prepared(prepare(loaded(spec, arrays)))


def compile_prepared(prepared: Prepared) -> Compilation:
    """Compile a spec whose data were read."""
    return Compilation(prepared, translated(prepared.spec, lambda: _begun(_compiled(prepared.program))))


def own_process() -> None:
    """Say that nobody else uses Keras in this process, so that it is loaded without what only others need."""
    from recipe.compiler import startup

    startup.own_process()


def last_words() -> AbstractContextManager[object]:
    """Inside of it, SIGTERM and a closed terminal end the process with a word and 128 + their number.

    A run that trains ends in its own way, once its step is saved.
    """
    from recipe.training.signals import LAST_WORDS, Leaver

    return Leaver(LAST_WORDS)


def _compiled(program: Program, by_cores: bool | None = None) -> "Compiled":
    from recipe.compiler import startup

    startup.start_training(program, by_cores=by_cores)
    from recipe.compiler.compiling import compile_program
    from recipe.training.placements import open_placement

    with startup.without_tensorflow(program.runtime.backend):
        return compile_program(program, open_placement(program.runtime))


def _begun(compiled: "Compiled") -> "Compiled":
    """With the weights that others were trained to, where the spec asks for them."""
    from recipe.compiler.earlier_weights import load_earlier
    from recipe.compiler.pretrained import load_pretrained

    load_pretrained(compiled.model, compiled.program.graph)
    note = load_earlier(compiled.model, compiled.program)
    return replace(compiled, notes=(*compiled.notes, note)) if note else compiled


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run.

    Args:
        path: its folder; None when nothing was written.
        outcome: the trained objects and numbers.
    """

    path: Path | None
    outcome: "Outcome"

    @property
    def model(self) -> Any:
        """The trained network on encoded arrays."""
        return self.outcome.compiled.model

    @property
    def test(self) -> Mapping[str, float] | None:
        """Loss and metrics on the test split."""
        return self.outcome.test

    @property
    def history(self) -> "pd.DataFrame":
        """One row an epoch: step, learning rate, seconds, loss and metrics."""
        import pandas as pd

        return pd.DataFrame([row.cells for row in self.outcome.rows]).set_index("epoch")


def fit(
    spec: str | Path | Spec,
    options: FitOptions | None = None,
    *,
    arrays: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Run:
    """Train a spec.

    Args:
        spec: a path, or what `load` returned.
        options: how to run.
        arrays: what `data: {source: arrays}` reads, by name.
        changes: fields of `FitOptions` by name.

    Raises:
        RecipeError: with every error, at its place.
    """
    return compile(spec, arrays=arrays).fit(options, **changes)


def fit_prepared(prepared: Prepared, options: FitOptions) -> Run:
    """Train a spec whose data were read; a run that goes on needs no weights but its checkpoint's."""
    from recipe.training.manifests import newest_step

    if options.keep:  # before a framework is loaded, which takes seconds
        check_trackers(prepared.program)
    met = translated(prepared.spec, lambda: meet(prepared, options)) if options.keep else None
    if met is None or newest_step(met.folder / "checkpoints") is None:
        return compile_prepared(prepared).fit(options)
    by_cores = kept_to_cores(met.folder)
    going_on = Compilation(prepared, translated(prepared.spec, lambda: _compiled(prepared.program, by_cores)))
    return going_on.fit(options)


def _fit(compilation: Compilation, options: FitOptions) -> Run:
    from recipe.report import run_pages
    from recipe.report.pages import write_page
    from recipe.training import folders, running
    from recipe.training.resuming import Beginning

    prepared = compilation.prepared
    if options.stall_minutes is not None and not options.keep:
        raise ValueError("`keep` is expected with `stall_minutes`: the run goes on from its folder")
    texts, main = prepared.spec.texts.by_source, prepared.spec.source
    warnings = (*prepared.spec.warnings, *prepared.warnings)
    asked = (options.fork, options.engine_changed, options.stall_minutes)
    beginning = Beginning(texts, main, *asked, found=warnings)
    if options.keep:
        check_trackers(compilation.program)
    folder = _folder(prepared, options) if options.keep else None
    compiled, dataset = compilation.compiled, compilation.dataset
    try:
        outcome = running.run(compiled, dataset, folder, options.callbacks, options.progress, beginning)
    except RecipeError:
        if folder is not None and options.folder is None:
            folders.remove_if_bare(folder)
        raise
    told = lint_run(compilation.program, [row.cells for row in outcome.rows])
    outcome = replace(outcome, warnings=(*outcome.warnings, *told))
    if folder is not None:
        _draw(folder.path, compilation.program.name)
        if outcome.seconds >= REPORT_AFTER_SECONDS:
            write_page(folder.path / run_pages.FILE, run_pages.run_page(folder.path, told))
    return Run(folder.path if folder else None, outcome)


def _draw(folder: Path, title: str) -> None:
    """The curves of a finished run."""
    from recipe.report.curves import draw_curves
    from recipe.report.history import read_history
    from recipe.report.status import read_status

    draw_curves(read_history(folder), folder / "curves.svg", title=title, best=read_status(folder).best)


def _folder(prepared: Prepared, options: FitOptions) -> "RunFolder":
    """The folder of the run that goes on, else of a new one."""
    from recipe.training import folders

    met = meet(prepared, options)
    if met is not None and (options.folder is not None or not met.finished):
        return folders.RunFolder(met.folder)
    if options.folder is not None:
        return folders.given_folder(options.folder)
    return folders.new_folder(options.runs, prepared.program.name)


def resume(run: Path, options: FitOptions | None = None, *, allow_imports: bool = False) -> Run:
    """Go on with a run that did not finish, from its folder alone.

    Args:
        run: the run folder.
        options: how to run; the folder is that of the run.
        allow_imports: let the modules of the run's `imports` be imported; they are code.

    Raises:
        RecipeError: R680 to R682 for its imports.
        RunFolderError: R601 or R602 for the folder, R612 when the data are not those it began with.
        DataError: R5xx when the data cannot be read.
    """
    from recipe.data import reading
    from recipe.diagnostics.runs import RunFolderError
    from recipe.diagnostics.runs_resuming import ChangedData
    from recipe.program.saving import read_untouched

    program = read_untouched(run)
    import_modules(program, allowed=allow_imports)
    program = replace(program, contents=contents_of(program))
    start_for_texts(program)
    problems: list[Problem] = []
    dataset = reading.read(program.data, problems)
    if dataset is None or errors(problems):
        raise DataError(in_order(problems))
    if program.facts is None or dataset.facts.fingerprint != program.facts.fingerprint:
        now = settle_training(section(program.spec, "training"), dataset.facts, [])
        steps = [int(str(training.steps_per_epoch)) for training in (program.training, now)]
        raise RunFolderError([ChangedData(None, str(run), *steps)])
    spec = Spec(str(run / "spec.yaml"), program.spec, program, Texts())
    chosen = replace(options or FitOptions(), folder=run)
    return fit_prepared(Prepared(spec, program, dataset), chosen)
