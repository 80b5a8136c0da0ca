"""What no script is printed for: refused with its part of the spec, so that nothing is printed wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from recipe.catalog import lookup
from recipe.catalog.calls import Call, calls_in
from recipe.catalog.imported import module_of
from recipe.diagnostics.eject import CannotBeEjected
from recipe.eject.sources import BUNDLED, IN_ORDER, facts_of, is_table, path_of, separator_of, source_call
from recipe.eject.tables import column_refusals
from recipe.eject.texts import unpacking
from recipe.program.facts import Target
from recipe.program.programs import Program, Side

_PRINTED = {
    "bundled": ("name",),
    "npz": ("path", "features", "target"),
    "csv": ("path", "separator", "encoding", "header"),
    "corpus": ("path", "tokens", "context", "encoding"),
    "images": ("path", "masks", "size", "resize", "channels", "interpolation"),
    "series": ("path", "time", "columns", "forecast", "window", "horizon", "rows", "standardize", "encoding"),
}
_LAYERS = ("keras.layers.", "keras.ops.")
_READING = "it reads and divides data in a few lines of NumPy and pandas"
# Metrics that take the largest share of a mixed answer, as a run does for all.
_OF_THE_LARGEST = ("CategoricalAccuracy", "TopKCategoricalAccuracy")


@dataclass(frozen=True, slots=True)
class _Row:
    """One thing that is refused.

    Args:
        path: of the part.
        found: what is there, in words; empty when there is nothing to refuse.
        reason: what a script does, which does not go with that.
        way: what `--set` makes of it, for a script.
    """

    path: str
    found: Callable[[Program], str]
    reason: str
    way: str = ""


def _earlier_weights(program: Program) -> str:
    init = program.spec.get("init")
    weights = init.get("weights") if isinstance(init, Call) else None
    return "" if weights is None else f"`{weights}`"


def _begun_inside(program: Program) -> str:
    begun = (layer for layer in program.graph.layers if layer.starts)
    return next((f"one weight of `{layer.call.name}` that begins by itself" for layer in begun), "")


def _parts(program: Program) -> str:
    parts = program.training.accumulate
    return "" if parts == 1 else f"a batch in {parts} parts"


def _frozen(program: Program) -> str:
    return "`freeze` for a while" if any(one.frozen_steps for one in program.update.groups) else ""


def _best_average(program: Program) -> str:
    stopping = program.early_stopping
    if stopping is None or program.update.average_decay is None or stopping.metric.startswith("val_"):
        return ""
    return f"`{stopping.metric}`, beside `ema`"


def _other_than(value: str, wanted: str) -> str:
    return "" if value == wanted else f"`{value}`"


def _scaled_averages(program: Program) -> str:
    is_scaled = program.runtime.precision == "mixed_float16"
    return "`mixed_float16`, beside `ema`" if is_scaled and program.update.average_decay is not None else ""


def _sampling(program: Program) -> str:
    sampling, source = program.training.sampling, source_call(program).name
    return f"`{sampling}` of a text" if sampling != "shuffled" and source == "corpus" else ""


def _weighs(program: Program) -> bool:
    return any(step.side is Side.WEIGHT for step in program.batch)


def _weights(program: Program) -> str:
    return f"`{program.data.weight}`" if program.data.weight is not None and _weighs(program) else ""


def _weighed_steps(program: Program) -> str:
    has_one = facts_of(program).targets[0].has_one_answer
    return "several answers for an example" if _weighs(program) and not has_one else ""


def _mixes(program: Program) -> bool:
    return any(step.side is Side.BATCH for step in program.batch)


def _mixed_metric(program: Program) -> str:
    if not _mixes(program) or facts_of(program).targets[0].kind == "number":
        return ""
    return next((f"`{one.name}`" for one in program.metrics if one.name not in _OF_THE_LARGEST), "")


def _mixed_weights(program: Program) -> str:
    return "mixed examples" if _mixes(program) and _weighs(program) else ""


_ROWS = (
    _Row(
        "runtime.backend",
        lambda program: _other_than(program.runtime.backend, "tensorflow"),
        "it trains with TensorFlow",
        "runtime.backend=tensorflow",
    ),
    _Row(
        "runtime.strategy",
        lambda program: _other_than(program.runtime.strategy, "single"),
        "it trains on one device",
        "runtime.strategy=single",
    ),
    _Row(
        "runtime.precision",
        _scaled_averages,
        "Keras hides the averages of an optimizer that scales its loss",
        "runtime.precision=mixed_bfloat16",
    ),
    _Row("init.weights", _earlier_weights, "it reads no run folders", "init.weights=off"),
    _Row("init", _begun_inside, "its layers give each weight an initializer by an argument"),
    _Row(
        "training.time",
        lambda program: "" if program.training.minutes is None else f"{program.training.minutes:g} minutes",
        "how far a clock lets it come is never the same",
        "training.time=off",
    ),
    _Row("training.sampling", _sampling, "each epoch cuts a text elsewhere", "training.sampling=shuffled"),
    _Row(
        "training.class_weight",
        _weighed_steps,
        "Keras weighs the classes of examples, not those of steps or pixels",
        "training.class_weight=off",
    ),
    _Row("metrics", _mixed_metric, "Keras measures mixed answers as they are"),
    _Row(
        "training.class_weight",
        _mixed_weights,
        "Keras weighs examples after they are mixed",
        "training.class_weight=off",
    ),
    _Row(
        "data.weight",
        _weights,
        "Keras takes weights of classes or of examples",
        "data.weight=off",
    ),
    _Row(
        "training.accumulate",
        _parts,
        "Keras counts each part of a batch as a step",
        "training.accumulate=1",
    ),
    _Row("optimizer.groups", _frozen, "Keras settles what is trained before it begins"),
    _Row(
        "regularization.early_stopping.metric",
        _best_average,
        "averages take the place of the weights only while they are validated",
    ),
)


def refusals(program: Program) -> tuple[CannotBeEjected, ...]:
    """Every part of a Program that a script cannot say, each at its section of the spec.

    Args:
        program: with facts, settled.
    """
    found = [(row.path, row.found(program), row.reason, row.way) for row in _ROWS]
    found += [(path, what, _READING, "") for path, what in _data_refusals(program)]
    told = (
        CannotBeEjected(program.spec.span_of(path.split(".")[0]), path, what, reason, way)
        for path, what, reason, way in found
        if what
    )
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
        found.append(("data.split.fold", "all folds, which are as many runs"))
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
    """Layers of other packages, and with values that do not come from the seed of a path."""
    for layer in program.graph.layers:
        inner = [one for value in layer.call.arguments.values() for one in calls_in(value.value)]
        what = f"a seed inside `{layer.call.name}`" if any(one.get("seed") for one in inner) else ""
        is_known = layer.call.target.startswith(_LAYERS) or module_of(layer.call.target) in program.imports
        what = what if is_known else f"`{layer.call.name}`"
        if what:
            reason = "its weights are seeded by their paths" if is_known else "its layers are those of Keras"
            yield CannotBeEjected(layer.span, f"architecture.{layer.name}", what, reason)
