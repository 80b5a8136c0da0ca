"""Compiling and training: from a spec to Keras objects, and to a run folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recipe.api.checking import DataError, Spec, loaded
from recipe.api.planning import Prepared, prepare, translated
from recipe.diagnostics.problems import (
    Problem,
    Texts,
    errors,
    in_order,
)
from recipe.program.hashing import program_hash
from recipe.program.programs import Program

if TYPE_CHECKING:
    import pandas as pd

    from recipe.compiler.compiling import Compiled
    from recipe.data.datasets import Dataset
    from recipe.training.loop import Progress
    from recipe.training.running import Outcome


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
        return self.prepared.program

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

    def fit(self, options: "FitOptions | None" = None, **changes: Any) -> "Run":
        """Train these objects; options as in `recipe.fit`."""
        chosen = replace(options or FitOptions(), **changes)
        return translated(self.prepared.spec, lambda: _fit(self, chosen))  # type: ignore[no-any-return]


def compile(spec: str | Path | Spec) -> Compilation:
    """Compile a spec into plain Keras objects, weights initialized; trains nothing.

    Args:
        spec: a path, or what `load` returned.

    Raises:
        RecipeError: with every error, at its place.
    """
    return compile_prepared(prepare(loaded(spec)))


def compile_prepared(prepared: Prepared) -> Compilation:
    """Compile a spec whose data were read."""
    return Compilation(prepared, translated(prepared.spec, lambda: _compiled(prepared.program)))


def _compiled(program: Program) -> "Compiled":
    from recipe.compiler import startup

    startup.start(program.runtime)
    from recipe.compiler.compiling import compile_program
    from recipe.training.placements import open_placement

    return compile_program(program, open_placement(program.runtime))


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


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How `fit` runs, beside what it trains.

    Args:
        folder: the run folder; `runs/<name>/<number>` unless said.
        runs: where run folders lie.
        callbacks: Keras callbacks beside those of the spec.
        progress: told of every block and epoch.
        keep: write a run folder at all.
        resume: go on where an equal run that did not finish stands.
    """

    folder: Path | None = None
    runs: Path = Path("runs")
    callbacks: Sequence[Any] = ()
    progress: Sequence["Progress"] = field(default=())
    keep: bool = True
    resume: bool = False


def fit(spec: str | Path | Spec, options: FitOptions | None = None, **changes: Any) -> Run:
    """Train a spec.

    Args:
        spec: a path, or what `load` returned.
        options: how to run.
        changes: fields of `FitOptions` by name.

    Raises:
        RecipeError: with every error, at its place.
    """
    return compile(spec).fit(options, **changes)


def fit_prepared(prepared: Prepared, options: FitOptions) -> Run:
    """Train a spec whose data were read."""
    return compile_prepared(prepared).fit(options)


def _fit(compilation: Compilation, options: FitOptions) -> Run:
    from recipe.report.curves import draw_curves
    from recipe.report.history import read_history
    from recipe.report.status import read_status
    from recipe.training import folders, running

    folder = None
    if options.keep:
        prepared = compilation.prepared
        given = options.folder or (unfinished_run(prepared, options.runs) if options.resume else None)
        name = prepared.program.name
        folder = folders.given_folder(given) if given else folders.new_folder(options.runs, name)
        if not (folder.path / "status.json").exists():
            running.write_sources(folder, prepared.spec.texts.by_source, prepared.spec.source)
    dataset = compilation.dataset
    outcome = running.run(compilation.compiled, dataset, folder, options.callbacks, options.progress)
    if folder is not None:
        history, best = read_history(folder.path), read_status(folder.path).best
        draw_curves(history, folder.path / "curves.svg", title=compilation.program.name, best=best)
    return Run(folder.path if folder else None, outcome)


def equal_run(prepared: Prepared, runs: Path) -> Path | None:
    """The newest run folder of this program on these data, finished or not."""
    from recipe.report.runs import find_equal

    program = prepared.program
    fingerprint = program.facts.fingerprint if program.facts else ""
    return find_equal(runs, program.name, program_hash(program), fingerprint)


def unfinished_run(prepared: Prepared, runs: Path) -> Path | None:
    """The newest run folder of this program on these data, when it did not come to its end."""
    from recipe.report.runs import is_finished

    found = equal_run(prepared, runs)
    return None if found is None or is_finished(found) else found


def check_folder(prepared: Prepared, folder: Path) -> None:
    """Refuse a folder that holds a run of another program or other data.

    Raises:
        RunFolderError: R611, with what differs.
    """
    from recipe.diagnostics.runs import OtherRun, RunFolderError
    from recipe.program.differences import differences
    from recipe.program.saving import read_program
    from recipe.report.runs import is_equal

    program = prepared.program
    fingerprint = program.facts.fingerprint if program.facts else ""
    if not (folder / "status.json").exists() or is_equal(folder, program_hash(program), fingerprint):
        return
    differing = differences(read_program(folder), program) or ("data: other content",)
    raise RunFolderError([OtherRun(None, str(folder), differing)])


def resume(run: Path, options: FitOptions | None = None) -> Run:
    """Go on with a run that did not finish, from its folder alone.

    Args:
        run: the run folder.
        options: how to run; the folder is that of the run.

    Raises:
        RunFolderError: R601 or R602 for the folder, R612 when the data are not those it began with.
        DataError: R5xx when the data cannot be read.
    """
    from recipe.data import reading
    from recipe.diagnostics.runs import ChangedData, RunFolderError
    from recipe.program.saving import read_program

    program = read_program(run)
    problems: list[Problem] = []
    dataset = reading.read(program.data, problems)
    if dataset is None or errors(problems):
        raise DataError(in_order(problems))
    if program.facts is None or dataset.facts.fingerprint != program.facts.fingerprint:
        raise RunFolderError([ChangedData(None, str(run))])
    spec = Spec(str(run / "spec.yaml"), program.spec, program, Texts())
    chosen = replace(options or FitOptions(), folder=run)
    return compile_prepared(Prepared(spec, program, dataset)).fit(chosen)
