"""What no script is printed for: refused with its part of the spec, so that nothing is printed wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from recipe.catalog import lookup
from recipe.catalog.calls import Call, calls_in
from recipe.diagnostics.eject import CannotBeEjected
from recipe.eject.sources import BUNDLED, IN_ORDER, facts_of, is_table, path_of, separator_of, source_call
from recipe.eject.tables import column_refusals
from recipe.eject.texts import unpacking
from recipe.program.facts import Target
from recipe.program.programs import Program, Side

OVER = "recipe.components.over_"
"""Beginning of our losses and metrics, which are copied into a script."""

_REDUCED = "recipe.components.reduced_rate.ReducedRate"
_PRINTED = {
    "bundled": ("name",),
    "npz": ("path", "features", "target"),
    "csv": ("path", "separator", "encoding", "header"),
    "corpus": ("path", "tokens", "context", "encoding"),
    "images": ("path", "masks", "size", "resize", "channels", "interpolation"),
    "series": ("path", "time", "columns", "forecast", "window", "horizon", "rows", "standardize", "encoding"),
}
_RANDOM = ("dropout", "recurrent_dropout", "rate")


@dataclass(frozen=True, slots=True)
class _Row:
    """One thing that is refused.

    Args:
        path: of the part.
        found: what is there, in words; empty when there is nothing to refuse.
    """

    path: str
    found: Callable[[Program], str]


def _training(program: Program) -> str:
    training = program.training
    whole = int(str(training.epochs)) * int(str(training.steps_per_epoch))
    return "" if whole == training.total_steps else f"{training.total_steps} steps, no whole number of epochs"


def _first_weights(program: Program) -> str:
    init = program.spec.get("init")
    if isinstance(init, Call) and init.get("weights") is not None:
        return "weights of an earlier run"
    begun = (layer for layer in program.graph.layers if layer.starts)
    return next((f"one weight of `{layer.call.name}` that begins by itself" for layer in begun), "")


def _parts(program: Program) -> str:
    parts = program.training.accumulate
    return "" if parts == 1 else f"a batch in {parts} parts"


def _frozen(program: Program) -> str:
    return "`freeze`" if any(one.frozen or one.frozen_steps for one in program.update.groups) else ""


def _best_average(program: Program) -> str:
    """Keras ends `fit` with the last average, wherever the best was."""
    is_stopped = program.early_stopping is not None
    return "`ema` beside it" if is_stopped and program.update.average_decay is not None else ""


def _other_than(value: str, wanted: str) -> str:
    return "" if value == wanted else f"`{value}`"


def _foreign(call: Call | None, *prefixes: str) -> str:
    """The first name of a class that is neither Keras's own nor copied."""
    named = (one for one in calls_in(call) if not one.target.startswith(("keras.", *prefixes)))
    return next((f"`{one.name}`" for one in named), "")


def _foreign_schedules(program: Program) -> str:
    schedules = (program.schedule, *program.settings.values())
    return next(filter(None, (_foreign(one, "recipe.components.") for one in schedules)), "")


_ROWS = (
    _Row("runtime.backend", lambda program: _other_than(program.runtime.backend, "tensorflow")),
    _Row("runtime.strategy", lambda program: _other_than(program.runtime.strategy, "single")),
    _Row("runtime.precision", lambda program: _other_than(program.runtime.precision, "float32")),
    _Row("init", _first_weights),
    _Row("training", _training),
    _Row("training.stop_at", lambda program: ", ".join(f"`{goal.metric}`" for goal in program.goals)),
    _Row(
        "training.time",
        lambda program: "" if program.training.minutes is None else f"{program.training.minutes:g} minutes",
    ),
    _Row(
        "training.validate_every",
        lambda program: _other_than(str(program.training.validate_every), "1"),
    ),
    _Row("training.sampling", lambda program: _other_than(program.training.sampling, "shuffled")),
    _Row(
        "training.class_weight",
        lambda program: "weights" if any(step.side is Side.WEIGHT for step in program.batch) else "",
    ),
    _Row(
        "regularization",
        lambda program: "mixed examples" if any(step.side is Side.BATCH for step in program.batch) else "",
    ),
    _Row("data.weight", lambda program: "" if program.data.weight is None else f"`{program.data.weight}`"),
    _Row("training.accumulate", _parts),
    _Row("optimizer.groups", _frozen),
    _Row("regularization.early_stopping", _best_average),
    _Row("training.callbacks", lambda program: ", ".join(f"`{one.name}`" for one in program.callbacks)),
    _Row("schedule", lambda program: "`reduce_on_plateau`" if program.plateau else ""),
    _Row("schedule", _foreign_schedules),
    _Row("optimizer", lambda program: _foreign(program.optimizer)),
    _Row("loss", lambda program: _foreign(program.loss, OVER)),
    _Row("loss", lambda program: "" if program.objectives[0].weight == 1.0 else "a weight"),
    _Row(
        "metrics",
        lambda program: next(filter(None, (_foreign(one, OVER) for one in program.metrics)), ""),
    ),
)


def refused_imports(program: Program) -> CannotBeEjected | None:
    """Modules of the user, told before anything is read: nobody may be asked to allow them for nothing."""
    if not program.imports:
        return None
    what = f"classes of {', '.join(f'`{module}`' for module in program.imports)}"
    return CannotBeEjected(program.spec.span_of("imports"), "imports", what)


def refusals(program: Program) -> tuple[CannotBeEjected, ...]:
    """Every part of a Program that a script cannot say, each at its section of the spec.

    Args:
        program: with facts, settled.
    """
    found = [(row.path, row.found(program)) for row in _ROWS]
    found += _data_refusals(program)
    spec = program.spec
    told = [CannotBeEjected(spec.span_of(path.split(".")[0]), path, what) for path, what in found if what]
    return (*told, *_layer_refusals(program))


def _data_refusals(program: Program) -> list[tuple[str, str]]:
    """Parts of the data that cannot be printed, each with what is there."""
    plan, facts = program.data, facts_of(program)
    found = [
        (f"data.{part}", what) for part, call in plan.sources.items() if (what := _refused(call, program))
    ]
    owners = {fact.owner or name for name, fact in facts.inputs.items()}
    if len(owners) > 1:
        found.append(("architecture.inputs", f"{len(owners)} inputs"))
    if len(facts.inputs) > 1 and any(step.side is Side.INPUT for step in program.batch):
        found.append(("regularization", "steps on one of several inputs"))
    in_order = source_call(program).name in IN_ORDER
    is_mask = facts.targets[0].is_mask and source_call(program).name == "images"
    if len(facts.targets) > 1 or not (_is_printed(facts.targets[0]) or in_order or is_mask):
        found.append(("data.target", "several answers for an example"))
    if plan.split.time is not None:
        found.append(("data.split.time", f"`{plan.split.time}`"))
    if plan.split.folds and not plan.split.fold:
        found.append(("data.split.folds", "all folds; a script trains that of `data.split.fold`"))
    return found + list(column_refusals(program) if is_table(program) else _array_refusals(program))


def _is_printed(target: Target) -> bool:
    return target.are_labels or not target.is_array


def _refused(call: Call, program: Program) -> str:
    """What keeps a source from being printed; empty when nothing does."""
    if call.name == "bundled" and call["name"] not in BUNDLED:
        return f"the generated set `{call['name']}`"
    if call.name not in _PRINTED:
        return f"`{call.name}`"
    if call.name == "series" and len(program.data.sources) > 1:
        return "a series for each part"
    if call.name != "images" and not path_of(call).is_file():
        return "several files"
    if unprinted := _unprinted(call):
        return f"`{unprinted}`"
    if call.name == "corpus":
        return _refused_text(call, program)
    if call.name == "series":
        return "" if separator_of(program) == "," else "a file without commas"
    is_named = not is_table(program) or separator_of(program) is not None
    return "" if is_named else "a file whose first line does not name the columns"


def _refused_text(call: Call, program: Program) -> str:
    tokens, first = call["tokens"], source_call(program)
    if isinstance(tokens, Call):
        return f"`{tokens.name}`"
    if path_of(call).suffix.lower() == ".zip":
        return "a zip archive"
    if unpacking(call) != unpacking(first):
        return "a file that is packed in another way than that of the training"
    others = (name for name in ("tokens", "context") if call[name] != first[name])
    return next((f"other `{name}` than in training" for name in others), "")


def _unprinted(call: Call) -> str:
    """The first argument that says otherwise than its default how a file is written; empty if none does."""
    row = lookup.find("source", call.name)
    parameters = row.parameters if row else ()
    changed = (one.name for one in parameters if one.name in call and call[one.name] != one.default)
    return next((name for name in changed if name not in _PRINTED[call.name]), "")


def _array_refusals(program: Program) -> Iterator[tuple[str, str]]:
    plan, target = program.data, facts_of(program).targets[0]
    if plan.split.folds:
        yield "data.split.folds", "folds of arrays"
    if source_call(program).name in ("corpus", "images"):
        return
    if plan.missing != "error":
        yield "data.missing", f"`{plan.missing}` of arrays"
    if target.kind != "number" and target.classes != tuple(map(str, range(len(target.classes)))):
        yield "data.target", "classes that are not numbered from 0"


def _layer_refusals(program: Program) -> Iterator[CannotBeEjected]:
    """Layers with values or random numbers that do not come from the seed of a path."""
    for layer in program.graph.layers:
        inner = [one for value in layer.call.arguments.values() for one in calls_in(value.value)]
        draws = any(one.get(name) for one in inner for name in (*_RANDOM, "seed"))
        foreign = _foreign(layer.call) or (
            "" if layer.call.target.startswith(("keras.layers.", "keras.ops.")) else f"`{layer.call.name}`"
        )
        what = foreign or (f"random numbers inside `{layer.call.name}`" if draws else "")
        if what:
            yield CannotBeEjected(layer.span, f"architecture.{layer.name}", what)
