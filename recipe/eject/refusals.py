"""What no script is printed for: refused with its part of the spec, so that nothing is printed wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from recipe.catalog.calls import Call, calls_in
from recipe.diagnostics.eject import CannotBeEjected
from recipe.eject.sources import data_refusals
from recipe.program.programs import Program, Side

_REDUCED = "recipe.components.reduced_rate.ReducedRate"
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


def _update(program: Program) -> str:
    """What no optimizer of Keras does by itself."""
    update, decay = program.update, program.decay
    wanted = {
        "`ema`": update.average_decay is not None,
        "`gradient_clip: {adaptive}`": update.adaptive_clip > 0,
        "`gradient_noise`": update.noise > 0,
        "`gradient_centralization`": update.centralized,
        "`weight_decay: {coupled}`": decay is not None and decay.coupled,
    }
    return ", ".join(word for word, is_written in wanted.items() if is_written)


def _other_than(value: str, wanted: str) -> str:
    return "" if value == wanted else f"`{value}`"


def _foreign(call: Call | None, *prefixes: str) -> str:
    """The first name of a class that is neither Keras's own nor copied."""
    named = (one for one in calls_in(call) if not one.target.startswith(("keras.", *prefixes)))
    return next((f"`{one.name}`" for one in named), "")


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
    _Row("optimizer.groups", lambda program: "groups of weights" if program.update.groups else ""),
    _Row("regularization", _update),
    _Row("training.callbacks", lambda program: ", ".join(f"`{one.name}`" for one in program.callbacks)),
    _Row("schedule", lambda program: "a schedule of another quantity" if program.settings else ""),
    _Row("schedule", lambda program: "`reduce_on_plateau`" if program.plateau else ""),
    _Row("schedule", lambda program: _foreign(program.schedule, "recipe.components.")),
    _Row("optimizer", lambda program: _foreign(program.optimizer)),
    _Row("loss", lambda program: _foreign(program.loss)),
    _Row("loss", lambda program: "" if program.objectives[0].weight == 1.0 else "a weight"),
    _Row("metrics", lambda program: next(filter(None, map(_foreign, program.metrics)), "")),
    _Row(
        "regularization.augmentation",
        lambda program: "layers that move a mask" if any(step.mask for step in program.batch) else "",
    ),
)


def refusals(program: Program) -> tuple[CannotBeEjected, ...]:
    """Every part of a Program that a script cannot say, each at its section of the spec.

    Args:
        program: with facts, settled.
    """
    found = [(row.path, row.found(program)) for row in _ROWS]
    found += data_refusals(program)
    spec = program.spec
    told = [CannotBeEjected(spec.span_of(path.split(".")[0]), path, what) for path, what in found if what]
    return (*told, *_layer_refusals(program))


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
