"""The Python interface, and what every command calls.

>>> import recipe
>>> spec = recipe.load("specs/digits-mlp.yaml", overrides=["training.epochs=3"])
>>> spec.program.training.epochs
3
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from recipe.catalog.calls import Call, calls_in
from recipe.catalog.merging import TOP, merge_documents
from recipe.catalog.places import Place
from recipe.catalog.resolver import Resolver
from recipe.catalog.sections import BEFORE_RESOLVING
from recipe.catalog.values import Evaluator, tell_unused_variables
from recipe.diagnostics.ignores import without_ignored
from recipe.diagnostics.problems import (
    Collected,
    EnoughProblems,
    Problem,
    RecipeError,
    Texts,
    errors,
    in_order,
)
from recipe.diagnostics.spans import Span
from recipe.diagnostics.text import TooManyProblems
from recipe.language.files import MAX_BYTES, decode, read_text
from recipe.language.layers import LayerReader
from recipe.language.nodes import Document, MappingNode
from recipe.language.overrides import source_of
from recipe.language.reader import read, read_file
from recipe.language.trees import MAX_PROBLEMS
from recipe.lint.rules import lint, waits_for_data
from recipe.program.building import build
from recipe.program.conflicts import find_conflicts
from recipe.program.hashing import program_hash
from recipe.program.history import Entry, matching
from recipe.program.programs import Program
from recipe.program.shipped import SPECS

if TYPE_CHECKING:
    import pandas as pd

    from recipe.compiler.compiling import Compiled
    from recipe.compiler.networks import LayerRow
    from recipe.data.datasets import Arrays, Dataset
    from recipe.training.loop import Progress
    from recipe.training.running import Outcome


class DataError(RecipeError):
    """The data cannot be used as they are."""

    exit_code = 5


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Args:
        source: name of the spec.
        problems: all of them, in line order.
        texts: every file that was read, by name.
        spec: the resolved spec; None when something in it is wrong.
        program: the Program without facts; None likewise.
        sources: where data are read from, as far as that is right.
    """

    source: str
    problems: tuple[Problem, ...]
    texts: Texts
    spec: Call | None = None
    program: Program | None = None
    sources: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Spec:
    """A spec without errors.

    Args:
        source: its name.
        root: every value with its origin.
        program: what it means, before the data is read.
        texts: every file that was read.
        warnings: what is not an error.
    """

    source: str
    root: Call
    program: Program
    texts: Texts
    warnings: tuple[Problem, ...] = ()


def check(spec: str | Path, overrides: Sequence[str] = (), *, text: str | None = None) -> Checked:
    """Check a spec; loads no framework.

    Args:
        spec: path of the file, or the name to show for `text`.
        overrides: `path=value`, later wins.
        text: the spec itself, when it is not in a file.
    """
    problems, texts, source = Collected(MAX_PROBLEMS), Texts(), str(spec)
    try:
        root, program = _checked(source, overrides, text, texts, problems)
    except EnoughProblems as ended:
        root, program = None, None
        list.append(problems, TooManyProblems(ended.problem.span, MAX_PROBLEMS))
    if not texts.by_source:
        texts = _texts(source, text)
    whole = program is not None
    found = without_ignored(problems, texts, source, lambda code: whole and not waits_for_data(code))
    spec_found = root if whole else None
    return Checked(source, in_order(found), texts, spec_found, program, _sources_in(root))


def _sources_in(root: Call | None) -> tuple[Call, ...]:
    data = root.get("data") if root else None
    return tuple(call for call in calls_in(data) if call.target.startswith("recipe.data.sources."))


def _checked(
    source: str, overrides: Sequence[str], text: str | None, texts: Texts, problems: list[Problem]
) -> tuple[Call | None, Program | None]:
    """The resolved spec and its Program, the latter not after an error; each text read joins `texts`."""
    document = read_file(Path(source), source, problems) if text is None else read(text, source, problems)
    if document is None:
        return None, None
    texts.by_source[source] = document.text
    texts.by_source |= {source_of(number): text for number, text in enumerate(overrides, 1)}
    layers = LayerReader(SPECS, problems).read(document, overrides)
    texts.by_source |= {layer.source: layer.text for layer in layers}
    root = _resolve(layers, document, problems)
    if root is None or errors(problems):
        return root, None
    program = build(root, None, problems)
    if not errors(problems):
        problems += lint(program)
    return root, None if errors(problems) else program


def _texts(source: str, text: str | None) -> Texts:
    found = read_text(Path(source), source, []) if text is None else text
    return Texts() if found is None else Texts({source: found})


def _resolve(layers: Sequence[Document], document: Document, problems: list[Problem]) -> Call | None:
    """The checked spec, what is wrong left out and told; None when nothing of it is right."""
    whole = not problems
    merged = merge_documents(layers)
    evaluator = Evaluator.of(merged.get("vars"), problems)
    pairs = tuple(pair for pair in merged.pairs if pair.key not in BEFORE_RESOLVING)
    start = Span(document.source, 1, 1, 1, 1)
    resolver = Resolver(evaluator, problems, whole)
    found = resolver.resolve(MappingNode(pairs, merged.span, merged.overrode), TOP, Place("", start))
    above = {layer.source for layer in layers[layers.index(document) :]}
    tell_unused_variables(merged, above, problems)
    if not isinstance(found, Call):
        return None
    if errors(problems):
        find_conflicts(found, resolver.broken, problems)
        return found
    return found if "name" in found else found.with_argument("name", _name(document.source), found.origin)


def _name(source: str) -> str:
    stem = Path(source).name.removesuffix(".yaml").removesuffix(".yml").strip("<>")
    return stem if stem[:1].isalpha() else f"run-{stem}"


def text_of(stream: BinaryIO, name: str) -> str:
    """The text of a spec that comes from a stream.

    Args:
        stream: of bytes; no more are read than a spec may have.
        name: to show for it.

    Raises:
        RecipeError: R104 or R105 when it is too large or no UTF-8.
    """
    problems: list[Problem] = []
    text = decode(stream.read(MAX_BYTES + 1), name, problems)
    if text is None:
        raise RecipeError(problems)
    return text


def load(spec: str | Path, overrides: Sequence[str] = (), *, text: str | None = None) -> Spec:
    """Read and check a spec that is to be run: when it has errors, missing data files are told with them.

    Raises:
        RecipeError: with every error that was found.
    """
    checked = check(spec, overrides, text=text)
    if checked.spec is None or checked.program is None:
        raise RecipeError(in_order((*checked.problems, *_missing_files(checked))), checked.texts)
    return Spec(checked.source, checked.spec, checked.program, checked.texts, checked.problems)


def _missing_files(checked: Checked) -> list[Problem]:
    from recipe.data.sources.files import find

    problems: list[Problem] = []
    for call in checked.sources:
        if isinstance(path := call.get("path"), str):
            find(path, call.span_of("path"), problems)
    return problems


@dataclass(frozen=True, slots=True)
class Prepared:
    """A spec whose data were read: the settled Program and the examples."""

    spec: Spec
    program: Program
    dataset: "Dataset"
    warnings: tuple[Problem, ...] = ()


def prepare(spec: Spec) -> Prepared:
    """Read the data of a spec and settle its Program with the facts.

    Raises:
        DataError: R5xx when the data cannot be used.
        RecipeError: R3xx when spec and data do not go together.
    """
    from recipe.data import reading

    problems: list[Problem] = []
    dataset = reading.read(spec.program.data, problems)
    if dataset is None or errors(problems):
        raise DataError(in_order(problems), spec.texts)
    program = build(spec.root, dataset.facts, problems)
    problems += [] if errors(problems) else lint(program)
    whole = not errors(problems)
    left = without_ignored(problems, spec.texts, spec.source, lambda code: whole and waits_for_data(code))
    found = in_order(left)
    if not whole:
        raise RecipeError(found, spec.texts)
    warnings = tuple(problem for problem in found if problem not in spec.warnings)
    return Prepared(spec, program, dataset, warnings)


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
        return _translated(self.prepared.spec, lambda: _fit(self, chosen))  # type: ignore[no-any-return]


def compile(spec: str | Path | Spec) -> Compilation:
    """Compile a spec into plain Keras objects, weights initialized; trains nothing.

    Args:
        spec: a path, or what `load` returned.

    Raises:
        RecipeError: with every error, at its place.
    """
    return compile_prepared(prepare(_loaded(spec)))


def compile_prepared(prepared: Prepared) -> Compilation:
    """Compile a spec whose data were read."""
    return Compilation(prepared, _translated(prepared.spec, lambda: _compiled(prepared.program)))


def _compiled(program: Program) -> "Compiled":
    from recipe.compiler import startup

    startup.start(program.runtime)
    from recipe.compiler.compiling import compile_program
    from recipe.training.placements import open_placement

    return compile_program(program, open_placement(program.runtime))


def _loaded(spec: str | Path | Spec) -> Spec:
    return spec if isinstance(spec, Spec) else load(spec)


def _translated(spec: Spec, action: Callable[[], Any]) -> Any:
    """Run an action; errors it raises learn the texts that their spans point into."""
    try:
        return action()
    except RecipeError as error:
        error.texts = spec.texts
        raise


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


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands.

    Args:
        state: `running`, `finished`, `failed`, `stopped` by a signal, or `killed` without a word.
        epochs: done.
        epochs_planned: asked for.
        step: of the newest checkpoint, None when there is none.
        resumable: whether `recipe resume` or the same `recipe fit` goes on with it.
    """

    state: str
    epochs: int
    epochs_planned: int
    step: int | None
    resumable: bool


def status(run: Path) -> Standing:
    """Where a run stands; loads no framework.

    Raises:
        RunFolderError: R601 or R602 for the folder.
    """
    from recipe.report.status import read_status
    from recipe.training.locks import is_held
    from recipe.training.manifests import step_of

    written = read_status(run)
    held = is_held(run)
    state = "killed" if written.state == "running" and not held else written.state
    steps = [step_of(path) for path in (run / "checkpoints").glob("step-*")]
    newest = max((step for step in steps if step is not None), default=None)
    resumable = not held and state in ("killed", "stopped", "failed")
    return Standing(state, written.epochs, written.epochs_planned, newest, resumable)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a spec would do.

    Args:
        program: settled with the facts of the data.
        layers: the layer table.
        parameters: number of weights.
        trainable: number of weights that learn.
        rates: learning rate by step: the first, the largest and the last.
        warnings: what is not an error.
    """

    program: Program
    layers: "tuple[LayerRow, ...]"
    parameters: int
    trainable: int
    rates: Mapping[int, float]
    warnings: tuple[Problem, ...]


def plan(spec: str | Path | Spec) -> Plan:
    """What a spec would do: layers, shapes, parameters, steps and learning rates; trains nothing."""
    prepared = prepare(_loaded(spec))
    return _translated(prepared.spec, lambda: _plan(prepared))  # type: ignore[no-any-return]


def _plan(prepared: Prepared) -> Plan:
    from recipe.compiler import startup

    startup.start(prepared.program.runtime)
    from recipe.compiler.compiling import layer_table
    from recipe.compiler.rates import landmarks

    table = layer_table(prepared.program)
    return Plan(
        prepared.program,
        table,
        sum(row.parameters for row in table),
        sum(row.trainable for row in table),
        landmarks(prepared.program),
        (*prepared.spec.warnings, *prepared.warnings),
    )


def explain(spec: str | Path | Spec, key: str) -> tuple[Entry, ...]:
    """The history of the values of a key; empty when nothing has that name.

    Args:
        spec: a path, or what `load` returned.
        key: a dotted path or the end of one, such as `learning_rate` or `dense_1.kernel_initializer`.
    """
    return matching(_loaded(spec).program, key)


def evaluate(run: Path, data: Path | None = None) -> Mapping[str, Mapping[str, float]]:
    """Loss and metrics of a finished run, by split.

    Args:
        run: the run folder.
        data: a CSV file with the target column, instead of the spec's own data.

    Raises:
        RecipeError: R5xx for the data, R6xx for the folder.
    """
    from recipe.program.saving import read_program

    program = read_program(run)
    dataset = _dataset_of(program, data)
    from recipe.compiler import startup

    startup.start(program.runtime)
    from recipe.training.engines.engine import engine_for
    from recipe.training.restoring import restore

    engine = engine_for(restore(run, program).compiled)
    return {name: engine.evaluate(arrays) for name, arrays in dataset.items()}


def _dataset_of(program: Program, data: Path | None) -> "Mapping[str, Arrays]":
    from recipe.data import predicting, reading

    problems: list[Problem] = []
    if data is not None and program.facts is not None:
        arrays = predicting.encode_labelled_rows(data, program.facts, problems)
        splits = {} if arrays is None else {"data": arrays}
    else:
        dataset = reading.read(program.data, problems)
        splits = {} if dataset is None else dict(dataset.splits)
    if errors(problems) or not splits:
        raise DataError(in_order(problems))
    return splits


def predict(run: Path, file: Path) -> "tuple[pd.DataFrame, tuple[Problem, ...]]":
    """Predictions of a finished run for the rows of a CSV file, and warnings about the rows.

    Args:
        run: the run folder.
        file: a CSV with the columns that the run was trained on, in any order; the target may be missing.

    Raises:
        RecipeError: R5xx for the rows, R6xx for the folder.
    """
    import pandas as pd

    from recipe.data import predicting
    from recipe.program.saving import read_program

    program = read_program(run)
    if program.facts is None:
        raise ValueError("a run folder's Program has facts")
    problems: list[Problem] = []
    arrays = predicting.encode_rows(file, program.facts, problems)
    if arrays is None or errors(problems):
        raise DataError(in_order(problems))
    from recipe.compiler import startup

    startup.start(program.runtime)
    from recipe.training.predicting import predictions
    from recipe.training.restoring import restore

    (inputs,) = arrays.inputs.values()
    return pd.DataFrame(predictions(restore(run, program), inputs)), in_order(problems)


def seeded(spec: str | Path, overrides: Iterable[str], seed: int) -> Spec:
    """A spec with another root seed."""
    return load(spec, [*overrides, f"runtime.seed={seed}"])


def schema() -> Mapping[str, Any]:
    """The language as JSON Schema (draft-07): every key, word and class of Keras, for editors."""
    from recipe.catalog.schema import schema as written

    return written()


def settable_paths(program: Program | None) -> tuple[str, ...]:
    """The paths that an override can set, the arguments of the Program's optimizer among them."""
    from recipe.catalog import settable

    return settable.settable_paths(program.optimizer.name if program else None)
