"""The optimizer of a Program as a function of a script, and the class of one that Keras does not have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from recipe.catalog.calls import Value
from recipe.eject.calls import argument_sources, call_source, called, name_source, source_of, text_source
from recipe.eject.lines import INDENT, wrapped
from recipe.program.programs import Program

_TUNED = "recipe.components.tuned_optimizers.Tuned"
_SCHEDULED = "recipe.components.scheduled_optimizers.Scheduled"
_NEVER_DECAYED = ("bias", "gamma", "beta", "scale")


@dataclass(frozen=True, slots=True)
class Grouped:
    """What `optimizer.groups` means for single weights.

    Args:
        rates: factors of the learning rate by path, where it is not 1.
        decays: weight decays by path, where a group says one.
        frozen_layers: names of layers that are never trained.
        frozen: paths of further weights that are not.
    """

    rates: Mapping[str, float] = field(default_factory=dict)
    decays: Mapping[str, float] = field(default_factory=dict)
    frozen_layers: tuple[str, ...] = ()
    frozen: tuple[str, ...] = ()


def mixed_in(program: Program, grouped: Grouped) -> tuple[str, ...]:
    """The classes that give an optimizer of Keras what it does not have."""
    tuned = (_TUNED,) if _tuning(program, grouped) else ()
    return (*tuned, *((_SCHEDULED,) if program.settings else ()))


def optimizer_lines(program: Program, grouped: Grouped) -> Iterator[str]:
    """The function `build_optimizer`, behind the class that it needs."""
    kind, mixed = program.optimizer.target, mixed_in(program, grouped)
    arguments = argument_sources(program.optimizer)
    if mixed:
        bases = ", ".join((*map(name_source, mixed), kind))
        own = f"{name_source(mixed[0])}{kind.rpartition('.')[2]}"
        yield f"class {own}({bases}):"
        yield f'{INDENT}"""`{kind}`, {_differs(program)}."""'
        yield from ("", "")
        kind = own
    decaying = program.decay is not None or bool(grouped.decays)
    yield "def build_optimizer(model: keras.Model) -> keras.Optimizer:"
    words = ", its learning rate and its weight decay" if decaying else " and its learning rate"
    yield f'{INDENT}"""The update rule{words}."""'
    if program.schedule is not None:
        yield from wrapped(f"schedule = {call_source(program.schedule)}", INDENT)
        arguments = {"learning_rate": "schedule"} | {
            name: source for name, source in arguments.items() if name != "learning_rate"
        }
    if program.settings:
        arguments["schedules"] = "schedules"
        yield f"{INDENT}schedules = {{"
        for name, schedule in program.settings.items():
            yield from wrapped(f"{text_source(name)}: {call_source(schedule)},", 2 * INDENT)
        yield f"{INDENT}}}"
    if tuning := _tuning(program, grouped):
        arguments["tuning"] = "tuning"
        yield from wrapped(f"tuning = {called('Tuning', tuning)}", INDENT)
    is_scaled = program.runtime.precision == "mixed_float16"
    if program.plateau is None and not decaying and not is_scaled:
        yield from wrapped(f"return {called(kind, arguments)}", INDENT)
        return
    yield from wrapped(f"optimizer = {called(kind, arguments)}", INDENT)
    if program.plateau is not None:
        yield f"{INDENT}schedule.build(optimizer)"
    if decaying:
        weights = "weight for weight in model.trainable_variables if not decays(weight.path)"
        yield f"{INDENT}excluded = [{weights}]"
        yield f"{INDENT}optimizer.exclude_from_weight_decay(var_list=excluded)"
    yield f"{INDENT}return {'keras.optimizers.LossScaleOptimizer(optimizer)' if is_scaled else 'optimizer'}"
    if decaying:
        yield from ("", "")
        yield from _decay_lines(program)


def _decay_lines(program: Program) -> Iterator[str]:
    yield "def decays(path: str) -> bool:"
    yield f'{INDENT}"""Whether a weight decays: no bias does, and no scale or shift of a norm."""'
    never = f'path.rpartition("/")[2] not in {source_of(_NEVER_DECAYED)}'
    if program.decay is not None and program.decay.exclude:
        yield f"{INDENT}excluded = {source_of(program.decay.exclude)}"
        never += " and not any(fnmatch.fnmatchcase(path, pattern) for pattern in excluded)"
    yield f"{INDENT}return {never}"


def _tuning(program: Program, grouped: Grouped) -> dict[str, str]:
    """The arguments of `Tuning` that are not its defaults."""
    update, decay = program.update, program.decay
    outputs = {wire.layer for wire in program.graph.outputs.values()}
    every = int(str(update.average_every))
    wanted: dict[str, Value] = {
        "rates": grouped.rates,
        "decays": grouped.decays,
        "coupled": decay is not None and decay.coupled,
        "adaptive_clip": update.adaptive_clip,
        "unclipped_layers": tuple(sorted(outputs)) if update.adaptive_clip else (),
        "centralized": update.centralized,
        "average_every": every if every > 1 else 0,
    }
    found = {name: source_of(value) for name, value in wanted.items() if value}
    if update.noise:
        noise = {"noise": update.noise, "noise_decay": update.noise_decay}
        found |= {name: source_of(value) for name, value in noise.items()}
        found["noise_seed"] = 'seed_for("noise") % 2**31'
    return found


def _differs(program: Program) -> str:
    """What its class adds, in words."""
    words = {
        "with learning rates and decays of single weights": bool(program.update.groups),
        "with other gradients": program.update.adaptive_clip > 0 or program.update.centralized,
        "with noise on its gradients": program.update.noise > 0,
        "with decay in the gradient": program.decay is not None and program.decay.coupled,
        "with an average of the weights in some steps": program.update.average_every != 1,
        "with settings that follow schedules": bool(program.settings),
    }
    return ", ".join(word for word, is_so in words.items() if is_so)
