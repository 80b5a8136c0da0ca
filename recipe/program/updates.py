"""What lies between a gradient and a weight: clipping, decay, averages, groups of weights."""

from collections.abc import Mapping
from types import MappingProxyType

from recipe.catalog import lookup
from recipe.catalog.calls import Call, Factor, Unknown
from recipe.diagnostics.conflicts import Exclusive
from recipe.diagnostics.conflicts_runs import StretchTooLong
from recipe.diagnostics.problems import Problem
from recipe.diagnostics.spans import Span
from recipe.diagnostics.updates import GroupDoesNothing, OneClipping, PartsOfSum
from recipe.language.durations import Duration
from recipe.program.facts import Facts
from recipe.program.programs import Decay, Group, Program, Training, Update
from recipe.program.sections import items_of, section, tuple_of
from recipe.program.settling import EXAMPLES, Clock, can_count, clock_of, length_of, share_of_run

# Some optimizers of Keras decay weights without being asked.
DECAY_ARGUMENT = "weight_decay"
# Ways to clip that Keras's optimizers have, by our word.
CLIPPING: Mapping[str, str] = MappingProxyType(
    {"global_norm": "global_clipnorm", "norm": "clipnorm", "value": "clipvalue"}
)
OF_WHOLE_BATCH = ("sum", "mean_with_sample_weight")
"""Reductions of a loss that are no mean over the examples."""


def settle_optimizer(
    optimizer: Call, regularization: Call, problems: list[Problem]
) -> tuple[Call, Decay | None]:
    """The optimizer with decay, clipping and averages as Keras has them, and what is excluded from decay.

    Biases and norm parameters are excluded from an optimizer's own default decay too.
    """
    optimizer = _clipping(optimizer.without("groups"), regularization, problems)
    average = regularization.get("ema")
    if isinstance(average, Call):
        origin = average.arguments["decay"].origin
        optimizer = optimizer.with_argument("use_ema", True, origin)
        optimizer = optimizer.with_argument("ema_momentum", average["decay"], origin)
    written = regularization.arguments.get("weight_decay")
    default = lookup.keras_default("optimizer", optimizer.name, DECAY_ARGUMENT)
    if written is None:
        return optimizer, Decay(default, ()) if isinstance(default, float) else None
    if not isinstance(written.value, Call):  # `off`
        return optimizer if default is None else optimizer.with_argument(
            DECAY_ARGUMENT, 0.0, written.origin
        ), None
    value = written.value["value"]
    exclude = tuple(str(pattern) for pattern in tuple_of(written.value["exclude"]))
    optimizer = optimizer.with_argument(DECAY_ARGUMENT, value, written.value.arguments["value"].origin)
    return optimizer, Decay(float(str(value)), exclude, coupled=written.value["coupled"] is True)


def _clipping(optimizer: Call, regularization: Call, problems: list[Problem]) -> Call:
    clip = regularization.get("gradient_clip")
    if not isinstance(clip, Call):
        return optimizer
    path, ways = "regularization.gradient_clip", tuple(clip.arguments)
    if not ways:
        problems.append(OneClipping(clip.origin.span))
    if len(ways) > 1:
        second = clip.span_of(ways[1])
        problems.append(Exclusive(clip.span_of(ways[0]), path, ways[0], ways[1], second))
    for way, argument in clip.arguments.items():
        if way in CLIPPING:
            optimizer = optimizer.with_argument(CLIPPING[way], argument.value, argument.origin)
    return optimizer


def settle_update(spec: Call, training: Training, facts: Facts | None, problems: list[Problem]) -> Update:
    """What Keras's optimizers do not have, in numbers and steps."""
    regularization = section(spec, "regularization")
    noise, average = regularization.get("gradient_noise"), regularization.get("ema")
    clip = regularization.get("gradient_clip")
    groups = items_of(section(spec, "optimizer").get("groups"))
    clock = clock_of(training, facts)
    return Update(
        groups=tuple(_group(one, training, clock, problems) for one in groups),
        adaptive_clip=_number(clip, "adaptive"),
        noise=_number(noise, "variance"),
        noise_decay=_number(noise, "decay"),
        centralized=regularization["gradient_centralization"] is True,
        average_decay=_number(average, "decay") or None,
        average_every=_steps(average, "every", "regularization.ema", clock, problems)
        if isinstance(average, Call)
        else 1,
    )


def _number(written: object, name: str) -> float:
    value = written.get(name) if isinstance(written, Call) else None
    return 0.0 if value is None else float(str(value))


def _group(written: Call, training: Training, clock: Clock | None, problems: list[Problem]) -> Group:
    factor, freeze = written.get("learning_rate"), written.arguments.get("freeze")
    layer_decay = written.get("layer_decay")
    if set(written.arguments) <= {"match"}:
        problems.append(GroupDoesNothing(written.span_of("match"), str(written.get("match"))))
    frozen_steps: int | Unknown = 0
    if freeze is not None and isinstance(freeze.value, Duration):
        frozen_steps = _steps(written, "freeze", "optimizer.groups", clock, problems)
        _check_freeze(freeze.origin.span, freeze.value, frozen_steps, training, problems)
    return Group(
        match=str(written.get("match")),
        learning_rate=factor.by if isinstance(factor, Factor) else 1.0,
        weight_decay=_number(written, "weight_decay") if "weight_decay" in written else None,
        layer_decay=1.0 if layer_decay is None else float(str(layer_decay)),
        frozen_steps=frozen_steps,
        frozen=freeze is not None and freeze.value is True,
        span=written.span_of("match"),
    )


def _check_freeze(
    span: Span | None, written: Duration, steps: int | Unknown, training: Training, problems: list[Problem]
) -> None:
    """Weights are not frozen for longer than the run."""
    total, settled = training.total_steps, None
    if isinstance(steps, int) and isinstance(total, int):
        is_longer, settled = steps > total, steps
    else:
        is_longer = (share_of_run(written, training) or 0.0) > 1
    if is_longer:
        path = "optimizer.groups.freeze"
        problems.append(StretchTooLong(span, path, str(written), settled, length_of(training)))


def _steps(
    written: Call, name: str, path: str, clock: Clock | None, problems: list[Problem]
) -> int | Unknown:
    duration = written[name]
    if clock is None or not isinstance(duration, Duration):
        return EXAMPLES
    if not can_count(clock, duration, f"{path}.{name}", written.span_of(name), problems):
        return EXAMPLES
    return max(1, clock.steps(duration))


def check_parts(program: Program, problems: list[Problem]) -> None:
    """A loss of the examples of a batch together cannot be averaged over its parts."""
    losses = (call for one in program.objectives for call in one.loss.calls())
    whole = next((call for call in losses if call.get("reduction") in OF_WHOLE_BATCH), None)
    if program.training.accumulate > 1 and whole:
        problem = PartsOfSum(whole.span_of("reduction"), whole.name, str(whole.get("reduction")))
        problems.append(problem)
